"""The distribution, built and installed into empty environments, far from the checkout: one wheel, three uses."""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zipfile import ZipFile

import pytest

from harness.servers import serve
from tests.wechat import fields
from wechat_sim.platform import sample

pytestmark = pytest.mark.network

ROOT = Path(__file__).parent.parent
LOCKS = (ROOT / "requirements.txt", ROOT / "requirements" / "run.txt")
THREE_LINES = """\
from wechat_aws.function import build
from wechat_core import echo
lambda_handler = build(echo)
"""
ANSWER = """\
import json, pathlib, sys, types, handler
event = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
print(json.dumps(handler.lambda_handler(event, types.SimpleNamespace(aws_request_id="1")), ensure_ascii=False))
"""
CORE = """\
import sys
import wechat_core, wechat_core.callback, wechat_core.envelope
print(*sorted(name for name in sys.modules if name in ("cryptography", "boto3", "aws_lambda_powertools")))
"""

type Install = Callable[[str], Path]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network by the setuptools that is here."""
    folder, build = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("build")
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).symlink_to(ROOT / name)
    for name in ("wechat_core", "wechat_aws", "wechat_sim"):
        (source / name).symlink_to(ROOT / name)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [*pip, f"--wheel-dir={folder}", "."], cwd=source, env=os.environ | {"TMPDIR": str(build)}, check=True
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture
def install(wheel: Path, tmp_path: Path) -> Install:
    """Installs the wheel with some extras into an environment of its own, and gives the folder of its programs."""

    def into(extras: str) -> Path:
        folder = tmp_path / "environment"
        venv.create(folder, symlinks=True)
        constraints = [f"--constraint={write_pins(lock, tmp_path / f'{lock.stem}.pins')}" for lock in LOCKS]
        pip = [sys.executable, "-m", "pip", f"--python={folder}", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-compile", *constraints, f"{wheel}{extras}"], cwd=tmp_path, check=True)
        return folder / "bin"

    return into


def write_pins(lock: Path, to: Path) -> Path:
    """The locked versions, without the hashes that pip demands of a file made here, too."""
    pins = [line.removesuffix(" \\") for line in lock.read_text("utf-8").splitlines() if "==" in line]
    to.write_text("\n".join(pins), "utf-8")
    return to


def run(*command: object, cwd: Path, **environ: str) -> str:
    """What a command prints that is run elsewhere, with nothing of this environment."""
    arguments = [str(part) for part in command]
    process = subprocess.run(
        arguments, cwd=cwd, env={"PATH": os.environ["PATH"], **environ}, capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr + process.stdout
    return process.stdout


def installed(programs: Path, cwd: Path) -> set[str]:
    """The names of the distributions of an environment."""
    names = "import importlib.metadata as m; print(*{d.name.lower() for d in m.distributions()})"
    return set(run(programs / "python", "-c", names, cwd=cwd).split())


def test_nothing_but_the_packages_is_in_it(wheel: Path) -> None:
    """No module called `handler` and no test takes a name in somebody else's program; all data is there."""
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {
        "wechat_core",
        "wechat_aws",
        "wechat_sim",
    }
    data = {path for name in ("core", "aws", "sim") for path in (ROOT / f"wechat_{name}").rglob("*") if path.is_file()}
    assert {str(path.relative_to(ROOT)) for path in data if "__pycache__" not in path.parts} <= set(names)


def test_the_core_needs_an_xml_parser_alone(install: Install, tmp_path: Path) -> None:
    """`pip install wechat-lambda` brings defusedxml and nothing else, and the core works with it."""
    programs = install("")
    assert installed(programs, tmp_path) == {"wechat-lambda", "defusedxml"}
    assert run(programs / "python", "-c", CORE, cwd=tmp_path) == "\n"


def test_a_function_of_three_lines_answers(install: Install, tmp_path: Path) -> None:
    """With `[aws]` a handler.py of three lines, in a folder with nothing else, answers the sample event."""
    programs = install("[aws]")
    assert "boto3" not in installed(programs, tmp_path)
    (tmp_path / "handler.py").write_text(THREE_LINES, "utf-8")
    (tmp_path / "answer.py").write_text(ANSWER, "utf-8")
    account = {"WECHAT_ACCOUNT": sample.ACCOUNT_JSON, "WECHAT_MAX_AGE_SECONDS": "0"}
    printed = run(programs / "python", "answer.py", ROOT / "events" / "text.json", cwd=tmp_path, **account)
    answer = json.loads(printed.splitlines()[-1])
    sent = json.loads((ROOT / "events" / "text.json").read_text("utf-8"))["body"]
    assert (answer["statusCode"], fields(answer["body"])["Content"]) == (200, fields(sent)["Content"])


@pytest.fixture
def silent_callback() -> Iterator[str]:
    """Somebody's callback, which verifies whatever comes and answers no message."""

    class Silent(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(dict(part.split("=", 1) for part in self.path.partition("?")[2].split("&")).get("echostr", ""))

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.answer("success")

        def answer(self, text: str) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/plain")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    with serve(server):
        yield f"http://127.0.0.1:{server.server_port}/wechat"


@pytest.mark.parametrize("more", [[], ["--check"]])
def test_sample_events_are_those_of_a_checkout(more: list[str], wheel: Path, tmp_path: Path) -> None:
    """Where it is installed, `wechat-sim events` says so and writes nothing, neither among the packages nor here."""
    packages = tmp_path / "packages"
    ZipFile(wheel).extractall(packages)
    process = subprocess.run(
        [sys.executable, "-m", "wechat_sim", "events", *more],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = "events/ is a folder of the project's checkout, and this is an installed package\n"
    assert (process.returncode, process.stdout, process.stderr) == (2, "", said)
    assert not [folder for folder in (tmp_path, packages) if (folder / "events").exists()]


@pytest.mark.enable_socket
def test_the_simulator_needs_nothing_of_aws(install: Install, silent_callback: str, tmp_path: Path) -> None:
    """With `[sim]` `wechat-sim` examines and tries somebody's callback, without a package of AWS's."""
    programs = install("[sim]")
    assert not {name for name in installed(programs, tmp_path) if name.startswith(("aws", "boto"))}
    assert run(programs / "wechat-sim", "--version", cwd=tmp_path) == "wechat-sim, version 0.1.0\n"
    assert "the follower sees: nothing" in run(
        programs / "wechat-sim", "send", "你好", "--url", silent_callback, cwd=tmp_path
    )
    diagnosis = subprocess.run(
        [programs / "wechat-sim", "doctor", "--json", silent_callback],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "WECHAT_ACCOUNT": sample.ACCOUNT_JSON},
        capture_output=True,
        text=True,
        check=False,
    )
    checks = json.loads(diagnosis.stdout)["checks"]
    assert checks[0]["name"] == "the URL"
    assert len(checks) > 3

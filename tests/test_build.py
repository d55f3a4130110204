"""The build, by the makefile target that `sam build` runs."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.build import OUR_DEPENDENCIES, explain
from scripts.imports import find_missing, read_imports
from scripts.lock import digest
from scripts.shipping import OUR_PACKAGES, OURS, find_own
from tests.default import SHIPPED, shipped_default
from wechat_sim.local import live
from wechat_sim.platform import sample

pytestmark = pytest.mark.network  # a build installs what is locked

ROOT = Path(__file__).parent.parent
BUILT = {*OUR_PACKAGES, "__pycache__", *(path.name for path in find_own(ROOT))}
UNCHECKED_HASH = 0b01


def run_build(into: Path, architecture: str) -> subprocess.CompletedProcess[str]:
    """The build, into a folder of its own."""
    into.mkdir()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "build-CallbackFunction", f"ARTIFACTS_DIR={into}", f"ARCH={architecture}"]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


def build(into: Path, architecture: str = "x86_64") -> Path:
    """A build that succeeds."""
    process = run_build(into, architecture)
    assert process.returncode == 0, process.stderr
    return into


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("one") / "artifact")


def files(folder: Path) -> dict[Path, tuple[bytes, int, int]]:
    """Content, date and rights of every file, by its place."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {p.relative_to(folder): (p.read_bytes(), int(p.stat().st_mtime), p.stat().st_mode) for p in found}


def test_two_builds_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """Built again in another folder, every file has the same content, date and rights."""
    assert files(built) == files(build(tmp_path / "artifact"))


def test_only_what_is_needed_ships(built: Path) -> None:
    """The code, and what requirements.txt locks with what that brings; nothing of this machine, of tests or of AWS."""
    locked = re.findall(r"^([\w-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    brought = {name.replace("-", "_").lower() for name in locked} | {"_cffi_backend"}
    names = {path.name for path in built.iterdir()}
    foreign = {name for name in names - BUILT if re.split(r"[.-]", name)[0].lower() not in brought}
    assert not foreign
    assert names >= BUILT
    assert not names & {"boto3", "botocore", "tests", "wechat_sim", "bin"}
    assert not list(built.rglob("*.pyi"))


CONCIERGE = """\
import json
from pathlib import Path

import boto3
import requests_of_ours
from shop.prices import PRICES
from wechat_core import TextReply

try:
    import orjson
except ImportError:
    orjson = None

HOURS = json.loads(Path(__file__).with_name("hours.json").read_text("utf-8"))
"""
SHOP = {
    "concierge.py": CONCIERGE,
    "hours.json": "{}",
    "requests_of_ours.py": "",
    "shop/__init__.py": "",
    "shop/prices.py": "from .stock import count\nfrom . import stock\nPRICES = {}",
    "shop/stock.py": "def count(): ...",
    "shop/menu/zh.txt": "茶",
    "menu.csv": "tea,1",
    # what stays behind
    "shop/tests/test_prices.py": "import pytest",
    "shop/test_stock.py": "import pytest",
    "shop/__pycache__/prices.cpython-312.pyc": "",
    "test_concierge.py": "import pytest",
    "conftest.py": "",
    "tests/test_concierge.py": "import pytest",
    "env/pyvenv.cfg": "",
    "env/lib/python3.13/site-packages/module.py": "",
    ".env": "KEY=secret",
    "NOTES.md": "",
    "samconfig.mine.toml": "",
}


@pytest.fixture(scope="module")
def python(built: Path) -> Path:
    """The Python that builds, which is there once something is built."""
    return ROOT / ".venv-build" / "bin" / "python"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what is needed to build."""
    for name in ("scripts", "wechat_core", "wechat_aws"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.in", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    add(tmp_path, {"handler.py": SHIPPED})
    return tmp_path


def add(project: Path, own: dict[str, str]) -> None:
    """Put a user's files into a project."""
    for name, text in own.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, "utf-8")


def build_with(own: dict[str, str], project: Path, python: Path) -> subprocess.CompletedProcess[str]:
    """The build of a project with a user's files in it."""
    add(project, own)
    (project / ".artifact").mkdir()
    command = [str(python), "-m", "scripts.build", "--into", ".artifact", "--wheels", "x86_64"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


@pytest.fixture
def artifact(built: Path, tmp_path: Path) -> Path:
    """What was built, to put a module in."""
    for path in built.iterdir():
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


def find_faults(module: str, artifact: Path) -> list[str]:
    """What the build says about a module `probe.py`."""
    add(artifact, {"probe.py": module})
    return [explain(one, artifact) for one in find_missing(read_imports(artifact / "probe.py", artifact), artifact)]


def test_all_that_is_put_beside_the_handler_ships(project: Path, python: Path) -> None:
    """Modules, packages and data, at any depth; no tests, no environments, nothing hidden; and the build says what."""
    process = build_with(SHOP, project, python)
    assert process.returncode == 0, process.stderr
    artifact = project / ".artifact"
    own = {name for name in SHOP if (artifact / name).exists()}
    assert own == set(list(SHOP)[: list(SHOP).index("shop/tests/test_prices.py")])
    assert {path.name for path in artifact.iterdir()} >= {"handler.py", "wechat_core"}
    assert process.stderr == "ships: concierge.py handler.py hours.json menu.csv requests_of_ours.py shop\n"


ADD = "which is not there on Lambda: add it to requirements.in, then make lock"


@pytest.mark.parametrize(
    ("module", "fault"),
    [
        ("import requests", f"1 imports requests, {ADD}"),
        ("\n\ndef f():\n    from numpy import array", f"4 imports numpy, {ADD}"),
        ("import json, pytest", f"1 imports pytest, {ADD}"),
        ("from . import shop", "1 imports ., which is not there"),
        ("from .shop import prices", "1 imports .shop, which is not there"),
        ("try:\n    import tomli\nexcept OSError:\n    pass", f"2 imports tomli, {ADD}"),
        ("try:\n    pass\nexcept ImportError:\n    import tomli", f"4 imports tomli, {ADD}"),
        ("from wechat_sim import view", "1 imports wechat_sim, which is not deployed: use wechat_core and wechat_aws"),
        ("import wechat_core.echoes", "1 imports wechat_core.echoes, which is not there"),
        ("from defusedxml.sax2 import parse", "1 imports defusedxml.sax2, which is not there"),
    ],
)
def test_an_import_that_nothing_satisfies_is_a_fault(artifact: Path, module: str, fault: str) -> None:
    """One line names module, file and line, and says what to do, so that it does not fail once it is deployed."""
    assert find_faults(module, artifact) == [f"probe.py:{fault}"]


@pytest.mark.parametrize(
    "module",
    [
        "import tkinter, xml.etree.ElementTree",
        "import boto3, botocore.session, urllib3",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pydantic",
        "import typing\nif typing.TYPE_CHECKING:\n    import pydantic",
        "try:\n    import orjson\nexcept (OSError, ModuleNotFoundError):\n    import json",
        "from wechat_core.events import menu\nfrom cryptography.hazmat.bindings import _rust",
        "import cryptography.hazmat.bindings._rust, _cffi_backend",
        "import handler",
    ],
)
def test_what_is_there_on_lambda_may_be_imported(artifact: Path, module: str) -> None:
    """The standard library, the SDK, the locked dependencies; and what code can do without is not asked for."""
    assert find_faults(module, artifact) == []


def test_a_build_ends_with_the_fault(project: Path, python: Path) -> None:
    """The first import that fails is all that the build says."""
    process = build_with({"shop/prices.py": "import yaml, toml"}, project, python)
    assert (process.returncode, process.stderr) == (1, f"shop/prices.py:1 imports yaml, {ADD}\n")


def test_a_build_ends_with_a_slip(project: Path, python: Path) -> None:
    """What is not Python is named as briefly."""
    process = build_with({"concierge.py": "\ndef f(:"}, project, python)
    assert (process.returncode, process.stderr) == (1, "concierge.py:2 is not Python: invalid syntax\n")


def test_what_is_left_out_ships_where_it_is_used(built: Path, project: Path, python: Path) -> None:
    """The user's code may use all of what is locked, and so may what else is installed, without a word to anybody."""
    metadata = "Metadata-Version: 2.1\nName: x\nVersion: 1\nRequires-Dist: cffi>=1\n"
    own = {
        "concierge.py": "def f():\n    from aws_lambda_powertools.utilities import parameters",
        "x.dist-info/METADATA": metadata,
    }
    process = build_with(own, project, python)
    assert process.returncode == 0, process.stderr
    for name in ("aws_lambda_powertools/utilities/parameters", "aws_lambda_powertools/event_handler", "cffi/api.py"):
        assert (project / ".artifact" / name).exists()
        assert not (built / name).exists()
    assert (project / ".artifact" / "pycparser" / "__init__.py").exists()


def test_a_list_that_is_not_locked_does_not_build(project: Path, python: Path) -> None:
    """What requirements.in asks for and requirements.txt does not hold is noticed here, not on Lambda."""
    add(project, {"requirements.in": (ROOT / "requirements.in").read_text("utf-8") + "tomli\n"})
    process = build_with({}, project, python)
    assert (process.returncode, process.stderr) == (
        1,
        "requirements.in has changed since it was locked: run make lock\n",
    )


def test_a_comment_changes_nothing(project: Path) -> None:
    """A list with other comments and blank lines is the same list."""
    before = digest(project / "requirements.in")
    add(project, {"requirements.in": "# mine\n\n" + (ROOT / "requirements.in").read_text("utf-8")})
    assert digest(project / "requirements.in") == before


def test_a_dependency_without_a_wheel_does_not_build(project: Path, python: Path) -> None:
    """Where pip finds nothing to install, the build ends with one line of its own, and no traceback."""
    listed = project / "requirements.in"
    listed.write_text("no-such-package-of-ours", "utf-8")
    add(project, {"requirements.txt": f"# ({digest(listed)})\nno-such-package-of-ours==1 --hash=sha256:{'0' * 64}\n"})
    process = build_with({}, project, python)
    assert process.returncode == 1
    assert process.stderr.splitlines()[-1].startswith("a dependency cannot be installed: each needs a wheel")
    assert "Traceback" not in process.stderr


@shipped_default
def test_the_projects_own_entries_are_known() -> None:
    """Of what git tracks beside handler.py nothing ships but our packages, and `make run` knows the same folders."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = {line.partition("/")[0] for line in listed.stdout.splitlines()}
    assert not {path.name for path in find_own(ROOT)} & names - {"handler.py"}
    assert {name for name in OURS if (ROOT / name).is_dir()} <= live.OURS


def test_everything_that_ships_can_be_imported(tmp_path: Path) -> None:
    """Every module of ours finds what it imports in the artefact, in Python and in the AWS SDK that Lambda brings."""
    machine = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
    artifact, sdk = build(tmp_path / "artifact", machine), tmp_path / "sdk"
    sdk.mkdir()
    for name in ("botocore", "dateutil", "urllib3", "six"):
        found = importlib.util.find_spec(name)
        assert found
        assert found.origin
        path = Path(found.origin)
        path = path.parent if path.name == "__init__.py" else path
        (sdk / path.name).symlink_to(path)
    ours = [path.relative_to(artifact).with_suffix("") for path in artifact.glob("wechat_*/**/*.py")]
    lines = [f"import {'.'.join(path.parts).removesuffix('.__init__')}" for path in ours]
    lines = [f"import sys; sys.path += [{str(artifact)!r}, {str(sdk)!r}]", "import handler", *lines]
    environ = {"WECHAT_ACCOUNT": sample.SAFE_ACCOUNT_JSON, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512"}
    command = [
        sys.executable,
        "-S",
        "-P",
        "-B",
        "-c",
        "\n".join(lines),
    ]  # nothing else to import, whatever is installed
    process = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr


def test_the_projects_share_is_small(built: Path, tmp_path: Path) -> None:
    """Zipped, what the project brings stays under 6 MB: what a dependency adds is noticed. The user's own is his."""
    modules = {name.replace("-", "_") for name in OUR_DEPENDENCIES} | {"_cffi_backend", *OUR_PACKAGES}
    for path in built.iterdir():
        if re.split(r"[.-]", path.name)[0] in modules:
            (tmp_path / "share").mkdir(exist_ok=True)
            (shutil.copytree if path.is_dir() else shutil.copy)(path, tmp_path / "share" / path.name)
    share = Path(shutil.make_archive(str(tmp_path / "share"), "zip", tmp_path / "share"))
    assert 2_000_000 < share.stat().st_size <= 6_000_000


def test_the_bytecode_is_the_runtimes_and_never_checked(built: Path) -> None:
    """Every module is compiled by Python 3.13, for a folder that is read-only, and with the path it has there."""
    modules = list(built.rglob("*.py"))
    for module in modules:
        compiled = module.parent / "__pycache__" / f"{module.stem}.cpython-313.pyc"
        head = compiled.read_bytes()[:8]
        assert head[:4] == importlib.util.MAGIC_NUMBER
        assert int.from_bytes(head[4:], "little") == UNCHECKED_HASH
    handler = (built / "__pycache__" / "handler.cpython-313.pyc").read_bytes()
    assert b"/var/task/handler.py" in handler
    assert str(built).encode() not in handler


def test_arm64_ships_arm64(tmp_path: Path) -> None:
    """Asked for arm64, the build ships libraries for it, whatever this machine is."""
    libraries = list(build(tmp_path / "artifact", "arm64").rglob("*.so"))
    assert libraries
    for library in libraries:
        machine = int.from_bytes(library.read_bytes()[18:20], "little")
        assert machine == 183, f"{library.name} is for machine {machine}"  # EM_AARCH64

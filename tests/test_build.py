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

from wechat_sim.platform import sample

ROOT = Path(__file__).parent.parent
SHIPPED = {"wechat_core", "wechat_aws", "__pycache__", *(module.name for module in ROOT.glob("*.py"))}
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
    foreign = {name for name in names - SHIPPED if re.split(r"[.-]", name)[0].lower() not in brought}
    assert not foreign
    assert names >= SHIPPED
    assert not names & {"boto3", "botocore", "tests", "wechat_sim", "bin"}
    assert not list(built.rglob("*.pyi"))


def build_with(own: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """The build of a copy of this repository with a module `concierge.py` of the user's own."""
    for name in ("scripts", "wechat_core", "wechat_aws"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("handler.py", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "concierge.py").write_text(own, "utf-8")
    (tmp_path / "artifact").mkdir()
    command = [str(ROOT / ".venv-build/bin/python"), "scripts/build.py", "--into", "artifact", "--wheels", "x86_64"]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("built")  # which makes .venv-build
def test_a_users_own_module_ships(tmp_path: Path) -> None:
    """A module put beside handler.py is deployed with it."""
    process = build_with("answer = 42\n", tmp_path)
    assert process.returncode == 0, process.stderr
    assert (tmp_path / "artifact" / "concierge.py").exists()


@pytest.mark.usefixtures("built")
def test_a_module_that_imports_what_is_left_out_does_not_build(tmp_path: Path) -> None:
    """The build names the import, so that it does not fail once it is deployed."""
    process = build_with("def answer():\n    from aws_lambda_powertools.utilities import parameters\n", tmp_path)
    assert process.returncode
    left_out = "concierge.py imports aws_lambda_powertools.utilities.parameters, which is left out"
    assert left_out in process.stderr


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


def test_the_artifact_is_small(built: Path, tmp_path: Path) -> None:
    """Zipped it stays under 6 MB: what a dependency adds is noticed."""
    assert Path(shutil.make_archive(str(tmp_path / "artifact"), "zip", built)).stat().st_size <= 6_000_000


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

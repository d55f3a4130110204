"""The build, by the makefile target that `sam build` runs."""

import importlib.util
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = {"wechat_core", "wechat_aws", "handler.py", "__pycache__"}
UNCHECKED_HASH = 0b01


def build(into: Path, architecture: str = "x86_64") -> Path:
    """A build in a folder of its own."""
    into.mkdir()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "build-CallbackFunction", f"ARTIFACTS_DIR={into}", f"ARCH={architecture}"]
    process = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
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
    assert not names & {"boto3", "botocore", "tests", "simulator", "bin"}
    assert not list(built.rglob("*.pyi"))


def test_a_users_own_module_ships(tmp_path: Path) -> None:
    """A module put beside handler.py is deployed with it."""
    own = ROOT / "concierge_for_this_test.py"
    own.write_text("answer = 42\n", "utf-8")
    try:
        assert (build(tmp_path / "artifact") / own.name).exists()
    finally:
        own.unlink()


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

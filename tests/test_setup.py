"""What sets up the environments, scripts/setup.sh: what a machine lacks is named in one line."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SETUP = ROOT / "scripts" / "setup.sh"
TOOLS = ("awk", "cat", "cut", "env", "grep", "mkdir", "sed", "sh", "tail", "tee", "tr")
PIN = f"no-such-package-of-ours==1 \\\n    --hash=sha256:{'0' * 64}\n"
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder with the standard tools and nothing else: no Python, no uv."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


def set_up(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run it in a folder, where nothing configures pip but `environ`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    command = ["/bin/sh", str(SETUP), *arguments]
    path = f"{Path(sys.base_prefix) / 'bin'}:{os.environ['PATH']}"  # first the Python that runs this
    environ = kept | {"PIP_CONFIG_FILE": os.devnull, "PATH": path} | environ
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ("3.12+", "Python 3.12 or newer is missing, or its venv module: install it from python.org or as python3-venv"),
        ("3.13", "Python 3.13 is missing, the one that Lambda runs, or its venv module: install it from python.org"),
    ],
)
def test_a_machine_without_python_is_told(tmp_path: Path, tools: Path, wanted: str, line: str) -> None:
    """One line says which is needed, and where it comes from."""
    told = set_up(tmp_path, ".venv", wanted, PATH=str(tools))
    assert (told.returncode, told.stdout, told.stderr.count("\n")) == (1, "", 1)
    assert told.stderr.startswith(line)


def test_an_older_python_does_not_do(tmp_path: Path, tools: Path) -> None:
    """A Python that is there and is another is not taken."""
    (tools / "python3").symlink_to(sys.executable)
    told = set_up(tmp_path, ".venv", "3.99+", PATH=str(tools))
    assert told.returncode == 1
    assert "Python 3.99 or newer is missing" in told.stderr


@pytest.mark.thorough
def test_no_network_is_said_to_be_none(tmp_path: Path) -> None:
    """Where the package index cannot be reached, the line says that, and where all of it can be read."""
    (tmp_path / "list.txt").write_text(PIN, "utf-8")
    told = set_up(tmp_path, ".venv", f"{HERE}+", "list.txt", PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0")
    assert told.returncode == 1
    assert told.stderr.splitlines() == [
        "installing 1 packages into .venv ",
        ".venv is not set up: the package index cannot be reached: check the network, or pip's index-url and proxy"
        " (all that pip said is in .venv/pip.log)",
    ]


@pytest.mark.thorough
def test_a_package_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Any other reason is pip's own last word."""
    (tmp_path / "list.txt").write_text(PIN, "utf-8")
    (tmp_path / "wheels").mkdir()
    told = set_up(tmp_path, ".venv", f"{HERE}+", "list.txt", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path / "wheels"))
    assert told.returncode == 1
    assert "not set up: No matching distribution found for no-such-package-of-ours==1" in told.stderr.splitlines()[-1]


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    """A read-only checkout is told to go elsewhere, before anything else is looked for."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "setup.sh").write_bytes(SETUP.read_bytes())
    folder.chmod(0o555)
    for parent in [tmp_path, *tmp_path.parents[:-2]]:
        parent.chmod(parent.stat().st_mode | 0o055)
    nobody = ["setpriv", "--reuid=65534", "--clear-groups"] if os.getuid() == 0 else []  # root may write anywhere
    command = [*nobody, "/bin/sh", "setup.sh", ".venv", "3.12+"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == f"{folder} cannot be written to: copy the project to a folder that can\n"


@pytest.mark.network
def test_uv_gets_the_python_that_is_missing(tmp_path: Path, tools: Path) -> None:
    """Where no such Python is on the PATH and uv is, uv gets one: here from its own folder, else by a download."""
    subprocess.run(["make", "--silent", ".venv-lock/ready"], cwd=ROOT, capture_output=True, check=True)
    (tools / "uv").symlink_to(ROOT / ".venv-lock" / "bin" / "uv")
    exactly = ".".join(map(str, sys.version_info[:3]))
    managed = tmp_path / "pythons" / f"cpython-{exactly}-linux-{os.uname().machine}-gnu"
    managed.mkdir(parents=True)
    for path in Path(sys.base_prefix).iterdir():
        (managed / path.name).symlink_to(path)
    uv = {"UV_PYTHON_INSTALL_DIR": str(managed.parent), "UV_PYTHON_DOWNLOADS": "never", "HOME": str(tmp_path)}
    made = set_up(tmp_path, ".venv", HERE, PATH=str(tools), **uv)
    assert made.returncode == 0, made.stderr
    pip = [".venv/bin/python", "-m", "pip", "--version"]
    assert f"(python {HERE})" in subprocess.run(pip, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

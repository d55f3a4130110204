"""A copy of this repository in which a user has done what the README's "Make it yours" says."""

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
_SHARED = (".venv", ".venv-build", ".venv-sam", ".venv-scan", ".node")
_LEFT = shutil.ignore_patterns(".git", ".venv*", ".node", ".aws-sam", ".peers", ".*_cache", "__pycache__", "mutants")


def copy_project(to: Path, *, apart: str = "") -> Path:
    """A copy with the README's code in it, each block in the file that its first line names.

    It shares environments, but for the one that is set apart, because the user's packages are to be installed there.
    """
    copy = Path(shutil.copytree(ROOT, to, ignore=_LEFT, symlinks=True))
    for name in _SHARED:
        if name != apart and (ROOT / name).exists():
            (copy / name).symlink_to(ROOT / name)
    for name, code in read_blocks():
        (copy / name).write_text(code, "utf-8")
    return copy


def read_blocks() -> list[tuple[str, str]]:
    """The files of the README's "Make it yours", as printed."""
    section = re.split(r"^## ", (ROOT / "README.md").read_text("utf-8"), flags=re.MULTILINE)
    (yours,) = [text for text in section if text.startswith("Make it yours")]
    return re.findall(r"^```python\n(?=# (\S+)\n)(.*?)^```", yours, re.DOTALL | re.MULTILINE)


def run(copy: Path, *command: str) -> str:
    """What a command prints in the copy; it has to succeed."""
    ours = ("MAKE", "PYTEST", "COV_", "COVERAGE")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    process = subprocess.run(command, cwd=copy, env=environ, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout[-4000:] + process.stderr[-4000:]
    return process.stdout

"""The example is small, and the project does not need it: deleting its folder leaves no trace in the rest."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.concierge.tests.documents import EXAMPLE
from harness.emulator import ROOT
from scripts.shipping import find_own
from tests.default import shipped_default

NAMES = re.compile(
    r"examples[./]concierge|concierge/(README|tests)|CONCIERGE_[A-Z]|markdown.it|mock.llm", re.IGNORECASE
)
KNOWING = {"README.md", "README.zh-CN.md", "CHANGELOG.md"}
"""What may lead here: a paragraph of each README, which goes with the example, and what has changed, which stays."""


def others() -> Iterator[Path]:
    """The project's files, but for the example's, the user's, and locks, whose packages need what they need."""
    made = (".venv", ".git", ".node", ".aws-sam", ".peers", ".zoo", ".fuzz", "mutants", "__pycache__")
    own = find_own(ROOT)
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder)
        folders[:] = [name for name in folders if not name.startswith(made) and not name.endswith("_cache")]
        folders[:] = [name for name in folders if here / name != EXAMPLE and name != ".hypothesis"]
        folders[:] = [name for name in folders if here / name not in own]
        yield from (here / name for name in names if here.name != "requirements" or not name.endswith(".txt"))


@pytest.mark.parametrize("path", sorted(EXAMPLE.glob("concierge/*.py")), ids=lambda path: path.name)
def test_modules_are_small(path: Path) -> None:
    """What is copied is read at one sitting."""
    assert len(path.read_text("utf-8").splitlines()) < 120


@shipped_default
def test_nothing_else_names_it() -> None:
    """No code, test, list or document but those that say that it is there."""
    named = {str(path.relative_to(ROOT)) for path in others() if NAMES.search(path.read_text("utf-8", "ignore"))}
    assert named == KNOWING


def test_it_needs_what_its_document_says() -> None:
    """The one package that is named there is the one of its list."""
    needed = [line for line in (EXAMPLE / "requirements.in").read_text("utf-8").splitlines() if line[0] not in "#-"]
    for page in ("README.md", "README.zh-CN.md"):
        text = (EXAMPLE / page).read_text("utf-8")
        assert re.findall(r"echo (\S+) >> requirements\.in", text) == needed


@pytest.fixture
def without(tmp_path: Path) -> Path:
    """A copy from which the example has been removed as its document says."""
    kept = shutil.ignore_patterns(".git", ".venv*", ".node", ".aws-sam", ".peers", ".*_cache", "__pycache__", "mutants")
    copy = Path(shutil.copytree(ROOT, tmp_path / "project", ignore=kept, symlinks=True))
    (copy / ".venv").symlink_to(ROOT / ".venv")
    shutil.rmtree(copy / "examples" / "concierge")
    for page in ("README.md", "README.zh-CN.md"):
        paragraphs = (copy / page).read_text("utf-8").split("\n\n")
        left = [paragraph for paragraph in paragraphs if "examples/concierge" not in paragraph]
        assert len(left) == len(paragraphs) - 1
        (copy / page).write_text("\n\n".join(left), "utf-8")
    return copy


@shipped_default
def test_the_project_does_without(without: Path) -> None:
    """What looks at documents passes; nothing else knows of it, or the test above had found it."""
    ours = ("MAKE", "PYTEST", "COV_", "COVERAGE")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    command = [".venv/bin/pytest", "-p", "no:cacheprovider", "tests/test_docs.py", "tests/test_readme.py"]
    process = subprocess.run(command, cwd=without, env=environ, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout[-4000:] + process.stderr[-4000:]

"""`make lock`: what it leaves alone, and where it looks."""

import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.lock import ROOT, find_lists, is_stale, translate

LISTS = [path.relative_to(ROOT).with_suffix("") for path in find_lists()]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of all lists, with what locks them."""
    for name in ("requirements", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.in", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def stale(project: Path) -> list[str]:
    """The lists that `make lock` would lock anew."""
    return [str(path.relative_to(project).with_suffix("")) for path in find_lists(project) if is_stale(path)]


def add(project: Path, path: str, line: str) -> None:
    """Append a line to a file."""
    with (project / path).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def test_what_is_locked_stays_as_it_is(project: Path) -> None:
    """Nothing is locked anew while no list has changed."""
    assert stale(project) == []


def test_a_changed_list_alone_is_locked_anew(project: Path) -> None:
    """What the user adds to requirements.in concerns requirements.txt, and no other lock until versions disagree."""
    add(project, "requirements.in", "tomli")
    assert stale(project) == ["requirements"]


def test_locks_that_disagree_are_locked_anew(project: Path) -> None:
    """Where what ships has another version than what is tested with, the latter follows."""
    lock = project / "requirements.txt"
    lock.write_text(lock.read_text("utf-8").replace("cffi==", "cffi==0."), "utf-8")
    assert stale(project) == ["requirements/dev", "requirements/peers"]


def test_what_constrains_comes_first() -> None:
    """A list is locked after those that it has to agree with."""
    order = [str(path) for path in LISTS]
    assert order[:2] == ["requirements", "requirements/run"]
    assert order.index("requirements/run") < order.index("requirements/dev") < order.index("requirements/mutation")


@pytest.mark.parametrize(
    ("settings", "options", "variables"),
    [
        ({}, ["--default-index=https://pypi.org/simple"], {}),
        ({"index-url": "https://m/simple"}, ["--default-index=https://m/simple"], {}),
        (
            {"extra-index-url": "https://a/s\nhttps://b/s"},
            [
                "--index=https://pypi.org/simple",
                "--index=https://a/s",
                "--default-index=https://b/s",
                "--index-strategy=unsafe-best-match",
            ],
            {},
        ),
        ({"cert": "/ca.pem"}, ["--default-index=https://pypi.org/simple"], {"SSL_CERT_FILE": "/ca.pem"}),
        (
            {"proxy": "http://p:1"},
            ["--default-index=https://pypi.org/simple"],
            {"HTTP_PROXY": "http://p:1", "HTTPS_PROXY": "http://p:1"},
        ),
        (
            {"find-links": "/w", "trusted-host": "m", "no-index": "true"},
            ["--default-index=https://pypi.org/simple", "--find-links=/w", "--allow-insecure-host=m", "--no-index"],
            {},
        ),
    ],
)
def test_pips_configuration_counts(settings: dict[str, str], options: list[str], variables: dict[str, str]) -> None:
    """A mirror, an authority and a proxy that pip is told of are used to lock, too."""
    assert translate(settings) == (options, variables)


@pytest.mark.network
def test_a_dependency_is_added_and_nothing_else_moves(project: Path) -> None:
    """The new package is locked with its hashes, and every version that was locked before is the same."""
    subprocess.run(["make", "--silent", ".venv-lock/ready"], cwd=ROOT, capture_output=True, check=True)
    before = {path: path.read_text("utf-8") for path in project.rglob("requirements*/*.txt")}
    locked = (project / "requirements.txt").read_text("utf-8").splitlines()
    add(project, "requirements.in", "tomli")
    command = [str(ROOT / ".venv-lock" / "bin" / "python"), "-m", "scripts.lock"]
    subprocess.run(command, cwd=project, capture_output=True, check=True)
    after = (project / "requirements.txt").read_text("utf-8").splitlines()
    assert {line for line in locked if "==" in line} <= set(after)
    assert [line for line in after if line.startswith("tomli==")]
    assert stale(project) == []
    assert {path: path.read_text("utf-8") for path in before} == before

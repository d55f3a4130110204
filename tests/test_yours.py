"""A user who follows the README's "Make it yours" to the letter still has a project whose every check passes."""

from pathlib import Path

import pytest

from tests.default import shipped_default
from tests.yours import copy_project, read_blocks, run

pytestmark = shipped_default  # whoever has gone on from there has files of the same names

TOUCHED = (
    "tests/test_concierge.py",
    "tests/test_weather.py",
    "tests/test_handler.py",
    "tests/test_project.py",
    "tests/test_readme.py",
    "tests/test_template.py",
    "tests/sim/test_inspector.py",
)
"""The user's tests, and those of the project's that look at what the user changes; `make e2e` runs all."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("yours") / "wechat-lambda")


def test_the_readme_says_where_everything_goes() -> None:
    """Its blocks are a responder, the handler that names it, a secret, and their tests."""
    names = ["concierge.py", "handler.py", "tests/test_concierge.py", "weather.py", "tests/test_weather.py"]
    assert [name for name, _ in read_blocks()] == names


@pytest.mark.thorough
def test_the_code_as_printed_passes_format_lint_and_types(copy: Path) -> None:
    """What `make check` demands of code the README's own code has, the user's modules included."""
    run(copy, ".venv/bin/ruff", "format", "--check", ".")
    run(copy, ".venv/bin/ruff", "check", ".")
    run(copy, ".venv/bin/mypy", "handler.py", "concierge.py", "weather.py", "tests/test_concierge.py")  # those alone


PLAIN = """\
import requests


def concierge(message, city="Hangzhou"):
    assert city
    return requests.get("https://example.com").text
"""


PLAIN_TEST = """\
import requests

from plain import concierge


def test_it(monkeypatch):
    monkeypatch.setattr(requests, "get", lambda _: None)
    assert concierge(None).content == 1
"""


@pytest.mark.thorough
def test_a_user_without_types_passes_as_well(copy: Path) -> None:
    """Types, docstrings and what else is the project's own taste are not asked of the user's code, nor of packages."""
    (copy / "plain.py").write_text(PLAIN, "utf-8")
    (copy / "other.py").write_text((copy / "handler.py").read_text("utf-8").replace("from concierge", "from plain"))
    run(copy, ".venv/bin/ruff", "check", "plain.py", "other.py")
    run(copy, ".venv/bin/ruff", "format", "--check", "plain.py")
    run(copy, ".venv/bin/mypy", "other.py")
    (copy / "tests" / "test_plain.py").write_text(PLAIN_TEST, "utf-8")
    run(copy, ".venv/bin/ruff", "check", "tests/test_plain.py")
    run(copy, ".venv/bin/mypy", "tests/test_plain.py")
    for name in ("plain.py", "other.py", "tests/test_plain.py"):
        (copy / name).unlink()


OLD = """\
import socket
import warnings

warnings.warn("old is old", DeprecationWarning, stacklevel=2)


def leak():
    socket.socket(socket.AF_UNIX)
    warnings.warn("a leak", UserWarning)
"""
TESTS_OF_OLD = """\
import warnings

import pytest


def test_theirs():
    import old

    old.leak()


def test_ours():
    with pytest.raises(UserWarning):
        warnings.warn_explicit("ours", UserWarning, "echo.py", 1, module="wechat_core.echo")
"""


def test_warnings_of_a_users_code_fail_nothing(copy: Path) -> None:
    """Those of packages are shown, and a socket that is never closed harms nobody; the project's own still fail."""
    (copy / "old.py").write_text(OLD, "utf-8")
    (copy / "tests" / "test_old.py").write_text(TESTS_OF_OLD, "utf-8")
    printed = run(copy, ".venv/bin/pytest", "-p", "no:cacheprovider", "--color=no", "tests/test_old.py")
    assert "DeprecationWarning: old is old" in printed
    assert "UserWarning: a leak" in printed
    for name in ("old.py", "tests/test_old.py"):
        (copy / name).unlink()


@pytest.mark.thorough
def test_the_tests_pass_and_say_what_they_skip(copy: Path) -> None:
    """The user's tests run with the project's, and what checks the shipped default is skipped by name."""
    printed = run(copy, ".venv/bin/pytest", "-p", "no:cacheprovider", "--color=no", "-rs", *TOUCHED)
    assert "checks the shipped default, which handler.py has replaced" in printed
    assert " passed" in printed

"""All checks of the project, in a copy in which a user has followed the README's "Make it yours" to the letter."""

from pathlib import Path

import pytest

from tests.default import shipped_default
from tests.yours import copy_project, run

pytestmark = [pytest.mark.enable_socket, shipped_default]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("yours") / "wechat-lambda")


def test_make_check_passes(copy: Path) -> None:
    """Format, lint, types and every test."""
    run(copy, "make", "check")


def test_the_build_says_what_ships(copy: Path) -> None:
    """What of the user's is deployed stands in the last line."""
    assert run(copy, "make", "build").splitlines()[-1] == "ships: concierge.py handler.py weather.py"


def test_what_ships_works(copy: Path) -> None:
    """The artefact's own end-to-end test, with the user's function and modules in it."""
    run(copy, ".venv/bin/pytest", "-p", "no:cacheprovider", "tests/e2e/test_artifact.py")
    assert (copy / ".aws-sam" / "build" / "CallbackFunction" / "weather.py").exists()

"""A part of the zoo that needs no more than the tests have; `make zoo` examines all of it."""

from collections.abc import Iterator

import pytest

from tests.zoo.animals import BROKEN, HEALTHY
from tests.zoo.examining import examine
from tests.zoo.processes import running

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def flask() -> Iterator[str]:
    """Where callbacks written with Flask answer by their names."""
    with running("flask") as url:
        yield url


@pytest.mark.parametrize("name", HEALTHY["flask"])
def test_no_false_alarm(flask: str, name: str) -> None:
    """A callback that WeChat takes has no fault, and no warning but the one it deserves."""
    assert examine(flask + name) == ("", HEALTHY["flask"][name])


@pytest.mark.parametrize("name", BROKEN["flask"])
def test_the_right_cause(flask: str, name: str) -> None:
    """A callback that WeChat does not take has one fault, and it is the one that was built in."""
    assert examine(flask + name) == (BROKEN["flask"][name], "")

"""The doctor before callbacks in stacks that others wrote: no false alarm, no miss, and the right cause for each."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.zoo.animals import BROKEN, HEALTHY
from tests.zoo.examining import examine
from tests.zoo.processes import running

pytestmark = pytest.mark.enable_socket

type UrlOf = Callable[[str], str]


@pytest.fixture(scope="session")
def url_of() -> Iterator[UrlOf]:
    """The URL of a stack, which is started when it is first asked for."""
    urls: dict[str, str] = {}
    with ExitStack() as started:

        def find(stack: str) -> str:
            if stack not in urls:
                urls[stack] = started.enter_context(running(stack))
            return urls[stack]

        yield find


def each(animals: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """All of them, by stack and name."""
    return [(stack, name) for stack, names in animals.items() for name in names]


@pytest.mark.parametrize(("stack", "name"), each(HEALTHY))
def test_no_false_alarm(url_of: UrlOf, stack: str, name: str) -> None:
    """A callback that WeChat takes has no fault, and no warning but the one it deserves."""
    assert examine(url_of(stack) + name) == ("", HEALTHY[stack][name])


@pytest.mark.parametrize(("stack", "name"), each(BROKEN))
def test_the_right_cause(url_of: UrlOf, stack: str, name: str) -> None:
    """A callback that WeChat does not take has one fault, and it is the one that was built in."""
    assert examine(url_of(stack) + name) == (BROKEN[stack][name], "")


def test_the_zoo_is_large() -> None:
    """At least 60 broken and 25 healthy callbacks, in at least six stacks, two of them not in Python."""
    assert len(each(BROKEN)) >= 60
    assert len(each(HEALTHY)) >= 25
    assert len({stack.partition("-")[0] for stack in BROKEN}) >= 6

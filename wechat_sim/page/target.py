"""The callback that the page writes to: this project's own, which can be looked into, or anybody's."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import httpx

from wechat_core.values import Value
from wechat_sim.platform.console import Mode


class Trace(Protocol):
    """What was seen of one request inside the callback."""

    def as_json(self) -> dict[str, Any]:
        """It, for the page."""


type Collect = Callable[[], AbstractContextManager[Sequence[Trace]]]
"""Opens a context; it has the traces of the requests that are made in it."""


def collect_nothing() -> AbstractContextManager[Sequence[Trace]]:
    """Nothing can be seen of a callback that runs elsewhere."""
    return nullcontext(())


class Target(Value):
    """A callback.

    `connect` opens a client that reaches it; `command` starts the page's server again; `file` is what its user edits;
    `set_mode` puts it into a mode of the console; `switches` turn on, and off, what it can be tried with.
    """

    url: str
    connect: Callable[[], httpx.AsyncClient]
    command: str = "wechat-sim serve"
    file: str = ""
    collect: Collect = collect_nothing
    set_mode: Callable[[Mode], None] = lambda _: None
    switches: Mapping[str, Callable[[bool], None]] = {}

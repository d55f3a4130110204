"""The callback that the page sends to: this project's own, which can be traced, or any other."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import httpx

from wechat_core.values import Value
from wechat_sim.platform.console import Mode


class Trace(Protocol):
    """What happened to one request inside the callback."""

    def as_json(self) -> dict[str, Any]:
        """The trace, for the page."""


class Target(Value):
    """A callback.

    `connect` opens a client that reaches it; `command` starts the page's server again; `file` is what its user edits;
    `collect` gives a list that gets the traces of what the task then sends, none of a callback that runs elsewhere;
    `set_mode` puts it into a mode of the console; `switches` turn options of the callback on and off.
    """

    url: str
    connect: Callable[[], httpx.AsyncClient]
    command: str = "wechat-sim serve"
    file: str = ""
    collect: Callable[[], Sequence[Trace]] = tuple
    set_mode: Callable[[Mode], None] = lambda _: None
    switches: Mapping[str, Callable[[bool], None]] = {}

"""The chat page: a conversation with the callback in a browser."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, Protocol

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from wechat_core.values import Value
from wechat_sim import view
from wechat_sim.doctor.patient import Patient
from wechat_sim.page.guard import check_address, check_page, read_json
from wechat_sim.platform import sample
from wechat_sim.platform.console import Console, Mode
from wechat_sim.platform.delivery import DELIVERIES, send
from wechat_sim.platform.inbound import Push, compose, push_of
from wechat_sim.platform.samples import Sample, samples
from wechat_sim.texts import read_texts

_FILES: Final = Path(__file__).parent / "static"
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


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


class Chat:
    """Serves the page, and plays the platform to a callback for it; where there is a key, the page has to show it."""

    def __init__(self, target: Target, console: Console, key: str = "") -> None:
        self._target, self._console, self._key = target, console, key
        self.routes: list[BaseRoute] = [
            Route("/", self._page),
            Route("/api/console", self._show_console),
            Route("/api/verify", self._verify, methods=["POST"]),
            Route("/api/send", self._send, methods=["POST"]),
            Mount("/static", StaticFiles(directory=_FILES)),
        ]

    async def _page(self, request: Request) -> Response:
        check_address(request)
        return FileResponse(_FILES / "index.html", headers=_HEADERS)

    async def _show_console(self, request: Request) -> Response:
        check_page(request, self._key)
        return _json(
            {
                "account": "sample" if self._console.is_sample else "own",
                "url": self._target.url,
                "file": self._target.file,
                "command": self._target.command,
                "switches": list(self._target.switches),
                "modes": self._console.modes,
                "mode": self._console.mode,
                "texts": read_texts(),
                "followers": [{"openid": openid, "name": name} for openid, name in sample.FOLLOWERS.items()],
                "samples": [_describe_sample(each) for each in samples().values()],
            }
        )

    async def _verify(self, request: Request) -> Response:
        _, console = await self._read(request)
        traces = self._target.collect()
        async with self._target.connect() as client:
            made = await Patient(client, self._target.url, console).shake()
        answer = view.handshake(made)
        answer["exchange"]["trace"] = traces[0].as_json() if traces else None
        return _json(answer)

    async def _send(self, request: Request) -> Response:
        asked, console = await self._read(request)
        push = _read_push(console, asked)
        lost, slow = asked.get("lost", 0), bool(asked.get("slow"))
        if type(lost) is not int or not 0 <= lost < DELIVERIES:
            raise HTTPException(400, f"lost is 0 to {DELIVERIES - 1}")
        traces = self._target.collect()
        async with self._target.connect() as client:
            try:
                made = await send(client, self._target.url, push, lost=lost, slow=slow)
            except httpx.ConnectError:
                raise HTTPException(502, f"nothing listens at {self._target.url}") from None
        answer = view.exchange(made)
        answer["sent"]["curl"] = view.curl(push, self._target.url)
        for delivery, trace in zip_longest(answer["deliveries"], traces[: len(made.deliveries)]):
            delivery["trace"] = trace and trace.as_json()
        return _json(answer)

    async def _read(self, request: Request) -> tuple[dict[str, Any], Console]:
        """What the page asks, and the console as it has set it; the callback is told so."""
        check_page(request, self._key)
        asked = await read_json(request)
        mode, on = asked.get("mode", self._console.mode), asked.get("switches", [])
        if mode not in self._console.modes:
            raise HTTPException(400, f"mode is one of {', '.join(self._console.modes)}, with this account")
        self._target.set_mode(mode)
        for name, switch in self._target.switches.items():
            switch(isinstance(on, list) and name in on)
        return asked, self._console.replace(mode=mode)


def _describe_sample(each: Sample) -> dict[str, Any]:
    has = each.fields
    return {"name": each.name, "msg_type": has["MsgType"], "event": has.get("Event", ""), "fields": each.content}


def _read_push(console: Console, asked: dict[str, Any]) -> Push:
    now, forged = int(time.time()), asked.get("forged", False) is True
    match {"fields": {}, "follower": sample.FOLLOWER, "forged": False} | asked:
        case {"xml": str(xml), "forged": bool()}:
            return push_of(console, xml.encode("utf-8", "replace"), now=now, forged=forged)
        case {"sample": str(name), "fields": dict(fields), "follower": str(follower), "forged": bool()} if (
            name in samples() and follower in sample.FOLLOWERS and all(isinstance(t, str) for t in fields.values())
        ):
            try:
                return compose(console, name, fields, now=now, follower=follower, forged=forged)
            except ValueError as error:
                raise HTTPException(400, str(error)) from None
    raise HTTPException(
        400,
        'send {"sample": "text", "fields": {"Content": "…"}, "follower": "an OpenID of the console"}, or {"xml": "…"}',
    )


def _json(content: dict[str, Any]) -> Response:
    return Response(json.dumps(content), headers=_HEADERS, media_type="application/json")  # ASCII: surrogates may occur

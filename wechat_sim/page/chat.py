"""The chat page: a conversation with the callback in a browser."""

import json
import time
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Final

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from wechat_sim import view
from wechat_sim.doctor.handshake import shake
from wechat_sim.local.inspector import Trace, collecting
from wechat_sim.page.guard import check_address, check_page, read_json
from wechat_sim.platform import sample
from wechat_sim.platform.console import Console, Mode
from wechat_sim.platform.delivery import DELIVERIES, send
from wechat_sim.platform.inbound import Push, compose
from wechat_sim.platform.samples import samples
from wechat_sim.platform.texts import read_texts

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


class Chat:
    """Serves the page, and plays the platform to the callback for it, without a network between.

    `set_mode` is told the mode that the page sets in the console, before anything is sent in it. Where there is a key,
    the page has to show it.
    """

    def __init__(
        self, callback: ASGIApp, path: str, console: Console, set_mode: Callable[[Mode], None], key: str
    ) -> None:
        self._callback, self._path, self._console, self._set_mode, self._key = callback, path, console, set_mode, key
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
                "modes": self._console.modes,
                "mode": self._console.mode,
                "texts": read_texts(),
                "followers": [{"openid": openid, "name": name} for openid, name in sample.FOLLOWERS.items()],
                "samples": [
                    {
                        "name": name,
                        "msg_type": s.fields["MsgType"],
                        "event": s.fields.get("Event", ""),
                        "fields": s.content,
                    }
                    for name, s in samples().items()
                ],
            }
        )

    async def _verify(self, request: Request) -> Response:
        asked = await self._read(request)
        console = self._set(asked)
        with collecting() as traces:
            made = await shake(self._client(), self._url(request), console.token, now=int(time.time()))
        answer = view.handshake(made)
        answer["exchange"] |= {"trace": view.trace(next(_all(traces)))}
        return _json(answer)

    async def _send(self, request: Request) -> Response:
        asked = await self._read(request)
        push = _read_push(self._set(asked), asked)
        lost, slow = asked.get("lost", 0), bool(asked.get("slow"))
        if type(lost) is not int or not 0 <= lost < DELIVERIES:
            raise HTTPException(400, f"lost is 0 to {DELIVERIES - 1}")
        with collecting() as traces:
            made = await send(self._client(), self._url(request), push, lost=lost, slow=slow)
        answer = view.exchange(made)
        for delivery, trace in zip(answer["deliveries"], _all(traces), strict=False):
            delivery["trace"] = view.trace(trace)
        return _json(answer)

    async def _read(self, request: Request) -> dict[str, Any]:
        check_page(request, self._key)
        return await read_json(request)

    def _set(self, asked: dict[str, Any]) -> Console:
        mode = asked.get("mode", self._console.mode)
        if mode not in self._console.modes:
            raise HTTPException(400, f"mode is one of {', '.join(self._console.modes)}, with this account")
        self._set_mode(mode)
        return self._console.replace(mode=mode)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self._callback))

    def _url(self, request: Request) -> str:
        return str(request.base_url.replace(path=self._path))


def _all(traces: list[Trace]) -> Iterator[Trace]:
    """The traces, and empty ones after them: while all threads are busy a request is given up before it leaves one."""
    return chain(traces, repeat(Trace()))


def _read_push(console: Console, asked: dict[str, Any]) -> Push:
    match {"fields": {}, "follower": sample.FOLLOWER, "forged": False} | asked:
        case {"sample": str(name), "fields": dict(fields), "follower": str(follower), "forged": bool(forged)} if (
            name in samples() and follower in sample.FOLLOWERS and all(isinstance(t, str) for t in fields.values())
        ):
            try:
                return compose(console, name, fields, now=int(time.time()), follower=follower, forged=forged)
            except ValueError as error:
                raise HTTPException(400, str(error)) from None
    raise HTTPException(
        400, 'send {"sample": "text", "fields": {"Content": "…"}, "follower": "an OpenID of the console"}'
    )


def _json(content: dict[str, Any]) -> Response:
    return Response(json.dumps(content), headers=_HEADERS, media_type="application/json")  # ASCII: surrogates may occur

"""The chat page: a conversation with the callback in a browser."""

import ipaddress
import json
from pathlib import Path
from typing import Any, Final

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from simulator import sample
from simulator.platform import Exchange, push
from simulator.sample import Content
from simulator.seen import FAULT_LINE, Seen, in_words

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
    """Serves the page, and pushes what is written there to the callback, without a network between."""

    def __init__(self, callback: ASGIApp, path: str, token: str) -> None:
        self._callback = callback
        self._path = path
        self._token = token
        self.routes: list[BaseRoute] = [
            Route("/", self._page),
            Route("/send", self._send, methods=["POST"]),
            Mount("/static", StaticFiles(directory=_FILES)),
        ]

    async def _page(self, request: Request) -> Response:
        _check_local(request)
        return FileResponse(_FILES / "index.html", headers=_HEADERS)

    async def _send(self, request: Request) -> Response:
        _check_local(request)
        msg_type, content = _read_message(await _read_json(request))
        url = str(request.base_url.replace(path=self._path))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._callback)) as client:
            exchange = await push(client, url, self._token, msg_type, content)
        answer = json.dumps(
            _shown(exchange) | {"fields": dict(content)}
        )  # ASCII: a follower's text may hold surrogates
        return Response(answer, headers=_HEADERS, media_type="application/json")


def _check_local(request: Request) -> None:
    """Refuse pages of other sites, which must not have messages signed.

    A name that leads here (a tunnel to the callback, a rebound domain) reaches the callback and nothing else; and only
    a page of the same origin may send JSON, since a browser asks before it does so across origins.
    """
    if not _is_local(request.url.hostname or ""):
        raise HTTPException(403, "open the chat page by its IP address or as localhost")
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if request.method == "POST" and media_type != "application/json":
        raise HTTPException(415, "send application/json")


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or bool(ipaddress.ip_address(host))
    except ValueError:
        return False


async def _read_json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        raise HTTPException(400, "the body is not JSON") from None


def _read_message(asked: Any) -> tuple[str, Content]:
    """The type and the content of a message: the sample of that type, with the given fields in place of its own."""
    match asked:
        case {"type": str(msg_type), "fields": dict(fields)} if msg_type in sample.MESSAGES:
            known = sample.MESSAGES[msg_type]
            if all(isinstance(value, type(known.get(name))) for name, value in fields.items()):
                return msg_type, {**known, **fields}
    raise HTTPException(400, 'send {"type": "text", "fields": {"Content": "…"}}')


def _shown(exchange: Exchange) -> dict[str, Any]:
    return {
        "sent_xml": exchange.sent.decode("utf-8", "replace"),
        "status": exchange.status,
        "received": exchange.received.decode("utf-8", "replace"),
        "milliseconds": exchange.milliseconds,
        "reply": _reply(exchange.seen),
        "seen": {
            "what": exchange.seen.what,
            "line": FAULT_LINE if exchange.seen.what == "fault" else "",
            "cause": exchange.seen.cause,
            "detail": exchange.seen.detail,
        },
    }


def _reply(seen: Seen) -> dict[str, Any] | None:
    return {"type": seen.reply.msg_type, "text": in_words(seen.reply)} if seen.what == "reply" else None

"""Limits who may call the local server, and how much: it signs messages, so pages of other origins are refused."""

import hmac
import json
import secrets
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request

from wechat_sim.doctor.address import is_loopback, read_address

BODY_LIMIT: Final = 1 << 20
"""Bytes of a request that are read: four times what the callback accepts."""


def key_for(host: str) -> str:
    """A new key to the page, where others than this machine can connect to the host that is listened on."""
    return "" if is_loopback(host) else secrets.token_urlsafe(16)


async def read_guarded(request: Request) -> bytes:
    """The body of a request to the callback.

    Raises:
        HTTPException: a page of another origin sends it, or it is over the limit.
    """
    check_origin(request)
    return await read_body(request)


async def read_body(request: Request) -> bytes:
    """The body of a request.

    Raises:
        HTTPException: it is over the limit; the rest is left unread.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise HTTPException(413, f"a body is {BODY_LIMIT} bytes at most")
    return bytes(body)


async def read_json(request: Request) -> dict[str, Any]:
    """The JSON object in the body of a request.

    Raises:
        HTTPException: there is none.
    """
    try:
        asked = json.loads(await read_body(request))
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not JSON") from None
    if not isinstance(asked, dict):
        raise HTTPException(400, "the body is not a JSON object")
    return asked


def check_origin(request: Request) -> None:
    """Refuse what a page of another origin sends; programs, and WeChat behind a tunnel, send no origin.

    Raises:
        HTTPException: a browser says that it comes from such a page.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "none")
    foreign = origin is not None and origin.partition("://")[2] != request.headers.get("host")
    if foreign or site not in ("same-origin", "none"):
        raise HTTPException(403, "a page of another origin may not call this")


def check_address(request: Request) -> None:
    """Refuse a host name (of a tunnel to the callback, of a rebound domain): it may reach the callback only.

    Raises:
        HTTPException: the page is not called by an address, nor as localhost.
    """
    if not read_address(request.url.hostname or ""):
        raise HTTPException(403, "open the chat page by its IP address or as localhost")


def check_page(request: Request, key: str) -> None:
    """Refuse everybody but the page; where there is a key, everybody who does not have it.

    Only a page of the same origin may send JSON, since a browser asks before it does so across origins.

    Raises:
        HTTPException: it is somebody else.
    """
    check_address(request)
    check_origin(request)
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if request.method == "POST" and media_type != "application/json":
        raise HTTPException(415, "send application/json")
    shown = request.headers.get("authorization", "").encode()
    if key and not hmac.compare_digest(shown, f"Bearer {key}".encode()):
        raise HTTPException(401, "open the chat page by the URL that was printed, which has the key")

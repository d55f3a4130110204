"""Plays the platform: pushes a follower's message to a callback, and tells what came of it."""

import asyncio
import secrets
import time
from typing import Final

import httpx

from simulator import sample
from simulator.inbound import signed_query, write_message
from simulator.sample import Content
from simulator.seen import BROKEN_OFF, TOO_LATE, Seen, see
from wechat_core.values import Value

PATIENCE: Final = 5.0
"""Seconds the platform waits for an answer."""

HEADERS: Final = {
    "Content-Type": "text/xml",
    "User-Agent": "Mozilla/4.0",
    "Accept": "*/*",
    "Pragma": "no-cache",
    "Connection": "close",
}
"""What the platform sends with every message."""


class Exchange(Value):
    """One message and its answer; `status` is 0 where none came."""

    sent: bytes
    seen: Seen
    milliseconds: float
    status: int = 0
    received: bytes = b""


async def push(
    client: httpx.AsyncClient, url: str, token: str, msg_type: str, content: Content, *, patience: float = PATIENCE
) -> Exchange:
    """Send one message, signed now, the way the platform does.

    Raises:
        httpx.ConnectError: nothing listens at the URL.
    """
    now = int(time.time())
    body = write_message(msg_type, content, created=now, msg_id=sample.MSG_ID + secrets.randbelow(10**15))
    started = time.perf_counter()
    try:
        async with asyncio.timeout(patience):
            response = await client.send(_request(url, token, now, body))
    except httpx.ConnectError:
        raise
    except (TimeoutError, httpx.TransportError) as error:
        return Exchange(body, _failed(error), _milliseconds_since(started))
    milliseconds, received = _milliseconds_since(started), response.content
    return Exchange(body, see(body, response.status_code, received), milliseconds, response.status_code, received)


def _request(url: str, token: str, now: int, body: bytes) -> httpx.Request:
    query = signed_query(token, timestamp=now, nonce=str(secrets.randbelow(10**10)), openid=sample.FOLLOWER)
    return httpx.Request("POST", f"{url}{'&' if '?' in url else '?'}{query}", headers=HEADERS, content=body)


def _failed(error: Exception) -> Seen:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return Seen("fault", cause=TOO_LATE)
    return Seen("fault", cause=BROKEN_OFF, detail=type(error).__name__)


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)

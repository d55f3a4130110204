"""Fetches an answer as the platform would, from a server that may be hostile: bounded in time and in size."""

import asyncio
import time
from typing import Final

import httpx

from wechat_core.values import Value
from wechat_sim.platform.verdict import Cause

BODY_LIMIT: Final = 1024 * 1024
"""Bytes of an answer that are read, and kept as they came: what is compressed stays so."""


class HttpAnswer(Value):
    """What a server answered, and after how many milliseconds; `is_cut` where its body went on after `BODY_LIMIT`."""

    status: int
    headers: httpx.Headers
    body: bytes
    milliseconds: float
    is_cut: bool = False

    def header(self, name: str) -> str:
        """A header's text; empty where there is none."""
        return str(self.headers.get(name, ""))


class NoAnswer(Value):
    """That a server did not answer in time, or broke the connection off."""

    cause: Cause
    milliseconds: float
    detail: str = ""


async def fetch_answer(client: httpx.AsyncClient, request: httpx.Request, patience: float) -> HttpAnswer | NoAnswer:
    """Send a request and wait for its answer, so many seconds in all.

    Raises:
        httpx.ConnectError: nothing listens at the URL.
    """
    started = time.perf_counter()
    try:
        async with asyncio.timeout(patience):
            response = await client.send(request, stream=True)
            body = await _read_body(response)
    except httpx.ConnectError:
        raise
    except (TimeoutError, httpx.TimeoutException):
        return NoAnswer(Cause.TOO_LATE, _milliseconds_since(started))
    except httpx.TransportError as error:
        return NoAnswer(Cause.BROKEN_OFF, _milliseconds_since(started), type(error).__name__)
    is_cut = len(body) > BODY_LIMIT
    return HttpAnswer(
        response.status_code, response.headers, body[:BODY_LIMIT], _milliseconds_since(started), is_cut=is_cut
    )


async def _read_body(response: httpx.Response) -> bytes:
    """The body, undecompressed: a little of the network becomes much in memory otherwise."""
    body = bytearray()
    assert isinstance(response.stream, httpx.AsyncByteStream)
    try:
        async for piece in response.stream:
            body += piece[: BODY_LIMIT + 1 - len(body)]
            if len(body) > BODY_LIMIT:
                break
    finally:
        await response.aclose()
    return bytes(body)


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)

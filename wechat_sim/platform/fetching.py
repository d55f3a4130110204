"""Fetches an answer as the platform would, from a server that may be hostile: bounded in time and in size."""

import asyncio
import re
import time
from typing import Final, Literal

import httpx

from wechat_core.values import Value
from wechat_sim.platform.verdict import Cause

BODY_LIMIT: Final = 1024 * 1024
"""Bytes of an answer that are read, and kept as they came: what is compressed stays so."""

_CUT: Final = re.compile(r"\((received \d+ bytes, expected \d+|incomplete chunked read)\)")


class HttpAnswer(Value):
    """What a server answered, and after how many milliseconds; with status 0 it did not, and `failure` says why."""

    status: int = 0
    headers: httpx.Headers = httpx.Headers()
    body: bytes = b""
    milliseconds: float = 0.0
    failure: Cause | Literal[""] = ""
    detail: str = ""

    def header(self, name: str) -> str:
        """A header's text; empty where there is none."""
        return str(self.headers.get(name, ""))


async def fetch_answer(client: httpx.AsyncClient, request: httpx.Request, patience: float) -> HttpAnswer:
    """Send a request and wait for its answer, for `patience` seconds in all.

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
        return HttpAnswer(milliseconds=_milliseconds_since(started), failure=Cause.TOO_LATE)
    except httpx.TransportError as error:
        cut = _CUT.search(str(error))
        detail = cut[1] if cut else type(error).__name__
        return HttpAnswer(milliseconds=_milliseconds_since(started), failure=Cause.BROKEN_OFF, detail=detail)
    return HttpAnswer(response.status_code, response.headers, body, _milliseconds_since(started))


async def _read_body(response: httpx.Response) -> bytes:
    """The body up to the limit, undecompressed: a little of the network becomes much in memory otherwise."""
    body = bytearray()
    assert isinstance(response.stream, httpx.AsyncByteStream)
    try:
        async for piece in response.stream:
            body += piece[: BODY_LIMIT - len(body)]
            if len(body) == BODY_LIMIT:
                break
    finally:
        await response.aclose()
    return bytes(body)


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)

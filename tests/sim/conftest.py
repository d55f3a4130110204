"""A local server without a network, and what its callback was handed."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tests.wechat import build_handler
from wechat_sim.platform import sample
from wechat_sim.platform.console import SAMPLE
from wechat_sim.platform.inbound import sign_query
from wechat_sim.serve import create_app

type Ask = Callable[..., httpx.Response]


@pytest.fixture
def received() -> list[dict[str, Any]]:
    """The proxy events that reached the handler."""
    return []


@pytest.fixture
def ask(received: list[dict[str, Any]]) -> Ask:
    """Sends one request to the server, by method and path; the handler is the real one."""
    answer = build_handler({"WECHAT_ACCOUNT": sample.ACCOUNT_JSON})

    def watched(event: Any, context: Any) -> dict[str, Any]:
        assert context.aws_request_id
        received.append(event)
        return answer(event, context)

    return lambda method, path, **parts: request(create_app(watched, SAMPLE), method, path, **parts)


def request(
    app: Starlette, method: str, path: str, base: str = "http://127.0.0.1:8000", **parts: Any
) -> httpx.Response:
    """The answer of a server that listens nowhere."""

    async def go() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base) as client:
            return await client.request(method, path, **parts)

    return asyncio.run(go())


def signed(token: str = sample.TOKEN, **more: str) -> str:
    """The callback's path with a query signed now."""
    return f"/wechat?{sign_query(token, timestamp=int(time.time()), nonce='1', **more)}"

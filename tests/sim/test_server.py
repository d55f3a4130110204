import asyncio
import threading
from typing import Any

import httpx
import pytest

from tests.sim.conftest import Ask, signed
from tests.wechat import text
from wechat_sim.platform.console import SAMPLE
from wechat_sim.serve import create_app


def test_the_url_is_verified_through_the_handler(ask: Ask, received: list[dict[str, Any]]) -> None:
    """A real GET becomes a proxy event with its query as it came, and the handler's answer a real response."""
    answer = ask("GET", signed(echostr="123"), headers={"X-Twice": "a"})
    assert (answer.status_code, answer.text) == (200, "123")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert received[0]["rawQueryString"].endswith("&nonce=1")
    assert received[0]["headers"]["x-twice"] == "a"
    assert received[0]["requestContext"]["http"]["path"] == "/wechat"


def test_a_message_is_echoed_through_the_handler(ask: Ask, received: list[dict[str, Any]]) -> None:
    """A real POST reaches the handler as text and its reply comes back as XML."""
    body = text("你好")
    answer = ask("POST", signed(), content=body, headers={"Content-Type": "text/xml"})
    assert "<Content><![CDATA[你好]]></Content>" in answer.text
    assert (received[0]["body"], received[0]["isBase64Encoded"]) == (body.decode(), False)


def test_requests_overlap() -> None:
    """Two requests are in the handler at the same time: each waits there until the other has come."""
    both = threading.Barrier(2, timeout=10)

    def meeting(event: Any, context: Any) -> dict[str, Any]:
        both.wait()
        return {"statusCode": 200, "headers": {}, "body": "bWV0", "isBase64Encoded": True}

    async def go() -> list[str]:
        transport = httpx.ASGITransport(create_app(meeting, SAMPLE))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return [answer.text for answer in await asyncio.gather(client.get("/wechat"), client.get("/wechat"))]

    assert asyncio.run(go()) == ["met", "met"]


def test_a_body_of_another_type_is_echoed_too(ask: Ask, received: list[dict[str, Any]]) -> None:
    """A message without a textual type goes through Base64 and comes out the same."""
    body = text("你好")
    answer = ask("POST", signed(), content=body)
    assert "<Content><![CDATA[你好]]></Content>" in answer.text
    assert received[0]["isBase64Encoded"] is True


def test_a_forged_message_is_refused(ask: Ask) -> None:
    """A wrong signature is 403 over HTTP as well."""
    answer = ask("POST", signed("OtherToken"), content=b"<xml/>")
    assert (answer.status_code, answer.text) == (403, "invalid signature")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS"])
def test_the_handler_refuses_other_methods(ask: Ask, received: list[dict[str, Any]], method: str) -> None:
    """Every method reaches the handler, which says 405 and what it takes."""
    answer = ask(method, signed())
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert len(received) == 1

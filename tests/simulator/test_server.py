import asyncio
import threading
import time
from typing import Any

import httpx
import pytest

from simulator import sample
from simulator.inbound import signed_query, write_message
from simulator.seen import FAULT_LINE
from simulator.server import create_app
from tests.simulator.conftest import Ask


def signed(token: str = sample.TOKEN, **more: str) -> str:
    """The callback's path with a query signed now."""
    return f"/wechat?{signed_query(token, timestamp=int(time.time()), nonce='1', **more)}"


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
    body = write_message("text", {"Content": "你好"}, created=1, msg_id=1)
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
        transport = httpx.ASGITransport(create_app(meeting, sample.TOKEN))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return [answer.text for answer in await asyncio.gather(client.get("/wechat"), client.get("/wechat"))]

    assert asyncio.run(go()) == ["met", "met"]


def test_a_body_of_another_type_is_echoed_too(ask: Ask, received: list[dict[str, Any]]) -> None:
    """A message without a textual type goes through Base64 and comes out the same."""
    body = write_message("text", {"Content": "你好"}, created=1, msg_id=1)
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


@pytest.mark.parametrize(
    "text",
    ["你好", "]]>", "a]]></Content><MsgType>x</MsgType>", "<b>&amp;</b>", "两行\n第二行 ", "😀"],
)
def test_the_page_shows_what_comes_back(ask: Ask, text: str) -> None:
    """What is written on the page comes back identical through the whole way, also what looks like markup."""
    answer = ask("POST", "/send", json={"type": "text", "fields": {"Content": text}}).json()
    assert answer["reply"] == {"type": "text", "text": text}
    assert (answer["status"], answer["seen"]["what"], answer["fields"]) == (200, "reply", {"Content": text})
    assert f"<Content><![CDATA[{text}]]></Content>" in answer["sent_xml"]
    assert answer["received"].startswith("<xml><ToUserName>")


@pytest.mark.parametrize(
    ("msg_type", "echo_type"),
    [("image", "image"), ("voice", "voice"), ("video", "video"), ("shortvideo", "video"), ("link", "text")],
)
def test_the_page_sends_samples(ask: Ask, msg_type: str, echo_type: str) -> None:
    """A sample of each kind is echoed; pictures and recordings by their MediaId."""
    answer = ask("POST", "/send", json={"type": msg_type, "fields": {}}).json()
    assert answer["reply"]["type"] == echo_type
    assert echo_type == "text" or answer["reply"]["text"] == sample.MEDIA_ID


def test_the_page_goes_through_the_handler(ask: Ask, received: list[dict[str, Any]]) -> None:
    """The page has no way of its own to the callback: what it sends is a proxy event as from WeChat."""
    ask("POST", "/send", json={"type": "text", "fields": {"Content": "hi"}})
    assert received[0]["requestContext"]["http"]["userAgent"] == "Mozilla/4.0"
    assert "openid" in received[0]["queryStringParameters"]


def test_the_page_shows_faults_and_silence(ask: Ask) -> None:
    """A text that the callback does not answer leaves nothing; it is said why."""
    answer = ask("POST", "/send", json={"type": "text", "fields": {"Content": ""}}).json()
    assert (answer["reply"], answer["seen"]["what"], answer["received"]) == (None, "nothing", "success")
    oversized = ask("POST", "/send", json={"type": "text", "fields": {"Content": "x" * 300_000}}).json()
    assert (oversized["status"], oversized["seen"]["line"]) == (413, FAULT_LINE)


@pytest.mark.parametrize("content", ["\ud83d", "\x02", "\ufffe"])
def test_the_page_survives_any_text(ask: Ask, content: str) -> None:
    """Characters that XML cannot carry neither break the page's answer nor reach the follower."""
    body = b'{"type": "text", "fields": {"Content": "a\\u%04x"}}' % ord(content)
    answer = ask("POST", "/send", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["reply"]["text"].rstrip("\ufffd") == "a"


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"type": "text"}', '{"type": "x", "fields": {}}', '{"type": "text", "fields": {"X": "y"}}']
    + ['{"type": "text", "fields": {"Content": 1}}'],
)
def test_the_page_refuses_what_is_no_message(ask: Ask, body: str) -> None:
    """Only declared types and fields are sent."""
    answer = ask("POST", "/send", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_other_sites_cannot_have_messages_signed(ask: Ask, received: list[dict[str, Any]]) -> None:
    """A form of another site sends no JSON, and a name that leads here reaches the callback alone."""
    message = '{"type": "text", "fields": {}}'
    assert ask("POST", "/send", content=message, headers={"Content-Type": "text/plain"}).status_code == 415
    tunnel = "https://tunnel.example.com"
    assert ask("POST", "/send", base=tunnel, json={"type": "text", "fields": {}}).status_code == 403
    assert ask("GET", "/", base=tunnel).status_code == 403
    assert received == []
    assert ask("GET", signed(echostr="1"), base=tunnel).text == "1"


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_the_page_is_served_with_a_policy(ask: Ask, base: str) -> None:
    """The page loads its own files alone, and no other page may frame it."""
    page = ask("GET", "/", base=base)
    assert page.status_code == 200
    assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    for name in ("chat.css", "chat.js", "wire.js", "words.js", "icon.svg"):
        assert ask("GET", f"/static/{name}", base=base).status_code == 200

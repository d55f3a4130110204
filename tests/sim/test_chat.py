from typing import Any

import httpx
import pytest

from tests.sim.conftest import Ask, request, signed
from tests.wechat import build_handler
from wechat_sim.platform import sample
from wechat_sim.platform.console import SAMPLE, Mode
from wechat_sim.platform.samples import samples
from wechat_sim.platform.verdict import FAULT_LINE, Cause
from wechat_sim.serve import create_app


def send(ask: Ask, text: str = "hi", **asked: Any) -> dict[str, Any]:
    """What the page is told of a text that it sends."""
    answer = ask("POST", "/api/send", json={"sample": "text", "fields": {"Content": text}} | asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize(
    "text",
    ["你好", "]]>", "a]]></Content><MsgType>x</MsgType>", "<b>&amp;</b>", "两行\n第二行 ", "😀"],
)
def test_the_page_shows_what_comes_back(ask: Ask, text: str) -> None:
    """What is written on the page comes back identical through the whole way, also what looks like markup."""
    told = send(ask, text)
    (delivery,) = told["deliveries"]
    assert told["reply"] == {"type": "text", "elements": {"Content": [text]}}
    assert (delivery["status"], told["seen"]["what"], delivery["lost"]) == (200, "reply", False)
    assert f"<Content><![CDATA[{text}]]></Content>" in told["sent"]["xml"]
    assert delivery["received"].startswith("<xml><ToUserName>")


@pytest.mark.parametrize(
    ("name", "echo_type"),
    [("image", "image"), ("voice", "voice"), ("video", "video"), ("shortvideo", "video"), ("link", "text")],
)
def test_the_page_sends_samples(ask: Ask, name: str, echo_type: str) -> None:
    """A sample of each kind is echoed; images and voice messages by their MediaId."""
    told = send(ask, sample=name, fields={})
    assert told["reply"]["type"] == echo_type
    assert echo_type == "text" or samples()[name].content["MediaId"] in str(told["reply"]["elements"])


def test_the_page_knows_the_console_and_every_type(ask: Ask) -> None:
    """The page is told who writes to the account, in which modes, and a sample of all that can be sent."""
    told = ask("GET", "/api/console").json()
    assert (told["account"], told["modes"], told["mode"]) == ("sample", ["plain", "compatible", "safe"], "plain")
    assert [follower["openid"] for follower in told["followers"]] == list(sample.FOLLOWERS)
    assert [each["name"] for each in told["samples"]] == list(samples())
    click = next(each for each in told["samples"] if each["name"] == "event_click")
    assert click["fields"] == {"EventKey": "MENU_TODAY_SPECIAL"}


def test_the_page_goes_through_the_handler(ask: Ask, received: list[dict[str, Any]]) -> None:
    """The page has no way of its own to the callback: what it sends is a proxy event as from WeChat."""
    told = send(ask)
    assert received[0]["requestContext"]["http"]["userAgent"] == "Mozilla/4.0"
    assert received[0]["rawQueryString"] == told["sent"]["query"]


def test_the_page_shows_faults_and_silence(ask: Ask) -> None:
    """A text that the callback does not answer leaves nothing; it is said why."""
    told = send(ask, "")
    assert (told["reply"], told["seen"]["what"], told["deliveries"][0]["received"]) == (None, "nothing", "success")
    oversized = send(ask, "x" * 300_000)
    assert [each["status"] for each in oversized["deliveries"]] == [413, 413, 413]
    assert oversized["seen"]["line"] == FAULT_LINE


def test_the_page_delivers_again(ask: Ask, received: list[dict[str, Any]]) -> None:
    """A lost answer brings a second, identical delivery."""
    told = send(ask, lost=1)
    assert [each["lost"] for each in told["deliveries"]] == [True, False]
    assert received[0]["rawQueryString"] == received[1]["rawQueryString"]


def test_the_page_forges(ask: Ask) -> None:
    """A forged message is refused, and the page is told that this is as it should be."""
    told = send(ask, forged=True)
    assert (told["deliveries"][0]["status"], told["seen"]["what"], told["seen"]["id"]) == (
        403,
        "refused",
        Cause.REFUSED,
    )


def test_the_page_writes_as_another_follower(ask: Ask) -> None:
    """The reply goes to whom the message came from."""
    other = list(sample.FOLLOWERS)[1]
    told = send(ask, follower=other)
    assert f"<ToUserName><![CDATA[{other}]]></ToUserName>" in told["deliveries"][0]["opened"]


def test_the_page_verifies_the_url(ask: Ask) -> None:
    """The console's check succeeds; with what went to and fro."""
    told = ask("POST", "/api/verify", json={"mode": "plain"}).json()
    assert (told["ok"], told["console"], told["exchange"]["status"]) == (True, "configured", 200)
    assert told["exchange"]["trace"] is None  # nobody watches in this test


@pytest.mark.parametrize("mode", ["compatible", "safe"])
def test_the_page_sets_the_mode(mode: Mode) -> None:
    """The callback is told the mode before a message comes in it; the reply is shown as it is inside."""
    handlers = {name: build_handler({"WECHAT_ACCOUNT": sample.SAFE_ACCOUNT_JSON}) for name in (mode,)}
    modes: list[Mode] = []

    def ask(method: str, path: str, **parts: Any) -> httpx.Response:
        with_mode = create_app(
            lambda event, context: handlers[modes[-1]](event, context), SAMPLE, set_mode=modes.append
        )
        return request(with_mode, method, path, **parts)

    told = send(ask, mode=mode)
    (delivery,) = told["deliveries"]
    assert modes == [mode]
    assert ("<Encrypt>" in told["sent"]["body"], "<Encrypt>" in told["sent"]["xml"]) == (True, False)
    assert ("<Encrypt>" in delivery["received"], "hi" in delivery["opened"]) == (True, True)
    assert told["reply"]["elements"] == {"Content": ["hi"]}


@pytest.mark.parametrize("content", ["\ud83d", "\x02", "\ufffe"])
def test_the_page_survives_any_text(ask: Ask, content: str) -> None:
    """Characters that XML cannot carry neither break the page's answer nor reach the follower."""
    body = b'{"sample": "text", "fields": {"Content": "a\\u%04x"}}' % ord(content)
    answer = ask("POST", "/api/send", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["reply"]["elements"]["Content"][0].rstrip("\ufffd") == "a"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"sample": "x", "fields": {}}',
        '{"sample": "text", "fields": {"X": "y"}}',
        '{"sample": "text", "fields": {"Content": 1}}',
        '{"sample": "text", "follower": "oNobody"}',
        '{"sample": "text", "mode": "secret"}',
        '{"sample": "text", "lost": 3}',
        '{"sample": "text", "lost": true}',
        '{"sample": "text", "forged": "yes"}',
    ],
)
def test_the_page_refuses_what_is_no_message(ask: Ask, body: str) -> None:
    """Only what the console offers is sent."""
    answer = ask("POST", "/api/send", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.text.count("\n")) == (400, 0)


def test_other_sites_cannot_have_messages_signed(ask: Ask, received: list[dict[str, Any]]) -> None:
    """A form of another site sends no JSON, and a name that leads here reaches the callback alone."""
    message, tunnel = {"sample": "text", "fields": {}}, "https://tunnel.example.com"
    for path in ("/api/send", "/api/verify"):
        assert ask("POST", path, content="{}", headers={"Content-Type": "text/plain"}).status_code == 415
        assert ask("POST", path, base=tunnel, json=message).status_code == 403
    assert ask("GET", "/", base=tunnel).status_code == 403
    assert ask("GET", "/api/console", base=tunnel).status_code == 403
    assert received == []
    assert ask("GET", signed(echostr="1"), base=tunnel).text == "1"


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_the_page_is_served_with_a_policy(ask: Ask, base: str) -> None:
    """The page loads its own files alone, and no other page may frame it."""
    page = ask("GET", "/", base=base)
    assert page.status_code == 200
    assert "default-src 'none'; script-src 'self'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    for name in ("chat.css", "chat.js", "icon.svg"):
        assert ask("GET", f"/static/{name}", base=base).status_code == 200

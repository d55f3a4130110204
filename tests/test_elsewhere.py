"""The core in other programs, as docs/elsewhere.md has it."""

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.wechat import TOKEN, fields, query, text
from wechat_core.safe_mode import decrypt
from wechat_sim.platform.console import Console
from wechat_sim.platform.inbound import compose

PAGE = Path(__file__).parent.parent / "docs" / "elsewhere.md"
FLASK, FASTAPI, SAFE = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)

type Ask = Callable[..., httpx.Response]


def run(code: str) -> dict[str, Any]:
    """The names that a block of the page defines."""
    names: dict[str, Any] = {"__name__": "elsewhere"}
    exec(code, names)
    return names


def ask_flask(app: Any, method: str, **parts: Any) -> httpx.Response:
    with httpx.Client(transport=httpx.WSGITransport(app), base_url="http://wechat.test") as client:
        return client.request(method, "/wechat", **parts)


def ask_fastapi(app: Any, method: str, **parts: Any) -> httpx.Response:
    async def go() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wechat.test") as client:
            return await client.request(method, "/wechat", **parts)

    return asyncio.run(go())


@pytest.fixture(params=[(FLASK, ask_flask), (FASTAPI, ask_fastapi)], ids=["Flask", "FastAPI"])
def names_and_ask(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Ask]:
    """What a block defines, and a way to ask its application."""
    code, ask = request.param
    names = run(code)
    return names, lambda method, **parts: ask(names["app"], method, **parts)


def signed(token: str = TOKEN, **more: str) -> list[tuple[str, str]]:
    """A query that is signed now."""
    return list(query(token=token, timestamp=str(int(time.time())), **more))


def test_the_url_is_verified(names_and_ask: tuple[dict[str, Any], Ask]) -> None:
    """The platform's check gets its echostr as text."""
    answer = names_and_ask[1]("GET", params=signed(echostr="5838479218127813673"))
    assert (answer.status_code, answer.text) == (200, "5838479218127813673")
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_message_is_answered(names_and_ask: tuple[dict[str, Any], Ask]) -> None:
    """A signed message gets its echo, as XML."""
    answer = names_and_ask[1]("POST", params=signed(), content=text("hello"))
    assert (answer.status_code, fields(answer.content)["Content"]) == (200, "hello")
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"


def test_a_forgery_is_refused(names_and_ask: tuple[dict[str, Any], Ask]) -> None:
    """Signed with another token, or signed twice over, it is not the platform's."""
    ask = names_and_ask[1]
    assert ask("POST", params=signed("OtherToken"), content=text("hello")).status_code == 403
    assert ask("POST", params=[*signed(), *signed()], content=text("hello")).status_code == 400


def test_a_failure_is_acknowledged(names_and_ask: tuple[dict[str, Any], Ask]) -> None:
    """A responder that raises, or a body that is no message, is no 5xx."""
    names, ask = names_and_ask
    assert ask("POST", params=signed(), content=b"<xml").text == "success"

    def failing(_: object) -> Any:
        raise ValueError

    names["callback"] = names["callback"].replace(respond=failing)
    assert ask("POST", params=signed(), content=text("hello")).text == "success"


@pytest.mark.parametrize("code", [FLASK, FASTAPI], ids=["Flask", "FastAPI"])
def test_it_takes_ten_lines(code: str) -> None:
    """The view, from its decorator to its end."""
    assert len(code[code.index("@app") :].splitlines()) <= 11


def test_safe_mode_is_another_envelope() -> None:
    """With the block's envelope in the place of the plain one, an encrypted message is answered encrypted."""
    names, envelope = run(FLASK), run(SAFE)["envelope"]
    names["callback"] = names["callback"].replace(envelope=envelope)
    console = Console(envelope.tokens[0], envelope.keys[0], envelope.app_id, "safe")
    push = compose(console, "text", {"Content": "hello"}, now=int(time.time()))
    answer = ask_flask(names["app"], "POST", params=push.query, content=push.body)
    sealed = fields(answer.content)["Encrypt"]
    assert fields(decrypt(sealed, key=envelope.keys[0], app_id=envelope.app_id))["Content"] == "hello"

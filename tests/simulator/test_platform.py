import asyncio
from collections.abc import Callable

import httpx
import pytest

from simulator import sample, seen
from simulator.inbound import signed_query, write_message
from simulator.platform import Exchange, push
from tests.wechat import NOW, query, text


def pushed(answer: Callable[[httpx.Request], httpx.Response], url: str = "http://callback/w") -> Exchange:
    """The exchange with a callback that answers so."""

    async def go() -> Exchange:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            return await push(client, url, sample.TOKEN, "text", {"Content": "hi"})

    return asyncio.run(go())


def test_a_message_is_written_as_the_platform_writes_it() -> None:
    """Line feeds between elements, numbers bare, text as the follower wrote it, `]]>` included."""
    assert write_message("text", {"Content": "a]]>b & <c>"}, created=NOW, msg_id=24731180562347919) == (
        text("a]]>b & <c>").replace(b"</MsgId></xml>", b"</MsgId>\n</xml>")
    )
    place = {"Location_X": 31.2, "Scale": 15}
    assert b"<Location_X>31.200000</Location_X>\n<Scale>15</Scale>" in write_message(
        "location", place, created=1, msg_id=1
    )
    assert b"MsgId" not in write_message("event", {"Event": "subscribe"}, created=1, msg_id=None)


def test_a_query_is_signed_as_the_platform_signs_it() -> None:
    """The signature equals that of code written from the platform's documentation alone."""
    signed = httpx.QueryParams(signed_query("SampleToken", timestamp=NOW, nonce="1372623149", echostr="5"))
    assert dict(signed) == dict(query(echostr="5"))


def test_a_callback_with_a_query_of_its_own_keeps_it() -> None:
    """The platform appends its parameters to those of the configured URL, and sends the headers it sends."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, text="success")

    assert pushed(answer, "http://callback/w?shop=7").seen.cause == seen.ACKNOWLEDGED
    assert list(requests[0].url.params)[:2] == ["shop", "signature"]
    assert (requests[0].headers["content-type"], requests[0].headers["user-agent"]) == ("text/xml", "Mozilla/4.0")
    assert "accept-encoding" not in requests[0].headers


def test_redirects_are_not_followed() -> None:
    """A redirect is one more status that is not 200."""
    exchange = pushed(lambda _: httpx.Response(301, headers={"location": "http://callback/other"}))
    assert (exchange.status, exchange.seen.cause) == (301, seen.WRONG_STATUS)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (httpx.ReadTimeout(""), seen.TOO_LATE),
        (httpx.ConnectTimeout(""), seen.TOO_LATE),
        (httpx.RemoteProtocolError(""), seen.BROKEN_OFF),
        (httpx.ReadError(""), seen.BROKEN_OFF),
    ],
)
def test_a_callback_that_does_not_answer_is_a_fault(error: httpx.TransportError, cause: str) -> None:
    """Silence and broken connections are what the follower sees the fault line for."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    exchange = pushed(answer)
    assert (exchange.seen.what, exchange.seen.cause, exchange.status) == ("fault", cause, 0)


def test_patience_ends() -> None:
    """The platform hangs up after its time, however slowly the answer drips."""

    async def go() -> Exchange:
        async def answer(_: httpx.Request) -> httpx.Response:
            await asyncio.sleep(5)
            return httpx.Response(200)

        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            return await push(client, "http://callback/", sample.TOKEN, "text", {"Content": "hi"}, patience=0.01)

    assert asyncio.run(go()).seen.cause == seen.TOO_LATE

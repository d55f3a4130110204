import asyncio
import time
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from tests.wechat import NOW, fields, query, signature, text
from wechat_core.safe_mode import decrypt
from wechat_sim.platform import sample
from wechat_sim.platform.console import SAMPLE, Console
from wechat_sim.platform.delivery import Exchange, send
from wechat_sim.platform.inbound import compose, sign_query, write_message
from wechat_sim.platform.verdict import Cause, Note

type Respond = Callable[[httpx.Request], httpx.Response]


def sent(respond: Respond, url: str = "http://callback/w", console: Console = SAMPLE, **how: object) -> Exchange:
    """The exchange with a callback that answers so."""
    forged = bool(how.pop("forged", False))

    async def go() -> Exchange:
        async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
            push = compose(console, "text", {"Content": "hi"}, now=NOW, forged=forged)
            return await send(client, url, push, **how)  # type: ignore[arg-type]

    return asyncio.run(go())


def test_a_message_is_written_as_the_platform_writes_it() -> None:
    """Line feeds between elements, numbers bare, text as the follower wrote it, `]]>` included."""
    written = write_message(
        "text", {"Content": "a]]>b & <c>"}, follower=sample.FOLLOWER, created=NOW, msg_id=24731180562347919
    )
    assert written == text("a]]>b & <c>").replace(b"</MsgId></xml>", b"</MsgId>\n</xml>")
    event = write_message("event_subscribe", {}, follower="oOther", created=1, msg_id=1)
    assert b"MsgId" not in event
    assert fields(event)["FromUserName"] == "oOther"


def test_a_query_is_signed_as_the_platform_signs_it() -> None:
    """The signature equals that of code written from the platform's documentation alone."""
    signed = httpx.QueryParams(sign_query("SampleToken", timestamp=NOW, nonce="1372623149", echostr="5"))
    assert dict(signed) == dict(query(echostr="5"))


@pytest.mark.parametrize("mode", ["safe", "compatible"])
def test_an_encrypted_message_is_written_as_the_platform_writes_it(mode: str) -> None:
    """The ciphertext is signed in the query; compatible mode has the plain fields before it, safe mode the account."""
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, text="success")

    exchange = sent(respond, console=SAMPLE.replace(mode=mode))
    body, parameters = fields(requests[0].content), requests[0].url.params
    assert (body.get("Content"), body["ToUserName"]) == ("hi" if mode == "compatible" else None, sample.ACCOUNT_ID)
    assert parameters["encrypt_type"] == "aes"
    signed = (parameters["timestamp"], parameters["nonce"])
    assert parameters["msg_signature"] == signature(sample.TOKEN, *signed, body["Encrypt"])
    assert parameters["signature"] == signature(sample.TOKEN, *signed)
    assert decrypt(body["Encrypt"], key=sample.ENCODING_AES_KEY, app_id=sample.APP_ID) == exchange.push.xml


def test_a_callback_with_a_query_of_its_own_keeps_it() -> None:
    """The platform appends its parameters to those of the configured URL, and sends the headers it sends."""
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, text="success")

    assert sent(respond, "http://callback/w?shop=7").verdict.cause == Cause.ACKNOWLEDGED
    assert list(requests[0].url.params)[:2] == ["shop", "signature"]
    assert (requests[0].headers["content-type"], requests[0].headers["user-agent"]) == ("text/xml", "Mozilla/4.0")
    assert "accept-encoding" not in requests[0].headers


def test_redirects_are_not_followed() -> None:
    """A redirect is one more status that is not 200."""
    exchange = sent(lambda _: httpx.Response(301, headers={"location": "http://callback/other"}))
    assert (exchange.deliveries[-1].answer.status, exchange.verdict.cause) == (301, Cause.WRONG_STATUS)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (httpx.ReadTimeout(""), Cause.TOO_LATE),
        (httpx.ConnectTimeout(""), Cause.TOO_LATE),
        (httpx.RemoteProtocolError(""), Cause.BROKEN_OFF),
        (httpx.ReadError(""), Cause.BROKEN_OFF),
    ],
)
def test_a_callback_that_does_not_answer_is_asked_three_times(error: httpx.TransportError, cause: str) -> None:
    """Silence and broken connections are tried again; after the third time the follower sees the fault line."""

    def respond(_: httpx.Request) -> httpx.Response:
        raise error

    exchange = sent(respond)
    assert (exchange.verdict.what, exchange.verdict.cause, len(exchange.deliveries)) == ("fault", cause, 3)
    assert {delivery.answer.status for delivery in exchange.deliveries} == {0}


def test_every_delivery_is_the_same_byte_for_byte() -> None:
    """What is delivered again has the same query and body; the first answer that can be used ends it."""
    requests: list[tuple[str, bytes]] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append((str(request.url), request.content))
        return httpx.Response(200 if len(requests) == 2 else 500, text="success")

    exchange = sent(respond)
    assert [delivery.answer.status for delivery in exchange.deliveries] == [500, 200]
    assert requests[0] == requests[1]
    assert exchange.verdict.what == "nothing"


def test_an_answer_that_is_malformed_is_not_asked_for_again() -> None:
    """The platform retries where it got no answer; nonsense is an answer."""
    assert len(sent(lambda _: httpx.Response(200, text="Hello")).deliveries) == 1


def test_lost_answers_are_delivered_again() -> None:
    """Answers that get lost on the way make the platform deliver again, though the callback did all well."""
    exchange = sent(lambda _: httpx.Response(200, text="success"), lost=2)
    assert [delivery.lost for delivery in exchange.deliveries] == [True, True, False]


def test_on_a_slow_network_the_platform_waits_to_the_end() -> None:
    """An answer that is lost on a slow network costs the platform's whole patience."""
    started = time.monotonic()
    exchange = sent(lambda _: httpx.Response(200, text="success"), lost=1, slow=True, patience=0.2)
    assert time.monotonic() - started >= 0.2
    assert len(exchange.deliveries) == 2


def test_a_forged_message_is_delivered_once() -> None:
    """A forger is not the platform, and does not retry."""
    exchange = sent(lambda _: httpx.Response(403), forged=True)
    assert (len(exchange.deliveries), exchange.verdict.what) == (1, "refused")


def test_patience_ends() -> None:
    """The platform hangs up after its time, however steadily the answer drips."""

    async def drip() -> AsyncIterator[bytes]:
        for _ in range(500):
            await asyncio.sleep(0.01)
            yield b"."

    async def go() -> Exchange:
        async def respond(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=drip())

        async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
            return await send(client, "http://callback/", compose(SAMPLE, "text", {}, now=NOW), patience=0.05)

    assert asyncio.run(go()).verdict.cause == Cause.TOO_LATE


def test_an_answer_that_is_almost_late_is_noted() -> None:
    """What took most of the platform's patience went well this time only."""

    async def go() -> Exchange:
        async def respond(_: httpx.Request) -> httpx.Response:
            await asyncio.sleep(0.4)
            return httpx.Response(200, text="success")

        async with httpx.AsyncClient(transport=httpx.MockTransport(respond)) as client:
            return await send(client, "http://callback/", compose(SAMPLE, "text", {}, now=NOW), patience=0.5)

    assert asyncio.run(go()).verdict.notes == (Note.ALMOST_LATE,)

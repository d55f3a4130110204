from collections.abc import Callable

import pytest

from tests.wechat import FROM, NOW, TO, fields, post, query, text
from wechat_core import Callback, Message, NoReply, Reply, TextMessage, TextReply, echo, verify
from wechat_core.callback import Answer, Responder, ResponderFailed, choose_response
from wechat_core.envelope import PlainEnvelope
from wechat_core.errors import (
    InvalidReply,
    InvalidRequest,
    InvalidSignature,
    RejectedRequest,
    UnreadableMessage,
)
from wechat_core.exchange import SUCCESS, Request, Response
from wechat_core.xml_tree import BODY_LIMIT

PLAIN = PlainEnvelope(("SampleToken",), 300)


def callback(respond: Responder = echo) -> Callback:
    return Callback(PLAIN, respond)


@pytest.mark.parametrize("echostr", ["5838479218127813673", "<script>", "a+b c", "é你", "\udcff\udc80", "x" * 256])
def test_verify_returns_the_echostr(echostr: str) -> None:
    """The echostr comes back byte for byte, as text and never as markup."""
    response = verify(Request("GET", query(echostr=echostr)), PLAIN, now=NOW)
    assert response.body == echostr.encode("utf-8", "surrogateescape")
    assert (response.status, response.content_type) == (200, "text/plain; charset=utf-8")


def test_a_message_is_answered_with_the_parties_swapped() -> None:
    """The whole flow: a signed message in, the echo out, addressed to the follower."""
    answer = callback().answer(post(text("你好")), now=NOW)
    assert answer.response.status == 200
    assert fields(answer.response.body) == {
        "ToUserName": FROM,
        "FromUserName": TO,
        "CreateTime": str(NOW),
        "MsgType": "text",
        "Content": "你好",
    }
    assert answer.message == TextMessage(
        to_user_name=TO, from_user_name=FROM, create_time=NOW, msg_id="24731180562347919", content="你好"
    )
    assert answer.returned is answer.sent


def test_no_reply_is_success() -> None:
    """A responder that stays silent acknowledges the message."""
    assert callback(lambda _: NoReply()).answer(post(text("hi")), now=NOW).response == SUCCESS


def test_a_cut_reply_can_be_told() -> None:
    """Where the limits cut a reply, the answer holds both, so that it can be logged."""
    answer = callback(lambda _: TextReply("a" * 3000)).answer(post(text("hi")), now=NOW)
    assert (answer.returned, answer.sent) == (TextReply("a" * 3000), TextReply("a" * 2044 + "…"))


Change = Callable[[dict[str, str]], object]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        *((lambda q, name=name: q.pop(name), 400, f"{name} missing") for name in ("signature", "timestamp", "nonce")),
        *((lambda q, name=name: q.update({name: ""}), 400, f"{name} missing") for name in ("signature", "nonce")),
        *(
            (lambda q, name=name: q.update({name: "1" * 257}), 400, f"{name} too long")
            for name in ("signature", "nonce")
        ),
        (lambda q: q.update(nonce="\ud800"), 400, "nonce malformed"),
        (lambda q: q.update(signature="0" * 40), 403, "signature wrong"),
        (lambda q: q.update(signature=q["signature"].upper()), 403, "signature wrong"),
        (lambda q: q.update(signature=q["signature"] + " "), 403, "signature wrong"),
        (lambda q: q.update(nonce="2"), 403, "signature wrong"),
        (lambda q: q.update(timestamp=f"0{q['timestamp']}"), 403, "signature wrong"),
        (lambda q: q.update(query(token="OtherToken")), 403, "signature wrong"),
        (lambda q: q.update(query(timestamp=str(NOW - 301))), 403, "timestamp stale"),
        (lambda q: q.update(query(timestamp=str(NOW + 301))), 403, "timestamp stale"),
        (lambda q: q.update(query(timestamp="soon")), 400, "timestamp malformed"),
    ],
)
def test_damage_one_thing(method: str, change: Change, status: int, reason: str) -> None:
    """A correct request is answered; the same with one thing wrong is refused, by name, and nobody responds."""
    pairs = dict(query(echostr="1"))
    respond = callback(lambda message: pytest.fail("responded to a forged message"))
    assert callback().answer(Request(method, tuple(pairs.items()), text("hi")), now=NOW).response.status == 200
    change(pairs)
    with pytest.raises(RejectedRequest) as caught:
        respond.answer(Request(method, tuple(pairs.items()), text("hi")), now=NOW)
    assert (caught.value.status, caught.value.reason) == (status, reason)
    assert not any(value in str(caught.value) for value in pairs.values() if len(value) > 3)


@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce", "echostr"])
def test_a_repeated_parameter_is_refused(name: str) -> None:
    """The platform repeats nothing, so which of two values counts is never a question."""
    pairs = query(echostr="1")
    with pytest.raises(InvalidRequest, match=f"{name} repeated"):
        callback().answer(Request("GET", (*pairs, (name, dict(pairs)[name]))), now=NOW)


def test_an_echostr_is_required() -> None:
    """A GET without an echostr is no check of the URL."""
    with pytest.raises(InvalidRequest, match="echostr missing"):
        callback().answer(Request("GET", query()), now=NOW)


@pytest.mark.parametrize("method", ["PUT", "HEAD", "get", ""])
def test_other_methods_are_refused(method: str) -> None:
    """The platform sends GET and POST."""
    with pytest.raises(InvalidRequest) as caught:
        callback().answer(Request(method, query(echostr="1")), now=NOW)
    assert caught.value.status == 405


def test_a_body_over_the_limit_is_refused_unread() -> None:
    """Size is checked before anything else is."""
    with pytest.raises(InvalidRequest) as caught:
        callback().answer(Request("POST", (), b"x" * (BODY_LIMIT + 1)), now=NOW)
    assert caught.value.status == 413


def test_any_of_several_tokens_signs() -> None:
    """While a token is being changed the old one is still accepted, and the answer tells that it was used."""
    both = Callback(PlainEnvelope(("NewToken", "SampleToken"), 300), echo)
    opened = both.answer(post(text("hi")), now=NOW).opened
    assert opened is not None
    assert opened.token == 1


def test_a_body_that_is_no_message() -> None:
    """Authentic but unreadable: its own error, since nobody else can be at fault."""
    with pytest.raises(UnreadableMessage):
        callback().answer(post(b""), now=NOW)


@pytest.mark.parametrize("error", [KeyError("secret"), InvalidReply("a", "b"), RecursionError()])
def test_a_responder_that_raises(error: Exception) -> None:
    """Whatever a responder raises is told apart from our own errors, with the message it was given."""

    def raising(_: Message) -> Reply:
        raise error

    with pytest.raises(ResponderFailed) as caught:
        callback(raising).answer(post(text("hi")), now=NOW)
    assert caught.value.__cause__ is error
    assert caught.value.message.from_user_name == FROM
    assert "secret" not in str(caught.value)


def test_a_responder_that_returns_no_reply() -> None:
    """A responder that returns something else has failed as well."""
    with pytest.raises(ResponderFailed):
        callback(lambda _: None).answer(post(text("hi")), now=NOW)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    ("outcome", "response"),
    [
        (Answer(Response(200, b"x")), Response(200, b"x")),
        (InvalidRequest("nonce missing", "m"), Response(400, b"nonce missing")),
        (InvalidRequest("a", "m", status=413), Response(413, b"a")),
        (InvalidSignature("timestamp stale", "m"), Response(403, b"invalid signature")),
        (UnreadableMessage("a", "m"), SUCCESS),
        (ResponderFailed(TextMessage(), KeyError()), SUCCESS),
        (RuntimeError("a"), SUCCESS),
    ],
)
def test_what_the_platform_hears(outcome: Answer | Exception, response: Response) -> None:
    """Strangers are refused, every refused signature alike; what is our own fault is acknowledged."""
    assert choose_response(outcome) == response


@pytest.mark.parametrize(
    ("request_", "respond", "steps"),
    [
        (post(text("hi")), echo, ["open", "parse", "respond", "render", "seal"]),
        (post(text("hi")), lambda _: NoReply(), ["open", "parse", "respond"]),
        (Request("GET", query(echostr="1"), b""), echo, ["verify"]),
    ],
)
def test_the_steps_are_watched(request_: Request, respond: Responder, steps: list[str]) -> None:
    """Who hands a `begin` in hears of each step of the flow as it begins."""
    heard: list[str] = []
    Callback(PLAIN, respond).answer(request_, now=NOW, begin=heard.append)
    assert heard == steps


def test_the_step_that_fails_is_the_last() -> None:
    """Nothing begins after what has failed, so that whoever watches knows what it was."""
    heard: list[str] = []
    with pytest.raises(ResponderFailed):
        Callback(PLAIN, lambda _: 1 / 0).answer(post(text("hi")), now=NOW, begin=heard.append)  # type: ignore[arg-type, return-value]
    assert heard == ["open", "parse", "respond"]

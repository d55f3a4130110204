"""What other implementations' users and suites have met, through the whole handler."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import wechat_sim.platform
from tests.safe import SAFE_ENVIRON, encrypted_post
from tests.wechat import NOW, PLAIN_ENVIRON, build_handler, fields, post, proxy_event, query, vectors
from wechat_core import (
    Article,
    Event,
    ImageReply,
    Message,
    MusicReply,
    NewsReply,
    NoReply,
    Reply,
    TextReply,
    TransferReply,
    UnknownEvent,
    UnknownMessage,
    VideoReply,
    VoiceReply,
    parse_message,
)
from wechat_core.errors import InvalidReply
from wechat_core.events.follow import SubscribeEvent
from wechat_core.records import Record, find_paths
from wechat_core.safe_mode import decrypt

ENCRYPTED = vectors("encrypted")
Case = dict[str, Any]
INBOUND, REPORTED, REPLIES = (vectors(name) for name in ("inbound", "reported", "replies"))
SAMPLES: list[Case] = json.loads((Path(wechat_sim.platform.__file__).parent / "samples.json").read_text("utf-8"))


def received(xml: str, mode: str = "plain") -> Message:
    """The message that a responder is given when the whole handler receives this body."""
    given: list[Message] = []

    def respond(message: Message) -> Reply:
        given.append(message)
        return NoReply()

    sent = encrypted_post(xml.encode()) if mode == "safe" else post(xml.encode())
    lambda_handler = build_handler(
        SAFE_ENVIRON if mode == "safe" else PLAIN_ENVIRON, respond=respond, clock=lambda: NOW
    )
    answer = lambda_handler(proxy_event("POST", sent.query, sent.body), None)
    assert (answer["statusCode"], answer["body"]) == (200, "success")
    (message,) = given
    return message


def on_the_wire(record: Record) -> Iterator[tuple[str, str]]:
    """Every value of a record under each name it may have on the wire."""
    for name, field in record._fields.items():
        value = getattr(record, name)
        if name == "extra":
            yield from flat(value)
            continue
        for path in find_paths(name, field):
            for one in value if isinstance(value, tuple) else (value,):
                inner = on_the_wire(one) if isinstance(one, Record) else [("", normal(one))]
                yield from (("/".join([*path, tail]).strip("/"), leaf) for tail, leaf in inner)


def flat(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a nested structure under its path."""
    match tree:
        case str():
            yield path, normal(tree)
        case list() | tuple():
            for entry in tree:
                yield from flat(entry, path)
        case None:
            yield path, ""
        case _:
            for name, entry in tree.items():
                yield from flat(entry, f"{path}/{name}".strip("/"))


def normal(value: object) -> str:
    """One text for one value: trimmed, numbers as numbers, truth as 1 and 0."""
    text = str(value).strip()
    try:
        return str(float(text))
    except ValueError:
        return {"True": "1.0", "False": "0.0", "true": "1.0"}.get(text, text)


@pytest.mark.parametrize("mode", ["plain", "safe"])
@pytest.mark.parametrize("case", INBOUND, ids=lambda case: case["id"])
def test_inbound(case: Case, mode: str) -> None:
    """Each payload of two other suites reaches the responder with the type and values an independent parser saw."""
    message = received(case["xml"], mode)
    expect = case["expect"]
    assert message.msg_type.lower() == expect["MsgType"].lower()
    assert message.event.lower() == (expect["Event"] or "").lower()
    typed = not isinstance(message, UnknownMessage | UnknownEvent)
    assert typed == (expect["MsgType"] not in ("notsure", "unknown") and expect["Event"] != "unknown")
    wire = set(on_the_wire(message))
    values = {name: value for name, value in expect["fields"].items() if name not in ("MsgType", "Event")}
    assert not set(flat(values)) - wire


@pytest.mark.parametrize("case", SAMPLES, ids=lambda case: case["id"])
def test_every_documented_sample_is_typed_whole(case: Case) -> None:
    """Each documented structure has a type that names every element of it: nothing is left over."""
    message = received(case["xml"])
    if case["id"] == "events/unknown_event":
        assert isinstance(message, UnknownEvent)
        assert message.extra["Nested"] == ({"A": ("1",), "B": ({"C": ("y",)},)},)
    else:
        assert not isinstance(message, UnknownMessage | UnknownEvent)
        assert not message.extra
    assert isinstance(message, Event) == case["id"].startswith("events/") or case["id"] == "events/device_text"


@pytest.mark.parametrize("case", [c for c in REPORTED if c["xml"]], ids=lambda case: case["id"])
def test_payloads_that_broke_others(case: Case) -> None:
    """Payloads out of other projects' bug reports reach the responder with what their reporters expected."""
    message = received(case["xml"]) if "Encrypt" not in case["xml"] else received(case["xml"], "safe")
    expect = case["expect"]
    wire = dict(on_the_wire(message)) | {"MsgType": message.msg_type, "Event": message.event}
    for name in ("MsgType", "Event", "FromUserName", "Content", "EventKey", "MenuId", "CreateTime"):
        if name in expect:
            assert normal(wire[name]).lower() == normal(expect[name]).lower()
    if "scene" in expect:
        assert isinstance(message, SubscribeEvent)
        assert message.scene is None


def test_control_characters_are_dropped_from_the_text_alone() -> None:
    """The text around a forbidden character is what the follower wrote."""
    (case,) = (c for c in REPORTED if c["id"] == "control-char-1d")
    assert dict(on_the_wire(received(case["xml"])))["Content"] == "c"
    assert parse_message(case["xml"].encode()).__dict__["content"] == " c"


@pytest.mark.parametrize("vector", [v for v in ENCRYPTED if v["kind"] == "inbound"], ids=lambda v: v["id"])
def test_encrypted_traffic_is_echoed(vector: Case) -> None:
    """Real encrypted requests get an encrypted echo that the same account can open, or `success`."""
    account = {"token": vector["token"], "encoding_aes_key": vector["key"], "app_id": vector["app_id"]}
    environ = {"WECHAT_ACCOUNT": json.dumps(account)}
    lambda_handler = build_handler(environ, clock=lambda: int(vector["timestamp"]))
    body = vector["body"] or f"<xml><Encrypt><![CDATA[{vector['ciphertext']}]]></Encrypt></xml>"
    pairs = tuple((name, vector[name]) for name in ("msg_signature", "timestamp", "nonce"))
    answer = lambda_handler(proxy_event("POST", pairs, body.encode()), None)
    assert answer["statusCode"] == 200
    sent = {} if vector["plain"].startswith("{") else fields(vector["plain"])
    if sent.get("MsgType") in ("text", "image"):
        reply = fields(decrypt(fields(answer["body"])["Encrypt"], key=vector["key"], app_id=vector["app_id"]))
        assert reply["MsgType"] == sent["MsgType"]
        assert reply.get("Content") == sent.get("Content")
        assert reply.get("Image/MediaId") == sent.get("MediaId")
    else:
        assert answer["body"] == "success"


@pytest.mark.parametrize("vector", [v for v in ENCRYPTED if v["kind"] == "refuse"], ids=lambda v: v["id"])
def test_traffic_for_another_account_is_refused(vector: Case) -> None:
    """What is encrypted for another AppID is refused, though key and signature are right."""
    app_id = "wx0000000000000000"
    environ = {
        "WECHAT_ACCOUNT": json.dumps({"token": vector["token"], "encoding_aes_key": vector["key"], "app_id": app_id})
    }
    lambda_handler = build_handler(environ, clock=lambda: int(vector["timestamp"]))
    pairs = tuple((name, vector[name]) for name in ("msg_signature", "timestamp", "nonce"))
    body = f"<xml><Encrypt><![CDATA[{vector['ciphertext']}]]></Encrypt></xml>"
    assert lambda_handler(proxy_event("POST", pairs, body.encode()), None)["statusCode"] == 403


BUILD: dict[str, Any] = {
    "text": TextReply,
    "image": ImageReply,
    "voice": VoiceReply,
    "video": VideoReply,
    "music": MusicReply,
    "transfer_customer_service": TransferReply,
}


def built(case: Case) -> Reply:
    args = dict(case["args"])
    if case["kind"] in ("success", "empty"):
        return NoReply()
    if case["kind"] == "news":
        return NewsReply(tuple(Article(a["title"], a["description"], a["picurl"], a["url"]) for a in args["articles"]))
    if "content_json" in args:
        args = {"content": json.loads(f'"{args["content_json"]}"')}
    reply: Reply = BUILD[case["kind"]](**args)
    return reply


def event_from(case: Case) -> str:
    return (
        f"<xml><ToUserName>{case.get('from', 'gh_1')}</ToUserName><FromUserName>{case.get('to', 'o_1')}</FromUserName>"
        "<CreateTime>1</CreateTime><MsgType>event</MsgType><Event>CLICK</Event></xml>"
    )


@pytest.mark.parametrize(
    "case",
    [c for c in REPLIES if "MsgType" in c.get("expect_fields", ()) and c["args"] != {"articles": []}],
    ids=lambda c: c["id"],
)
def test_replies(case: Case) -> None:
    """Each reply of two other suites comes out of the handler as the tree they expect, empty being absent."""
    clock = case.get("create_time", NOW)
    lambda_handler = build_handler(PLAIN_ENVIRON, respond=lambda _: built(case), clock=lambda: clock)
    pairs = query(timestamp=str(clock))
    answer = lambda_handler(proxy_event("POST", pairs, event_from(case).encode()), None)
    ours = sorted((name, value.replace("\r\n", "\n")) for name, value in fields_flat(answer["body"]) if value)
    theirs = sorted((name, value) for name, value in texts(case["expect_fields"]) if value)
    assert ours == theirs


@pytest.mark.parametrize("case", [c for c in REPLIES if "inbound" in c], ids=lambda c: c["id"])
def test_replies_go_back(case: Case) -> None:
    """A reply is addressed to whom the message came from, and from whom it went to."""
    body = event_from({"to": case["inbound"]["FromUserName"], "from": case["inbound"]["ToUserName"]})
    lambda_handler = build_handler(PLAIN_ENVIRON, respond=lambda _: built(case), clock=lambda: NOW)
    answer = lambda_handler(proxy_event("POST", query(), body.encode()), None)
    assert case["expect_fields"].items() <= dict(fields_flat(answer["body"])).items()


def fields_flat(xml: str) -> Iterator[tuple[str, str]]:
    """Every text of a reply under its path, as another parser sees it."""

    def walk(element: ET.Element, path: str) -> Iterator[tuple[str, str]]:
        for child in element:
            name = f"{path}/{child.tag}".strip("/")
            if len(child):
                yield from walk(child, name)
            else:
                yield name, child.text or ""

    yield from walk(ET.fromstring(xml), "")


def texts(tree: Any, path: str = "") -> Iterator[tuple[str, str]]:
    match tree:
        case list():
            for entry in tree:
                yield from texts(entry, path)
        case dict():
            for name, entry in tree.items():
                yield from texts(entry, f"{path}/{name}".strip("/"))
        case _:
            yield path, "" if tree is None else str(tree)


@pytest.mark.parametrize("kind", ["success", "empty"])
def test_no_reply_is_acknowledged(kind: str) -> None:
    """Silence is the platform's own word for it."""
    (case,) = (c for c in REPLIES if c["kind"] == kind)
    lambda_handler = build_handler(PLAIN_ENVIRON, respond=lambda _: built(case), clock=lambda: NOW)
    answer = lambda_handler(proxy_event("POST", query(), event_from(case).encode()), None)
    assert (answer["statusCode"], answer["body"]) == (200, "success")


def test_news_without_articles_is_refused_and_too_many_are_cut() -> None:
    """Others send an empty list or raise on eleven; here the first is a named error, the second the first eight."""
    with pytest.raises(InvalidReply):
        NewsReply(())
    case = {"from": "gh_1", "to": "o_1"}
    eleven = NewsReply((Article("t", "d", "p", "u"),) * 11)
    lambda_handler = build_handler(PLAIN_ENVIRON, respond=lambda _: eleven, clock=lambda: NOW)
    answer = lambda_handler(proxy_event("POST", query(), event_from(case).encode()), None)
    assert fields(answer["body"])["ArticleCount"] == "8"


def test_a_lone_surrogate_does_not_break_a_reply() -> None:
    """Text that cannot be encoded loses what cannot be, and with nothing left is not sent."""
    (case,) = (c for c in REPLIES if c["id"] == "text-lone-surrogate")
    lambda_handler = build_handler(PLAIN_ENVIRON, respond=lambda _: built(case), clock=lambda: NOW)
    answer = lambda_handler(proxy_event("POST", query(), event_from({"from": "gh_1", "to": "o_1"}).encode()), None)
    assert (answer["statusCode"], answer["body"]) == (200, "success")

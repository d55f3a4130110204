"""How the whole function behaves over HTTP: the bar set by what other implementations were seen to get wrong."""

import json
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import pytest

from tests.safe import APP_ID, KEY, SAFE_ENVIRON, Sent
from tests.wechat import NOW, PLAIN_ENVIRON, TO, TOKEN, build_handler, fields, proxy_event, query, text, vectors
from wechat_aws.settings import InvalidSettings
from wechat_core import Message, NoReply, Reply
from wechat_core.safe_mode import decrypt

Answer = dict[str, Any]


def asked(
    method: str, pairs: Any, body: bytes | None = None, environ: dict[str, str] = PLAIN_ENVIRON, **more: Any
) -> Answer:
    return build_handler(environ, clock=lambda: NOW, **more)(proxy_event(method, tuple(pairs), body), None)


def never(_: Message) -> Reply:
    pytest.fail("the responder was called")


def test_get_valid() -> None:
    """200, exactly the echostr, as plain text."""
    answer = asked("GET", query(echostr="5838479218127813673"))
    assert (answer["statusCode"], answer["body"]) == (200, "5838479218127813673")
    assert answer["headers"]["content-type"].startswith("text/plain")


def test_get_bad_signature() -> None:
    """403, and neither the echostr nor the right signature in the body."""
    right = dict(query(echostr="5838479218127813673"))
    answer = asked("GET", (right | {"signature": "0" * 40}).items())
    assert answer["statusCode"] == 403
    assert "5838479218127813673" not in answer["body"]
    assert right["signature"] not in answer["body"]


def test_get_no_echostr() -> None:
    """400."""
    assert asked("GET", query())["statusCode"] == 400


@pytest.mark.parametrize("token", [TOKEN, "OtherToken"])
def test_get_html_echostr(token: str) -> None:
    """Never text/html, whether signed or not."""
    assert "html" not in asked("GET", query(token=token, echostr="<script>"))["headers"]["content-type"]


def test_post_bad_signature() -> None:
    """403, and the responder is not called."""
    assert asked("POST", query(token="OtherToken"), text("hi"), respond=never)["statusCode"] == 403


@pytest.mark.parametrize("body", [None, b"", b"<xml", b"{}", escape("<xml/>").encode()])
def test_post_unreadable_body(body: bytes | None) -> None:
    """`success`, so that followers are shown no fault line; never a 5xx."""
    answer = asked("POST", query(), body, respond=never)
    assert (answer["statusCode"], answer["body"]) == (200, "success")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
def test_other_methods(method: str) -> None:
    """405, naming what is allowed."""
    answer = asked(method, query(echostr="1"))
    assert (answer["statusCode"], answer["headers"]["allow"]) == (405, "GET, POST")


def test_type_nobody_handles() -> None:
    """`success`."""
    assert asked("POST", query(), text("hi"), respond=lambda _: NoReply())["body"] == "success"


def test_safe_mode_bad_msg_signature() -> None:
    """403 though the plain signature is right."""
    sent = Sent()
    sent.query["msg_signature"] = "0" * 40
    assert asked("POST", sent.query.items(), sent.body.encode(), SAFE_ENVIRON, respond=never)["statusCode"] == 403


def test_safe_mode_plain_body() -> None:
    """With a key configured a plain message is refused, however well its time and nonce are signed."""
    assert asked("POST", query(), text("hi"), SAFE_ENVIRON, respond=never)["statusCode"] == 400


@pytest.mark.parametrize("signature", ["msg_signature", "signature"])
def test_safe_mode_announced_but_plain_body(signature: str) -> None:
    """Announcing encryption and sending none is refused as well."""
    pairs = dict(query(encrypt_type="aes")) | {signature: dict(query())["signature"]}
    assert asked("POST", pairs.items(), text("hi"), SAFE_ENVIRON, respond=never)["statusCode"] in (400, 403)


def test_plain_mode_encrypted_body(printed: Callable[[], list[dict[str, Any]]]) -> None:
    """Without a key an encrypted message is refused, with a line that names the missing key."""
    sent = Sent()
    assert asked("POST", sent.query.items(), sent.body.encode(), respond=never)["statusCode"] == 400
    assert "EncodingAESKey" in printed()[0]["hint"]


def test_compatible_mode() -> None:
    """The ciphertext alone counts, and the answer is encrypted."""
    sent = Sent("inside")
    sent.body = sent.body.replace("<Encrypt>", "<MsgType>text</MsgType><Content>outside</Content><Encrypt>")
    answer = asked("POST", sent.query.items(), sent.body.encode(), SAFE_ENVIRON)
    reply = decrypt(fields(answer["body"])["Encrypt"], key=KEY, app_id=APP_ID)
    assert fields(reply)["Content"] == "inside"
    assert set(fields(answer["body"])) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
    assert len(fields(answer["body"])["TimeStamp"]) == 10


@pytest.mark.parametrize("pairs", [(*query(), ("nonce[]", "x")), (*query(), ("nonce", "1")), (("nonce[]", "x"),)])
def test_query_arrays(pairs: Any) -> None:
    """Repeats are 4xx and names nobody asked for are ignored; never a 5xx."""
    assert asked("POST", pairs, text("hi"))["statusCode"] == (
        200 if pairs[-1][0] == "nonce[]" and len(pairs) > 1 else 400
    )


@pytest.mark.parametrize("token", ["", None, []])
def test_no_token(token: object) -> None:
    """Without a token there is no function: nothing is ever accepted that is signed with nothing."""
    with pytest.raises(InvalidSettings):
        build_handler({"WECHAT_ACCOUNT": json.dumps({"token": token})})


def test_equal_msg_ids_of_two_followers() -> None:
    """Both are answered, each to its sender."""
    first, second = (text("hi").replace(b"oK7x1t9mQ2rVbN7yZpLhWcE4sUaA", sender) for sender in (b"o_1", b"o_2"))
    answers = [asked("POST", query(), body) for body in (first, second)]
    assert [fields(answer["body"])["ToUserName"] for answer in answers] == ["o_1", "o_2"]
    assert {fields(answer["body"])["FromUserName"] for answer in answers} == {TO}


@pytest.mark.parametrize("vector", vectors("signatures"), ids=lambda vector: vector["id"])
def test_published_signatures(vector: dict[str, Any]) -> None:
    """Signatures published elsewhere verify a URL through the whole function, or do not where they are forged."""
    pairs = tuple((name, vector[name]) for name in ("signature", "timestamp", "nonce"))
    environ = {"WECHAT_ACCOUNT": json.dumps({"token": vector["token"]}), "WECHAT_MAX_AGE_SECONDS": "0"}
    answer = asked("GET", (*pairs, ("echostr", "4375120948345356249")), environ=environ)
    assert answer["statusCode"] == (200 if vector["valid"] else 403)

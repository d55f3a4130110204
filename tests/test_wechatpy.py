"""wechatpy as judge: what we seal it opens, what it seals we open, and it reads our replies as meant."""

import json
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.safe import APP_ID, KEY, Sent
from tests.wechat import FROM, NONCE, NOW, TO, TOKEN, build_handler, fields, message, proxy_event, query, text
from wechat_core import (
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from wechatpy import parse_message
    from wechatpy.crypto import WeChatCrypto
    from wechatpy.replies import deserialize_reply

JUDGE = WeChatCrypto(TOKEN, KEY, APP_ID)
ENVIRON = {"WECHAT_ACCOUNT": json.dumps({"token": TOKEN, "encoding_aes_key": KEY, "app_id": APP_ID})}
CONTENTS = st.text(
    st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=200,
).filter(lambda text: "]]]]><![CDATA[>" not in text and "]]>&#13;<![CDATA[" not in text)  # escaped already: ADR 8


def opened(body: str) -> str:
    """Our encrypted answer, as the judge decrypts it after checking its signature."""
    sealed = fields(body)
    plain = JUDGE.decrypt_message(body, sealed["MsgSignature"], sealed["TimeStamp"], sealed["Nonce"])
    return str(plain if isinstance(plain, str) else plain.decode())


@given(CONTENTS)
def test_the_judge_opens_our_echo(content: str) -> None:
    """The echo of an encrypted text opens with another implementation, and is the same text."""
    sent = Sent(content)
    lambda_handler = build_handler(ENVIRON, clock=lambda: NOW)
    answer = lambda_handler(proxy_event("POST", tuple(sent.query.items()), sent.body.encode()), None)
    reply = fields(opened(answer["body"]))
    assert (reply["ToUserName"], reply["FromUserName"], reply["Content"]) == (FROM, TO, content)


@given(CONTENTS)
def test_we_open_what_the_judge_seals(content: str) -> None:
    """A message encrypted and signed by another implementation is answered."""
    sealed = fields(JUDGE.encrypt_message(text(content).decode(), NONCE, str(NOW)))
    pairs = (*query(), ("msg_signature", sealed["MsgSignature"]))
    body = f"<xml><Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt></xml>".encode()
    answer = build_handler(ENVIRON, clock=lambda: NOW)(proxy_event("POST", pairs, body), None)
    assert fields(opened(answer["body"]))["Content"] == content


REPLIES: list[tuple[Reply, dict[str, Any]]] = [
    (TextReply("你好 ]]> <a>"), {"type": "text", "content": "你好 ]]> <a>"}),
    (ImageReply("m"), {"type": "image", "media_id": "m"}),
    (VoiceReply("m"), {"type": "voice", "media_id": "m"}),
    (VideoReply("m", "t", "d"), {"type": "video", "media_id": "m", "title": "t", "description": "d"}),
    (
        MusicReply("m", "t", "d", "u", "h"),
        {"type": "music", "thumb_media_id": "m", "music_url": "u", "hq_music_url": "h"},
    ),
    (
        NewsReply((Article("t", "d", "p", "u"),) * 2),
        {"articles": [{"title": "t", "description": "d", "image": "p", "url": "u"}] * 2},
    ),
    (TransferReply(), {"type": "transfer_customer_service"}),
]


@pytest.mark.parametrize(("reply", "expected"), REPLIES, ids=lambda value: type(value).__name__)
def test_the_judge_reads_our_replies(reply: Reply, expected: dict[str, Any]) -> None:
    """Another implementation reads each kind of reply as what was meant."""
    environ = {"WECHAT_ACCOUNT": json.dumps({"token": TOKEN})}
    lambda_handler = build_handler(environ, respond=lambda _: reply, clock=lambda: NOW)
    event = message("event", "<Event>CLICK</Event>", msg_id="")  # to which several articles may be sent
    answer = lambda_handler(proxy_event("POST", query(), event), None)
    read = deserialize_reply(answer["body"])
    assert (read.target, read.source) == (FROM, TO)
    assert {name: getattr(read, name) for name in expected} == expected


def test_the_judge_reads_a_message_as_we_do() -> None:
    """The messages that the tests send are messages to another implementation as well."""
    read = parse_message(text("你好"))
    assert (read.type, read.content, read.source, read.target) == ("text", "你好", FROM, TO)

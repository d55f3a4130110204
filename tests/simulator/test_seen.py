from pathlib import Path

import pytest

import simulator
from simulator import sample, seen
from simulator.inbound import write_message
from simulator.seen import see
from wechat_core.replies import ImageReply, NewsReply, Reply, TextReply

SENT = write_message("text", {"Content": "hi"}, created=1, msg_id=1)


def reply(msg_type: str, content: str, to: str = sample.FOLLOWER, by: str = sample.ACCOUNT_ID) -> bytes:
    """A reply as some callback may write it."""
    return (
        f"<xml><ToUserName>{to}</ToUserName><FromUserName><![CDATA[{by}]]></FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType>{msg_type}</MsgType>{content}</xml>"
    ).encode()


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (reply("text", "<Content>a &lt; b</Content>"), TextReply("a < b")),
        (b"\n  " + reply("text", "<Content><![CDATA[\xe4\xbd\xa0]]></Content>".encode("latin-1").decode()), None),
        (reply("image", "<Image><MediaId>m</MediaId></Image>"), ImageReply("m")),
    ],
)
def test_a_valid_reply_is_shown(received: bytes, expected: Reply | None) -> None:
    """Well-formed replies count, escaped in whatever way and after blanks."""
    shown = see(SENT, 200, received)
    assert shown.what == "reply"
    assert shown.reply == (expected or TextReply("你"))


def test_a_reply_in_words() -> None:
    """Articles are told by their texts and links."""
    item = "<item><Title>t</Title><Description>d</Description><PicUrl>p</PicUrl><Url>u</Url></item>"
    shown = see(SENT, 200, reply("news", f"<ArticleCount>1</ArticleCount><Articles>{item}</Articles>"))
    assert isinstance(shown.reply, NewsReply)
    assert seen.in_words(shown.reply) == "t\nd\np\nu"


@pytest.mark.parametrize(
    ("received", "cause"),
    [
        (b"success", seen.ACKNOWLEDGED),
        (b"", seen.ACKNOWLEDGED),
        (reply("transfer_customer_service", ""), seen.HANDED_OVER),
        (reply("text", f"<Content>{'x' * 2048}</Content>"), seen.TOO_LONG),
    ],
)
def test_some_answers_show_nothing(received: bytes, cause: str) -> None:
    """An acknowledgement and what the platform does not deliver leave the conversation as it is."""
    shown = see(SENT, 200, received)
    assert (shown.what, shown.cause) == ("nothing", cause)


@pytest.mark.parametrize(
    ("status", "received", "cause"),
    [
        (201, b"success", seen.WRONG_STATUS),
        (403, b"invalid signature", seen.WRONG_STATUS),
        (200, b'"success"', seen.NOT_XML),
        (200, b"\xff\xfe", seen.NOT_XML),
        (200, b"<xml></xml><xml></xml>", seen.NOT_XML),
        (200, b"<!DOCTYPE xml><xml></xml>", seen.NOT_XML),
        (200, b"<html></html>", seen.NOT_XML),
        (200, reply("text", "<Content><![CDATA[a]]>b]]></Content>"), seen.NOT_XML),
        (200, reply("sticker", ""), seen.UNKNOWN_TYPE),
        (200, b"<xml></xml>", seen.UNKNOWN_TYPE),
        (200, reply("text", "<Content>hi</Content>", sample.ACCOUNT_ID, sample.FOLLOWER), seen.WRONG_ADDRESSES),
        (200, reply("text", "<Content></Content>"), seen.INCOMPLETE),
        (200, reply("text", ""), seen.INCOMPLETE),
        (200, reply("image", "<Image><MediaId></MediaId></Image>"), seen.INCOMPLETE),
        (200, reply("news", "<ArticleCount>0</ArticleCount><Articles></Articles>"), seen.INCOMPLETE),
    ],
)
def test_every_other_answer_shows_the_fault_line(status: int, received: bytes, cause: str) -> None:
    """Whatever is no reply and no acknowledgement is a fault to the follower, and its cause is named."""
    shown = see(SENT, status, received)
    assert (shown.what, shown.cause) == ("fault", cause)


def test_a_stranger_writes_no_control_characters_to_the_terminal() -> None:
    """What is quoted of an answer is short, on one line, and printable."""
    why = see(SENT, 500, b"\x1b[31mError\r\n" + b"x" * 1000).why
    assert why == f"{seen.WRONG_STATUS}: 500 [31mError {'x' * 70}…"


def test_every_cause_is_told_in_chinese() -> None:
    """The chat page knows a Chinese text for each cause."""
    words = (Path(simulator.__file__).parent / "static" / "words.js").read_text("utf-8")
    assert [cause for cause in seen.CAUSES if f'"{cause}": "' not in words] == []

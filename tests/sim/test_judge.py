import base64
import gzip
import html
import time

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.wechat import signature
from wechat_core.replies import ImageReply, NewsReply, Reply, TextReply
from wechat_core.safe_mode import encrypt
from wechat_sim.platform import sample
from wechat_sim.platform.console import SAMPLE, Console
from wechat_sim.platform.inbound import Push, compose
from wechat_sim.platform.judge import judge_answer
from wechat_sim.platform.verdict import Cause, Note, Verdict, in_words
from wechat_sim.texts import explain_cause

SAFE, COMPATIBLE = SAMPLE.replace(mode="safe"), SAMPLE.replace(mode="compatible")


def sent(name: str = "text", console: Console = SAMPLE, *, forged: bool = False) -> Push:
    """What the platform sent, from the sample follower."""
    return compose(console, name, {}, now=1, forged=forged)


def see(status: int, received: bytes, push: Push | None = None) -> Verdict:
    """What the follower sees of an answer."""
    return judge_answer(push or sent(), status, received)[1]


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
    shown = see(200, received)
    assert shown.what == "reply"
    assert shown.reply == (expected or TextReply("你"))


def test_a_reply_in_words() -> None:
    """Articles are told by their texts and links."""
    item = "<item><Title>t</Title><Description>d</Description><PicUrl>p</PicUrl><Url>u</Url></item>"
    shown = see(200, reply("news", f"<ArticleCount>1</ArticleCount><Articles>{item}</Articles>"))
    assert isinstance(shown.reply, NewsReply)
    assert in_words(shown.reply) == "t\nd\np\nu"


@pytest.mark.parametrize(
    ("received", "cause"),
    [
        (b"success", Cause.ACKNOWLEDGED),
        (b"", Cause.ACKNOWLEDGED),
        (reply("transfer_customer_service", ""), Cause.HANDED_OVER),
        (reply("text", f"<Content>{'x' * 2048}</Content>"), Cause.TEXT_TOO_LONG),
    ],
)
def test_some_answers_show_nothing(received: bytes, cause: str) -> None:
    """An acknowledgement and what the platform does not deliver leave the conversation as it is."""
    shown = see(200, received)
    assert (shown.what, shown.cause) == ("nothing", cause)


@pytest.mark.parametrize(
    ("status", "received", "cause"),
    [
        (201, b"success", Cause.WRONG_STATUS),
        (403, b"invalid signature", Cause.WRONG_STATUS),
        (200, b'"success"', Cause.NOT_BARE),
        (200, b"success\n", Cause.NOT_BARE),
        (200, b"\xff\xfe", Cause.NOT_XML),
        (200, b"<xml></xml><xml></xml>", Cause.NOT_XML),
        (200, b"<!DOCTYPE xml><xml></xml>", Cause.NOT_XML),
        (200, b"<html></html>", Cause.HTML_REPLY),
        (200, b"<!DOCTYPE html><html><br></html>", Cause.HTML_REPLY),
        (200, b'{"MsgType": "text"}', Cause.JSON_REPLY),
        (200, b'"<xml></xml>"', Cause.JSON_REPLY),
        (200, gzip.compress(reply("text", "<Content>hi</Content>")), Cause.COMPRESSED_REPLY),
        (200, reply("text", "<Content>Q&A</Content>"), Cause.RAW_AMPERSAND),
        (200, reply("text", "<Content>?a=1&b=2</Content>"), Cause.RAW_AMPERSAND),
        (200, reply("text", "<Content>&nbsp;</Content>"), Cause.NOT_XML),
        (200, reply("text", "<Content>你</Content>").decode().encode("gbk"), Cause.NOT_UTF8),
        (200, b"Notice: x in y " + reply("text", "<Content>a</Content>"), Cause.STRAY_OUTPUT),
        (200, reply("text", "<Content>a</Content>") + b"<!-- 3 ms --><br>", Cause.STRAY_OUTPUT),
        (200, reply("text", f"<Content>{'x' * 300_000}</Content>"), Cause.TOO_BIG),
        (200, reply("text", "<Content><![CDATA[a]]>b]]></Content>"), Cause.NOT_XML),
        (200, reply("sticker", ""), Cause.UNKNOWN_TYPE),
        (200, b"<xml></xml>", Cause.NO_TYPE),
        (200, reply("", "<Content>hi</Content>"), Cause.NO_TYPE),
        (200, reply("text", "<Content>hi</Content>").lower().replace(b"cdata", b"CDATA"), Cause.NO_TYPE),
        (200, reply("text", "<Content>hi</Content>").replace(b"xml>", b"root>"), Cause.WRONG_ROOT),
        (200, reply("text", "<Content>hi</Content>").replace(b"xml>", b"XML>"), Cause.WRONG_ROOT),
        (200, reply("text", "<Content>hi</Content>").removesuffix(b"</xml>"), Cause.CUT_OFF),
        (200, reply("text", "<Content><![CDATA[hi]]></Content>")[:-25], Cause.CUT_OFF),
        (200, reply("text", "<Content>hi</Content>")[:-2], Cause.CUT_OFF),
        (200, html.escape(reply("text", "<Content>hi</Content>").decode()).encode(), Cause.ESCAPED_REPLY),
        (200, b"[object Object]", Cause.NOT_XML),
        (200, reply("text", "<Content>hi</Content>", sample.ACCOUNT_ID, sample.FOLLOWER), Cause.WRONG_ADDRESSES),
        (200, b"<xml><Encrypt>a</Encrypt></xml>", Cause.ENCRYPTED),
        (200, reply("text", "<Content></Content>"), Cause.INCOMPLETE),
        (200, reply("text", ""), Cause.INCOMPLETE),
        (200, reply("image", "<Image><MediaId></MediaId></Image>"), Cause.INCOMPLETE),
        (200, reply("news", "<ArticleCount>0</ArticleCount><Articles></Articles>"), Cause.INCOMPLETE),
    ],
)
def test_every_other_answer_shows_the_fault_line(status: int, received: bytes, cause: str) -> None:
    """Whatever is no reply and no acknowledgement is a fault to the follower, and its cause is named."""
    shown = see(status, received)
    assert (shown.what, shown.cause) == ("fault", cause)


def test_a_stranger_writes_no_control_characters_to_the_terminal() -> None:
    """What is quoted of an answer is short, on one line, and printable."""
    why = see(500, b"\x1b[31mError\r\n" + b"x" * 1000).explain()
    assert why == f"{explain_cause(Cause.WRONG_STATUS)}: 500 [31mError {'x' * 70}…"


@pytest.mark.parametrize(
    ("received", "quoted"),
    [
        (reply("text", "<Content>Q&A</Content>"), "line 1, column "),
        (reply("text", "<Content>Q&A</Content>"), "Q&A"),
        (reply("text", "<Content>你</Content>").decode().encode("gbk"), "<xml>"),
        (reply("text", "<Content>hi</Content>").lower().replace(b"cdata", b"CDATA"), "tousername, fromusername"),
        (reply("text", "<Content>hi</Content>", to=""), "ToUserName is empty"),
        (reply("text", "<Content>hi</Content>", to="o1"), "ToUserName o1"),
    ],
)
def test_what_is_wrong_is_quoted(received: bytes, quoted: str) -> None:
    """The parser's line and column, and the text around them, are told."""
    assert quoted in see(200, received).detail


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", " GZIP "])
def test_a_reply_that_says_it_is_compressed_is(encoding: str) -> None:
    """WeChat asks for no compression; whatever the body holds, it would have to be unpacked."""
    assert judge_answer(sent(), 200, HI, encoding=encoding)[1].cause == Cause.COMPRESSED_REPLY


@pytest.mark.parametrize("encoding", ["", "identity", "utf-8"])
def test_other_encodings_are_none(encoding: str) -> None:
    """Content-Encoding is often given a character set, which changes nothing."""
    assert judge_answer(sent(), 200, HI, encoding=encoding)[1].what == "reply"


def test_a_byte_order_mark_is_noted() -> None:
    """A BOM before the reply is allowed in XML; whether the platform allows it is not documented."""
    assert see(200, b"\xef\xbb\xbf" + HI).notes == (Note.ODD_START,)


def test_a_reply_costs_no_more_than_it_is_long() -> None:
    """A long namespace before every element, which a parser of namespaces would write out a thousand times."""
    bomb = b"<xml xmlns:z='" + b"A" * 200_000 + b"'>" + b"<z:a/>" * 8_000 + b"</xml>"
    started = time.process_time()
    assert see(200, bomb).what == "fault"
    assert time.process_time() - started < 0.5


def sealed(
    inner: bytes,
    token: str = sample.TOKEN,
    key: str = sample.ENCODING_AES_KEY,
    app_id: str = sample.APP_ID,
) -> bytes:
    """A reply in its encrypted envelope."""
    return envelop(encrypt(inner, key=key, app_id=app_id, salt=sample.SALT), token)


def sealed_by_hand(inner: bytes, *, length: int | None = None, block: int = 32) -> bytes:
    """The same with a length or a padding of one's own, written from the documentation."""
    plain = sample.SALT + (len(inner) if length is None else length).to_bytes(4) + inner + sample.APP_ID.encode()
    padding = block - len(plain) % block
    secret = base64.b64decode(sample.ENCODING_AES_KEY + "=")
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    encrypted = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    return envelop(base64.b64encode(encrypted).decode())


def envelop(ciphertext: str, token: str = sample.TOKEN) -> bytes:
    """A ciphertext with its signature."""
    signed = f"<MsgSignature>{signature(token, '1', '2', ciphertext)}</MsgSignature>"
    return f"<xml><Encrypt>{ciphertext}</Encrypt>{signed}<TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>".encode()


HI = reply("text", "<Content>hi</Content>")


@pytest.mark.parametrize("console", [SAFE, COMPATIBLE])
def test_an_encrypted_reply_is_opened(console: Console) -> None:
    """In safe and compatible mode the reply is decrypted before it is judged, and shown as it is inside."""
    assert judge_answer(sent("text", console), 200, sealed(HI)) == (HI, Verdict("reply", TextReply("hi")))


@pytest.mark.parametrize(
    ("console", "received", "cause"),
    [
        (SAFE, HI, Cause.NOT_ENCRYPTED),
        (SAFE, sealed(HI, token="OtherToken"), Cause.WRONG_SIGNATURE),
        (SAFE, sealed(HI, key="b" * 43), Cause.REPLY_NOT_OPENED),
        (SAFE, sealed(HI, app_id="wx0000000000000000"), Cause.WRONG_APP_ID),
        (SAFE, sealed_by_hand(HI, length=len(HI) - 2), Cause.WRONG_LENGTH),
        (SAFE, sealed_by_hand(HI, length=2**32 - 1), Cause.WRONG_LENGTH),
        (SAFE, envelop("AAAA"), Cause.REPLY_NOT_OPENED),
        (SAFE, envelop("no Base64!"), Cause.REPLY_NOT_OPENED),
        (SAFE, sealed(HI).replace(b"MsgSignature", b"msg_signature"), Cause.SIGNATURE_MISSING),
        (COMPATIBLE, sealed(HI, key="b" * 43), Cause.REPLY_NOT_OPENED),
        (SAFE, sealed(reply("text", "<Content></Content>")), Cause.INCOMPLETE),
        (SAFE, sealed(b"success"), Cause.NOT_BARE),
        (SAFE, b"<xml><Encrypt/></xml>", Cause.SIGNATURE_MISSING),
    ],
)
def test_a_wrongly_encrypted_reply_is_a_fault(console: Console, received: bytes, cause: str) -> None:
    """Each way of getting the encryption wrong is told from the others."""
    assert (see(200, received, sent("text", console)).what, see(200, received, sent("text", console)).cause) == (
        "fault",
        cause,
    )


def test_padding_to_sixteen_bytes_opens() -> None:
    """The platform's own samples look at the last byte alone, so what a stock AES library pads is taken."""
    for blanks in range(16):  # a padding of every length
        inner = HI + b" " * blanks
        assert judge_answer(sent("text", SAFE), 200, sealed_by_hand(inner, block=16))[0] == inner


def test_compatible_mode_takes_a_plain_reply() -> None:
    """In compatible mode the reply may be either."""
    assert see(200, HI, sent("text", COMPATIBLE)).what == "reply"
    assert see(200, b"success", sent("text", SAFE)).cause == Cause.ACKNOWLEDGED


@pytest.mark.parametrize(
    ("name", "given", "shown", "note"),
    [
        ("text", 2, 1, Note.ARTICLES_DROPPED),
        ("event_click", 8, 8, None),
        ("event_click", 9, 8, Note.MANY_ARTICLES),
    ],
)
def test_surplus_articles_are_dropped(name: str, given: int, shown: int, note: str | None) -> None:
    """One article answers a message, eight an event; the reply goes through without the rest, and that is said."""
    item = "<item><Title>t</Title><Description>d</Description><PicUrl>p</PicUrl><Url>u</Url></item>"
    news = reply("news", f"<ArticleCount>{given}</ArticleCount><Articles>{item * given}</Articles>")
    found = see(200, news, sent(name))
    assert isinstance(found.reply, NewsReply)
    assert (len(found.reply.articles), found.notes) == (shown, (note,) if note else ())


def test_a_reply_to_the_platforms_own_event_reaches_nobody() -> None:
    """Who is told that a mass message was sent is the account, not a follower."""
    assert see(200, HI, sent("event_masssendjobfinish")).cause == Cause.NOBODY
    assert see(200, HI, sent("event_unsubscribe")).cause == Cause.NOBODY
    assert see(200, HI, sent("event_subscribe")).what == "reply"


@pytest.mark.parametrize(
    ("status", "received", "what", "cause"),
    [
        (403, b"", "refused", Cause.REFUSED),
        (200, b"success", "refused", Cause.UNANSWERED),
        (200, HI, "fault", Cause.FORGERY_TAKEN),
    ],
)
def test_a_forged_message_must_not_be_answered(status: int, received: bytes, what: str, cause: str) -> None:
    """Refusing is right, silence may be, a reply is wrong."""
    found = see(status, received, sent(forged=True))
    assert (found.what, found.cause) == (what, cause)


@pytest.mark.parametrize(
    "written", [b"<CreateTime>1795143661000<", b"<CreateTime>1.5<", b"<CreateTime><", b"<Created>1<"]
)
def test_the_time_of_a_reply_is_ignored(written: bytes) -> None:
    """WeChat does not read CreateTime: milliseconds, a common habit, go through as anything does, with a note."""
    closing = b"/Created>" if b"Created>" in written else b"/CreateTime>"
    odd = HI.replace(b"<CreateTime>1</CreateTime>", written + closing)
    assert see(200, odd) == Verdict("reply", TextReply("hi"), notes=(Note.ODD_TIME,))

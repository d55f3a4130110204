"""No body up to the limit takes long or much: inputs made to be dear, each in the way one step is dearest."""

import time
import tracemalloc
from collections.abc import Callable

import pytest

from tests.safe import SAFE, encrypted_post
from tests.wechat import NOW, TOKEN, post
from wechat_core import Callback, echo
from wechat_core.envelope import PlainEnvelope
from wechat_core.errors import UnreadableMessage
from wechat_core.wire import BODY_LIMIT

SECONDS, BYTES = 0.050, 20_000_000
TEXT = (
    b"<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><MsgType>text</MsgType><Content><![CDATA[",
    b"]]></Content></xml>",
)
XML = (b"<xml>", b"</xml>")


def filled(unit: bytes, around: tuple[bytes, bytes] = XML, limit: int = BODY_LIMIT) -> bytes:
    """A body as near to the limit as whole units come."""
    before, after = around
    return before + unit * ((limit - len(before) - len(after)) // len(unit)) + after


BODIES: dict[str, Callable[[int], bytes]] = {
    "text": lambda n: filled(b"x", TEXT, n),
    "emoji": lambda n: filled("😀".encode(), TEXT, n),
    "lines": lambda n: filled(b"\n", TEXT, n),
    "controls": lambda n: filled(b"\x02", TEXT, n),
    "no UTF-8": lambda n: filled(b"\xff", TEXT, n),
    "surrogates": lambda n: filled(b"\xed\xa0\x80", TEXT, n),
    "ends of CDATA": lambda n: filled(b"]]>", TEXT, n),
    "ends of text": lambda n: filled(b"]]></Content>", TEXT, n),
    "starts of text": lambda n: filled(b"<Content><![CDATA[", TEXT, n),
    "starts without end": lambda n: filled(b"<Content><![CDATA[", (b"<xml>", b""), n),
    "starts of three": lambda n: filled(b"<Title><![CDATA[<Content><![CDATA[<Label><![CDATA[", XML, n),
    "texts": lambda n: filled(b"<Title><![CDATA[x]]></Title>", XML, n),
    "ampersands": lambda n: filled(b"&", (TEXT[0] + b"]]>", TEXT[1]), n),
    "entities": lambda n: filled(b"&lt;", (b"<xml><A>", b"</A></xml>"), n),
    "elements": lambda n: filled(b"<a/>", XML, n),
    "depth": lambda n: filled(b"<a>", XML, n),
    "sections": lambda n: filled(b"<![CDATA[x]]>", (b"<xml><A>", b"</A></xml>"), n),
    "comments": lambda n: filled(b"<!---->", XML, n),
    "instructions": lambda n: filled(b"<?a?>", XML, n),
    "attributes": lambda n: b"<xml " + b" ".join(b"a%05d=''" % i for i in range(n // 10 - 1)) + b"/>",
    "namespaces": lambda n: b"<xml " + b" ".join(b"xmlns:a%05d='u'" % i for i in range(n // 17 - 1)) + b"/>",
    "digits": lambda n: filled(b"9", (b"<xml><CreateTime>", b"</CreateTime></xml>"), n),
    "a long name": lambda n: filled(b"a", (b"<xml><", b"/></xml>"), n),
    "blanks": lambda n: filled(b" ", (b"", b""), n),
}


@pytest.mark.parametrize("mode", ["plain", "safe"])
@pytest.mark.parametrize("name", BODIES)
def test_bounded(name: str, mode: str) -> None:
    """Each is answered, or found unreadable, within 50 ms and 20 MB."""
    if mode == "plain":
        callback, request = Callback(PlainEnvelope((TOKEN,), 300), echo), post(BODIES[name](BODY_LIMIT))
    else:  # Base64 makes four bytes of three
        callback, request = Callback(SAFE, echo), encrypted_post(BODIES[name](BODY_LIMIT * 3 // 4 - 200))
    assert BODY_LIMIT * 0.9 < len(request.body) <= BODY_LIMIT

    def answer() -> None:
        try:
            answered = callback.answer(request, now=NOW)
        except UnreadableMessage:
            return
        assert answered.message is not None
        assert answered.message.key

    seconds = []
    for _ in range(5):  # the best of a few: the machine has other things to do
        started = time.perf_counter()
        answer()
        seconds.append(time.perf_counter() - started)
    tracemalloc.start()
    answer()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert min(seconds) < SECONDS
    assert peak < BYTES

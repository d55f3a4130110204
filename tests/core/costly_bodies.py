"""Bodies made to cost much, each in the way that one step costs most, and a process of its own that measures each.

`python -m tests.core.costly_bodies` prints, for each body and mode, what became of it, CPU milliseconds and MiB.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator

from tests.wechat import NONCE, NOW, TOKEN, query, signature
from wechat_core import Callback, echo
from wechat_core.envelope import PlainEnvelope
from wechat_core.errors import WeChatError
from wechat_core.exchange import Request
from wechat_core.safe_mode import SafeEnvelope, encrypt
from wechat_core.xml_tree import BODY_LIMIT

MILLISECONDS, MIB = 50, 20
"""What one body may take."""
MODES = ("plain", "safe", "forged")
FREE_TEXTS = ("Content", "Title", "Description", "Label", "Poiname", "Recognition", "ScanResult")
KEY, APP_ID = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx2c2769f8efd9abc2"
_HEAD = b"<ToUserName>a</ToUserName><FromUserName>b</FromUserName><MsgType><![CDATA[text]]></MsgType>"
_XML = b"<xml>", b"</xml>"
_MIB = 1024 if sys.platform == "linux" else 1024 * 1024  # macOS counts bytes

type _Around = tuple[bytes, bytes]


def _text(name: str = "Content", *, start: bytes = b"") -> _Around:
    return b"<xml>%s<%s><![CDATA[%s" % (_HEAD, name.encode(), start), b"]]></%s></xml>" % name.encode()


def _fill(unit: bytes, around: _Around = _XML, limit: int = BODY_LIMIT) -> bytes:
    """As many units as there is room for."""
    before, after = around
    return before + unit * ((limit - len(before) - len(after)) // len(unit)) + after


def _number(unit: bytes, around: _Around, limit: int) -> bytes:
    """The same, each with a number of its own in it."""
    before, after = around
    numbered = bytearray(before)
    number = 0
    while len(numbered) + len(one := unit % number) + len(after) <= limit:
        numbered += one
        number += 1
    return bytes(numbered + after)


def _name(limit: int, share: float) -> bytes:
    """A long URI, of characters of four bytes."""
    return b"A" + "😀".encode() * int(limit * share / 4)


BODIES: dict[str, Callable[[int], bytes]] = {
    "text": lambda n: _fill(b"x", _text(), n),
    "emoji": lambda n: _fill("😀".encode(), _text(), n),
    "lines": lambda n: _fill(b"\n", _text(), n),
    "carriage returns": lambda n: _fill(b"\r", _text(), n),
    "links that do not end": lambda n: _fill(b"<a>", _text(), n),
    "links that do not begin": lambda n: _fill(b"<a", _text(), n),
    "addresses": lambda n: _fill(b"a://a ", _text(), n),
    "flags": lambda n: _fill("🇨".encode(), _text(), n),
    "controls": lambda n: _fill(b"\x02", _text(), n),
    "no UTF-8": lambda n: _fill(b"\xff", _text(), n),
    "surrogates": lambda n: _fill(b"\xed\xa0\x80", _text(), n),
    "ends of CDATA": lambda n: _fill(b"]]>", _text(), n),
    "ends of text": lambda n: _fill(b"]]></Content>", _text(), n),
    "as many ends as are read": lambda n: _fill(b"x", _text(start=b"]]></Content>" * 1_990), n),
    "starts of text": lambda n: _fill(b"<Content><![CDATA[", _text(), n),
    "starts without end": lambda n: _fill(b"<Content><![CDATA[", (b"<xml>]]>", b""), n),
    "starts of three": lambda n: _fill(b"<Title><![CDATA[<Content><![CDATA[<Label><![CDATA[", _XML, n),
    "texts": lambda n: _fill(b"<Title><![CDATA[x]]></Title>", _XML, n),
    "texts, and then nonsense": lambda n: (
        b"<xml>" + b"".join(b"<a%d><![CDATA[]]></a%d>" % (i, i) for i in range(1_990)) + b"</b>" * (n // 4 - 13_200)
    ),
    "opened behind an end": lambda n: b"<xml>]]>" + b"<" * (n - 14) + b"</xml>",
    "ampersands": lambda n: _fill(b"&", _text(start=b"]]>"), n),
    "entities": lambda n: _fill(b"&lt;", (b"<xml><A>", b"</A></xml>"), n),
    "elements": lambda n: _fill(b"<a/>", _XML, n),
    "as many elements as are read": lambda n: _fill(b"x", (b"<xml>" + b"<a/>" * 1_900 + b"<b>", b"</b></xml>"), n),
    "depth": lambda n: _fill(b"<a>", _XML, n),
    "sections": lambda n: _fill(b"<![CDATA[x]]>", (b"<xml><A>", b"</A></xml>"), n),
    "comments": lambda n: _fill(b"<!---->", _XML, n),
    "instructions": lambda n: _fill(b"<?a?>", _XML, n),
    "attributes": lambda n: _number(b" a%d=''", (b"<xml", b"/>"), n),
    "attributes read twice": lambda n: _number(b" a%d=''", (b"<xml><A><![CDATA[]]>]]></A><B", b"/></xml>"), n),
    "attributes of many": lambda n: _fill(b"<a b='' c='' d='' e='' f='' g='' h='' i='' j='' k='' l='' m=''/>", _XML, n),
    "namespaces": lambda n: _number(b" xmlns:a%d='u'", (b"<xml", b"/>"), n),
    "a long URI and elements": lambda n: _number(
        b"<z:a%d/>", (b"<xml xmlns:z='%s'>" % _name(n, 0.92), b"<a>.</a>" * 100 + b"</xml>"), n
    ),
    "a long URI and attributes": lambda n: _number(
        b" z:a%d=''", (b"<xml xmlns:z='%s'><a" % _name(n, 0.8), b"/></xml>"), n
    ),
    "a long default namespace": lambda n: _number(b"<a%d/>", (b"<xml xmlns='%s'>" % _name(n, 0.94), b"</xml>"), n),
    "digits": lambda n: _fill(b"9", (b"<xml><CreateTime>", b"</CreateTime></xml>"), n),
    "a long name": lambda n: _fill(b"a", (b"<xml>]]><", b"/></xml>"), n),
    "a long end": lambda n: _fill(b"a", (b"<xml>]]></", b"></xml>"), n),
    "blanks": lambda n: _fill(b" ", (b"", b""), n),
    "blanks between": lambda n: _fill(b"]]>" + b" " * 2_000, _XML, n),
    "ciphertexts": lambda n: _fill(b"<Encrypt>", _XML, n),
}
for _free in FREE_TEXTS:
    BODIES |= {
        f"ends and starts of {_free}": lambda n, name=_free: _fill(  # type: ignore[misc]
            b"]]><%s><![CDATA[" % name.encode(), _text(name), n
        ),
        f"starts, then ends of {_free}": lambda n, name=_free: (  # type: ignore[misc]
            _fill(b"<%s><![CDATA[" % name.encode(), (b"<xml>", b""), n // 2) + _fill(b"]]>", (b"", b"</xml>"), n // 2)
        ),
    }

_PLAIN = Callback(PlainEnvelope((TOKEN,), 300), echo)
_SAFE = Callback(SafeEnvelope((TOKEN,), (KEY,), APP_ID, 300, os.urandom), echo)


def write_request(body: str, mode: str) -> tuple[Callback, Request]:
    """The callback and a request of the largest size: signed, encrypted, or in safe mode signed by nobody."""
    if mode == "plain":
        return _PLAIN, Request("POST", query(), BODIES[body](BODY_LIMIT))
    if mode == "forged":
        return _SAFE, Request("POST", query(msg_signature="0" * 40), BODIES[body](BODY_LIMIT))
    ciphertext = encrypt(BODIES[body](BODY_LIMIT * 3 // 4 - 200), key=KEY, app_id=APP_ID, salt=bytes(16))
    signed = query(msg_signature=signature(TOKEN, str(NOW), NONCE, ciphertext))
    return _SAFE, Request("POST", signed, f"<xml><Encrypt><![CDATA[{ciphertext}]]></Encrypt></xml>".encode())


def _measure(callback: Callback, request: Request) -> tuple[str, float, float]:
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        answer = callback.answer(request, now=NOW)
        outcome = "answered" if answer.message and answer.message.key else "no message"
    except WeChatError as error:
        outcome = error.reason
    milliseconds = (time.process_time() - started) * 1000
    return outcome, milliseconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / _MIB


def measure_apart(body: str, mode: str) -> tuple[int, str, float, float]:
    """Bytes, outcome, CPU milliseconds and MiB of the first request that a process gets."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        callback, request = write_request(body, mode)
        os.write(writing, json.dumps((len(request.body), *_measure(callback, request))).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        found: tuple[int, str, float, float] = tuple(json.loads(told.read()))
    os.waitpid(child, 0)
    return found


def measure_all() -> Iterator[tuple[str, str, int, str, float, float]]:
    """Every body in every mode; the best of several processes, where the first ones took too much."""
    for body in BODIES:
        for mode in MODES:
            size, outcome, milliseconds, mib = measure_apart(body, mode)
            for _ in range(29):  # the machine has other things to do
                if milliseconds <= MILLISECONDS and mib <= MIB:
                    break
                _, _, again, more = measure_apart(body, mode)
                milliseconds, mib = min(milliseconds, again), min(mib, more)
            yield body, mode, size, outcome, milliseconds, mib


if __name__ == "__main__":
    for measured in measure_all():
        print(json.dumps(measured))

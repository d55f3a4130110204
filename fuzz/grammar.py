"""Makes long documents out of short inputs: costly documents are rarely short, and no fuzzer writes 256 KiB by itself.

An input is a program: a byte for what stands around, then units. A unit is a byte for how many words of xml.dict it
has, a byte for each, and one for how often it comes, as a power of two. `%d` is the number of the repetition.
"""

from itertools import islice
from pathlib import Path

_TEXT = b"<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><MsgType>text</MsgType><Content><![CDATA["
_CODE = b"<xml><MsgType>event</MsgType><Event>scancode_push</Event><ScanCodeInfo><ScanResult><![CDATA["
AROUND = (
    (b"<xml>", b"</xml>"),
    (_TEXT, b"]]></Content></xml>"),
    (_CODE, b"]]></ScanResult></ScanCodeInfo></xml>"),
    (b"<xml xmlns:z='", b"'/></xml>"),
    (b"<xml ", b"/>"),
    (b"", b""),
)
WORDS = tuple(
    line.strip().strip('"').encode().decode("unicode_escape").encode("latin-1")
    for line in (Path(__file__).parent / "xml.dict").read_text("ascii").splitlines()
)


def write_document(program: bytes, limit: int) -> bytes:
    """The document of a program, cut to a limit."""
    head, tail = AROUND[program[0] % len(AROUND)]
    room = limit - len(head) - len(tail)
    body, steps = bytearray(), iter(program[1:])
    while len(body) < room and (length := next(steps, None)) is not None:
        unit = b"".join(WORDS[word % len(WORDS)] for word in islice(steps, length % 8 + 1))
        body += _repeat(unit, 1 << next(steps, 0) % 18, room - len(body))
    return head + bytes(body[:room]) + tail


def _repeat(unit: bytes, times: int, room: int) -> bytes:
    times = min(times, room // max(len(unit), 1) + 1)
    if b"%d" not in unit:
        return unit * times
    return b"".join(unit.replace(b"%d", b"%d" % number) for number in range(times))

"""What the doctor gives away to whoever answers, and what it lets them do."""

import asyncio
import re
import resource
import struct
import time
import zlib

import httpx
import pytest

from tests.sim.examining import examine, open_client
from tests.sim.hostile_server import Answer, Recorder, drip, pour, recording, refuse
from wechat_sim.doctor import findings
from wechat_sim.doctor.address import resolve_host
from wechat_sim.doctor.examination import Check
from wechat_sim.platform.console import SAMPLE, Console
from wechat_sim.platform.fetching import BODY_LIMIT, HttpAnswer, fetch_answer

pytestmark = pytest.mark.enable_socket

SAFE = SAMPLE.replace(mode="safe")


def causes(checks: list[Check]) -> list[str]:
    """What was found, but for the address of a test's server."""
    return [each.id for check in checks for each in check.findings if each.id != "private_address"]


def later_than_now(recorder: Recorder, now: float) -> list[str]:
    """Every number of a query that somebody could take for a time more than a minute ahead.

    The signature sorts its parts, so the nonce counts as well; a time of 13 digits is in milliseconds.
    """
    parts = [query.get(name, "0") for query in recorder.queries() for name in ("timestamp", "nonce")]
    return [part for part in parts if int(part) / (1000 if len(part) > 12 else 1) > now + 60]


@pytest.mark.parametrize("console", [SAMPLE, SAFE])
@pytest.mark.parametrize(
    "answer",
    [
        refuse(),
        refuse(ahead=14 * 3600),
        refuse(ahead=40 * 60),
        refuse(ahead=-14 * 3600),
        refuse(body=b"timestamp expired"),
    ],
)
def test_nothing_is_signed_for_a_time_to_come(answer: Answer, console: Console) -> None:
    """Whoever refuses everything, by whatever clock, gets no query that could be sent to the real callback later."""
    with recording(answer) as recorder:
        examine(recorder.url, console)
    assert len(recorder.targets) > 3
    assert later_than_now(recorder, time.time()) == []


def test_a_healthy_examination_signs_nothing_for_later_either() -> None:
    """The same where the server takes everything, messages included."""

    def echo(connection: object, head: bytes) -> None:
        found = re.search(rb"echostr=(\d+)", head)
        body = found[1] if found else b"success"
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))  # type: ignore[attr-defined]

    with recording(echo) as recorder:
        examine(recorder.url, SAFE)
    assert len(recorder.targets) > 10
    assert later_than_now(recorder, time.time()) == []


def test_no_time_is_tried_that_the_other_side_chose() -> None:
    """A Date is read and never signed: whatever clock the server shows, the same times are tried."""

    def tried(ahead: float) -> set[int]:
        with recording(refuse(ahead=ahead)) as recorder:
            now = time.time()
            examine(recorder.url)
        return {
            round((int(query["timestamp"]) - now) / 60) for query in recorder.queries() if len(query["timestamp"]) < 12
        }

    assert tried(-7 * 60 - 123) <= tried(0)


@pytest.mark.parametrize("ahead", [40 * 60, 8 * 3600])
def test_a_clock_that_is_ahead_is_read_from_the_date(ahead: float) -> None:
    """The Date of a refusal that is off tells the clock, without a single query for that time."""
    with recording(refuse(ahead=ahead)) as recorder:
        assert causes(examine(recorder.url)) == [findings.CLOCK_OFF.id]


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 99999 00:00:00 GMT", f"Mon, 01 Jan {'9' * 9000} 00:00:00 GMT", "\x01", "0"]
)
def test_a_date_that_is_none_is_none(date: str) -> None:
    """Whatever stands where a date should, the refusal is judged by the rest."""
    with recording(refuse(date=date, body=b"invalid signature")) as recorder:
        assert causes(examine(recorder.url)) == [findings.REFUSED_SOMEWHERE.id]


def test_an_examination_ends() -> None:
    """A server that refuses slowly holds it for six times the platform's patience, and its refusal is reported."""
    started = time.monotonic()
    with recording(refuse(after=0.3)) as recorder:
        found = causes(examine(recorder.url, patience=0.4))
    assert time.monotonic() - started < 6 * 0.4
    assert found == [findings.REFUSED_SOMEWHERE.id]


def test_a_limit_is_kept_whatever_is_slow() -> None:
    """What is left to look at when time is up is left, and that is said; a callback that is well stays so."""

    def slowly(connection: object, head: bytes) -> None:
        time.sleep(0.2)
        found = re.search(rb"echostr=(\d+)", head)
        body = found[1] if found else b"success"
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))  # type: ignore[attr-defined]

    started = time.monotonic()
    with recording(slowly) as recorder:
        checks = examine(recorder.url, limit=1.0)
    assert time.monotonic() - started < 2
    assert findings.CUT_SHORT.id in causes(checks)
    assert checks[-1].id == "time"
    assert not any(found.is_fault for check in checks for found in check.findings)


def test_a_body_that_drips_is_given_up() -> None:
    """The platform's patience is for the whole answer."""
    started = time.monotonic()
    with recording(drip) as recorder:
        assert causes(examine(recorder.url, patience=0.5)) == [findings.TOO_SLOW.id]
    assert time.monotonic() - started < 3


def hang(_: str) -> list[str]:
    """What a resolver does whose server does not answer."""
    time.sleep(20)
    return []


def test_a_resolver_is_waited_for_so_long_and_no_longer() -> None:
    """A name whose server does not answer is one that does not resolve."""
    started = time.monotonic()
    assert asyncio.run(resolve_host("callback.example", hang, patience=0.1)) == []
    assert time.monotonic() - started < 2


@pytest.mark.thorough
def test_a_resolver_that_hangs_is_given_up() -> None:
    """That costs five seconds, not the minutes that the system takes, and is a finding."""
    started = time.monotonic()
    assert causes(examine("http://callback.example/", resolve=hang)) == [findings.NO_HOST.id]
    assert time.monotonic() - started < 7


def fetch(url: str, patience: float = 5.0) -> HttpAnswer:
    """An answer as it is received."""

    async def go() -> HttpAnswer:
        async with open_client() as client:
            return await fetch_answer(client, httpx.Request("GET", url), patience)

    return asyncio.run(go())


def pack_zeros(mib: int) -> bytes:
    """So many MiB of zeros in gzip, which never were in memory."""
    packer, zeros = zlib.compressobj(9, wbits=-zlib.MAX_WBITS), bytes(2**20)
    one = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)  # the next one is the same
    checksum = 0
    for _ in range(mib):
        checksum = zlib.crc32(zeros, checksum)
    end = packer.flush() + struct.pack("<II", checksum, mib * 2**20)
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + one * mib + end


BOMB = pack_zeros(200)


def test_the_bomb_is_one() -> None:
    """What stands for a bomb below is a whole one: of 200 KB, 200 MiB."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    unpacked, packed = 0, BOMB
    while not unpacker.eof:
        unpacked += len(unpacker.decompress(packed, 2**20))
        packed = unpacker.unconsumed_tail
    assert (unpacked, len(BOMB) < 300_000) == (200 * 2**20, True)


@pytest.mark.parametrize(
    ("answer", "length"),
    [
        (pour(b"x" * 65536), BODY_LIMIT),
        (pour(b"10000\r\n" + b"x" * 65536 + b"\r\n", "Transfer-Encoding: chunked"), BODY_LIMIT),
        (pour(BOMB, "Content-Encoding: gzip", f"Content-Length: {len(BOMB)}"), len(BOMB)),
    ],
)
def test_a_body_is_cut_and_not_unpacked(answer: Answer, length: int) -> None:
    """An endless body is read to its first megabyte, and a bomb of 200 MB stays the 200 KB that came."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with recording(answer) as recorder:
        received = fetch(recorder.url)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert len(received.body) == length
    assert grown < 20


@pytest.mark.parametrize(
    "answer",
    [pour(b"x" * 65536), pour(BOMB, "Content-Encoding: gzip", f"Content-Length: {len(BOMB)}"), pour(b"<a>" * 9999)],
)
def test_a_hostile_body_is_a_finding(answer: Answer) -> None:
    """The doctor says of a body without an end what it says of any that is not echostr."""
    with recording(answer) as recorder:
        (found,) = causes(examine(recorder.url))
    assert found in (findings.NO_ECHOSTR.id, findings.COMPRESSED.id)

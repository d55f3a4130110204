"""Finds out why a callback refuses a request that is signed with the console's token.

No request is signed for more than a minute from now, nor for a time that the other side chose: whoever receives such a
query could send it to the real callback when that time comes.
"""

import asyncio
import re
import secrets
import time
from email.utils import parsedate_to_datetime
from typing import Final

from wechat_sim.doctor import findings
from wechat_sim.doctor.findings import Finding
from wechat_sim.doctor.handshake import Handshake
from wechat_sim.doctor.mistakes import MISTAKES, Mistake
from wechat_sim.doctor.patient import Patient
from wechat_sim.platform import sample
from wechat_sim.platform.verdict import visible_text

_AT_ONCE: Final = 5
_ZONES: Final = [-round(hours * 3600) for hours in (*range(1, 13), 3.5, 5.5, 5.75, 9.5)]
_OFFSETS: Final = (60, -600, -1800, *_ZONES)
_NUMBERS: Final = re.compile(rb"[0-9a-fA-F]{6,}")
_WINDOW: Final = 300  # seconds that callbacks usually allow
_ABOUT_TIME: Final = re.compile(r"expire|stale|too old|outdated|timestamp(?!=)|clock|过期|超时|时间戳", re.IGNORECASE)
_ABOUT_PARAMETERS: Final = re.compile("missing|required|缺少", re.IGNORECASE)
_ABOUT_ADDRESS: Final = re.compile(r"\bIP\b.{0,30}(allow|den|forbid|block)|白名单", re.IGNORECASE)
_ABOUT_TOKEN: Final = re.compile(
    r"token|sign|签名|验证|校验|auth|invalid|illegal|非法|wrong|error|fail|false|forbidden|denied|错误|失败"
    r"|^\d{0,3}\s*$|hacker|bad request",
    re.IGNORECASE,
)


async def explain_refusal(made: Handshake, finding: Finding, patient: Patient, *, seconds: float) -> Finding:
    """The cause of a refusal: a common mistake, the clock, another token; or what is known when time is up."""
    found = finding
    try:
        async with asyncio.timeout(seconds):
            found = _read_clock(made) or (await _compare(made, finding, patient)).replace(detail=finding.detail)
            return await _try_mistakes(patient) or await _try_clocks(patient) or found
    except TimeoutError:
        return found


async def _compare(made: Handshake, finding: Finding, patient: Patient) -> Finding:
    """What the answers to a wrong token, and at another path, say about the refusal."""
    text, status = visible_text(made.answer.body), made.answer.status
    if status in (400, 422) and _ABOUT_PARAMETERS.search(text):
        return findings.WANTS_OTHER_PARAMETERS
    if _ABOUT_ADDRESS.search(text):
        return findings.REFUSED_OTHERWISE
    forged = await patient.shake(sample.WRONG_TOKEN)
    if not _is_alike(forged, made):
        if status == 200 or status >= 500:
            return finding
        return findings.CLOCK_OFF if _ABOUT_TIME.search(text) else findings.REFUSED_OTHERWISE
    if status == 200 and not made.answer.body.strip():
        return findings.NOTHING_COMES_BACK
    if _ABOUT_TIME.search(text) and not re.search("sign|token|签名", text, re.IGNORECASE):
        return findings.CLOCK_OFF
    if status >= 500:
        return findings.WRONG_TOKEN if re.search(r"token|signature|签名", text, re.IGNORECASE) else finding
    if not _ABOUT_TOKEN.search(text.strip()):
        return finding
    elsewhere = await patient.shake(sample.WRONG_TOKEN, path=secrets.token_hex(8))
    return findings.REFUSED_SOMEWHERE if _is_alike(elsewhere, made) else findings.WRONG_TOKEN


def _is_alike(one: Handshake, other: Handshake) -> bool:
    """Whether two answers are the same except for numbers and signatures that they may repeat."""
    this, that = ((each.answer.status, _NUMBERS.sub(b"", each.answer.body)) for each in (one, other))
    return this == that


async def _try_mistakes(patient: Patient) -> Finding | None:
    """The mistake whose signatures the callback accepts, twice."""
    limit = asyncio.Semaphore(_AT_ONCE)

    async def is_taken(mistake: Mistake) -> bool:
        async with limit:
            now = int(time.time()) * (1000 if mistake.in_milliseconds else 1)
            return (await patient.shake(now=now, nonce=mistake.nonce(), sign=mistake.sign)).is_verified

    for mistake, taken in zip(MISTAKES, await asyncio.gather(*map(is_taken, MISTAKES)), strict=True):
        if taken and await is_taken(mistake):
            return mistake.finding
    return None


async def _try_clocks(patient: Patient) -> Finding | None:
    """How far the callback's clock is behind: by two hits, and two misses at the right time between them."""

    async def is_taken(offset: int = 0) -> bool:
        return (await patient.shake(now=int(time.time()) + offset)).is_verified

    for offset in _OFFSETS:
        if await is_taken(offset):
            controls = [await is_taken(), await is_taken()]
            if not any(controls) and await is_taken(offset):
                return findings.CLOCK_OFF.replace(detail=f"{offset / 60:+.0f} min")
    return None


def _read_clock(made: Handshake) -> Finding | None:
    """A wrong clock, by the Date of the answer; a time ahead is never tried."""
    try:
        date = parsedate_to_datetime(made.answer.header("date"))
        seconds = date.timestamp() - time.time()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return findings.CLOCK_OFF.replace(detail=f"Date: {seconds / 60:+.0f} min") if abs(seconds) > _WINDOW else None

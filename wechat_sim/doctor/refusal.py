"""Finds out why a callback refuses a request that is signed with the console's token.

No request is signed for more than a minute from now, nor for a time that the other side chose: whoever receives such a
query could send it to the real callback when that time comes.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from wechat_sim.doctor import findings
from wechat_sim.doctor.findings import Finding
from wechat_sim.doctor.handshake import Handshake
from wechat_sim.doctor.mistakes import Mistake, list_mistakes
from wechat_sim.platform import sample
from wechat_sim.platform.verdict import visible_text

type Shake = Callable[..., Awaitable[Handshake]]
"""Checks the URL anew: `token`, `offset` in seconds from now, `nonce`, `sign`, `path`, `in_milliseconds`."""

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


async def explain_refusal(made: Handshake, finding: Finding, shake: Shake, *, seconds: float) -> Finding:
    """The cause of a refusal: a common mistake, the clock, another token; or what is known when time is up."""
    found = finding
    try:
        async with asyncio.timeout(seconds):
            found = await _compare(made, finding, shake)
            return await _try_mistakes(shake) or await _try_clocks(shake) or found
    except TimeoutError:
        return found


async def _compare(made: Handshake, finding: Finding, shake: Shake) -> Finding:
    """What the answers to a wrong token, and at another path, say about the refusal."""
    if late := _read_clock(made):
        return late
    text = visible_text(made.answer.body)
    if made.answer.status in (400, 422) and _ABOUT_PARAMETERS.search(text):
        return findings.WANTS_OTHER_PARAMETERS.replace(detail=finding.detail)
    if _ABOUT_ADDRESS.search(text):
        return findings.REFUSED_OTHERWISE.replace(detail=finding.detail)
    forged = await shake(sample.WRONG_TOKEN)
    if not _is_alike(forged, made):
        if made.answer.status == 200 or made.answer.status >= 500:
            return finding
        is_late = _ABOUT_TIME.search(text)
        return (findings.CLOCK_OFF if is_late else findings.REFUSED_OTHERWISE).replace(detail=finding.detail)
    if made.answer.status == 200 and not made.answer.body.strip():
        return findings.NOTHING_COMES_BACK
    if _ABOUT_TIME.search(text) and not re.search("sign|token|签名", text, re.IGNORECASE):
        return findings.CLOCK_OFF.replace(detail=finding.detail)
    if not _ABOUT_TOKEN.search(text.strip()) or made.answer.status >= 500:
        is_about = made.answer.status >= 500 and re.search(r"token|signature|签名", text, re.IGNORECASE)
        return findings.WRONG_TOKEN.replace(detail=finding.detail) if is_about else finding
    elsewhere = await shake(sample.WRONG_TOKEN, path=secrets.token_hex(8))
    return (findings.REFUSED_SOMEWHERE if _is_alike(elsewhere, made) else findings.WRONG_TOKEN).replace(
        detail=finding.detail
    )


def _is_alike(one: Handshake, other: Handshake) -> bool:
    """Whether two answers are the same except for numbers and signatures that they may repeat."""
    return one.answer.status == other.answer.status and _NUMBERS.sub(b"", one.answer.body) == _NUMBERS.sub(
        b"", other.answer.body
    )


async def _try_mistakes(shake: Shake) -> Finding | None:
    """The mistake whose signatures the callback accepts, twice."""
    limit = asyncio.Semaphore(_AT_ONCE)

    async def attempt(mistake: Mistake) -> bool:
        async with limit:
            return (await _sign_mistakenly(mistake, shake)).is_verified

    mistakes = list_mistakes()
    for mistake, is_taken in zip(mistakes, await asyncio.gather(*map(attempt, mistakes)), strict=True):
        if is_taken and (await _sign_mistakenly(mistake, shake)).is_verified:
            return mistake.finding
    return None


async def _sign_mistakenly(mistake: Mistake, shake: Shake) -> Handshake:
    return await shake(None, nonce=mistake.nonce(), sign=mistake.sign, in_milliseconds=mistake.in_milliseconds)


async def _try_clocks(shake: Shake) -> Finding | None:
    """How far the callback's clock is behind: by two hits, and two misses at the right time between them."""
    for offset in _OFFSETS:
        if (await shake(None, offset=offset)).is_verified:
            controls = [(await shake(None)).is_verified, (await shake(None)).is_verified]
            if not any(controls) and (await shake(None, offset=offset)).is_verified:
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


def at_another_path(url: str, name: str) -> str:
    """The URL with another last part of its path."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/').rpartition('/')[0]}/{name}"))

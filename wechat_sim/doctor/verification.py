"""Checks whether WeChat's console would accept the URL, every time."""

import asyncio
import ssl
import time
from typing import Final
from urllib.parse import urlsplit

from wechat_sim.doctor import findings
from wechat_sim.doctor.findings import Finding
from wechat_sim.doctor.handshake import Handshake
from wechat_sim.doctor.mistakes import NONCES
from wechat_sim.doctor.patient import Patient
from wechat_sim.doctor.refusal import explain_refusal
from wechat_sim.platform import sample

_ENOUGH: Final = 1.6  # times the patience, after which the check is not repeated
_REFUSED: Final = 1.8  # times the patience, in which a refusal is explained


async def check_verification(patient: Patient) -> list[Finding]:
    """What is wrong with the check of the URL, made several times."""
    started = time.monotonic()
    made = [await patient.shake(nonce=NONCES[0]())]
    first = made[0].finding
    if first == findings.TOO_SLOW:
        again = await patient.shake()
        slow = findings.SLOW_START.replace(detail=f"{again.answer.milliseconds:.0f} ms")
        return [slow if again.is_verified else first]
    if first and first.id == findings.BROKEN_OFF.id and await _speaks_tls(patient.url):
        return [findings.NEEDS_TLS]
    if first and first.is_fault and not _may_pass(made[0]):
        return [first]
    while len(made) < len(NONCES) and time.monotonic() - started < _ENOUGH * patient.patience:
        made.append(await patient.shake(nonce=NONCES[len(made)]()))
    return await _conclude(made, patient)


async def check_other_token(patient: Patient) -> list[Finding]:
    """Whether the callback checks the signature of the check of the URL."""
    made = await patient.shake(sample.WRONG_TOKEN)
    if made.is_verified:
        return [findings.UNCHECKED]
    failed = made.finding and made.answer.status >= 500
    return [findings.FAILS_ON_FORGERY.replace(detail=made.finding.detail)] if failed and made.finding else []


def _may_pass(made: Handshake) -> bool:
    """Whether a second try, or another signature, may succeed: not where the answer itself is malformed."""
    passing = (findings.BROKEN_OFF.id, findings.UPSTREAM_DOWN.id, findings.THROTTLED.id, findings.NO_SUCH_PATH.id)
    return made.is_refused or (made.finding is not None and made.finding.id in passing)


async def _conclude(made: list[Handshake], patient: Patient) -> list[Finding]:
    failed = [each for each in made if not each.is_verified]
    if not failed:
        return [made[0].finding] if made[0].finding else []
    refused = next((each for each in failed if each.is_refused), None)
    if len(failed) == len(made):
        return [await _explain(refused or failed[0], patient)]
    by_nonce = {choose for choose, each in zip(NONCES, made, strict=False) if each in failed}
    if refused and len(by_nonce) == 1:
        found = await _explain(refused, patient)
        if found.id == findings.UNSORTED.id:
            return [found]
    if failed[0].finding and all(each.finding and each.finding.id == findings.THROTTLED.id for each in failed):
        return [failed[0].finding]
    told = f"{len(failed)}/{len(made)}: {failed[0].finding.detail if failed[0].finding else ''}"
    is_uneven = refused is not None and refused.answer.status < 500
    return [(findings.UNEVEN if is_uneven else findings.INTERMITTENT).replace(detail=told)]


async def _explain(made: Handshake, patient: Patient) -> Finding:
    assert made.finding
    if not made.is_refused:
        return made.finding
    return await explain_refusal(made, made.finding, patient, seconds=_REFUSED * patient.patience)


async def _speaks_tls(url: str) -> bool:
    """Whether a server that closes a plain HTTP connection accepts HTTPS."""
    parts = urlsplit(url)
    if parts.scheme != "http":
        return False
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # nothing is sent
    try:
        async with asyncio.timeout(3):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80, ssl=context)
    except (OSError, TimeoutError):
        return False
    writer.transport.abort()
    return True

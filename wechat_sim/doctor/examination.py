"""Finds out why a callback does not work: checks it in the order in which things go wrong, up to the first cause."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import urlsplit

from wechat_core.values import Value
from wechat_sim.doctor import findings, messages, verification
from wechat_sim.doctor.address import host_of, is_loopback, is_unreachable, resolve_host
from wechat_sim.doctor.findings import Finding
from wechat_sim.doctor.messages import Examine
from wechat_sim.doctor.patient import Patient
from wechat_sim.platform.delivery import LONG

LIMIT: Final = 28.0
"""Seconds after which an examination ends, whatever the callback does."""

_COLD: Final = 1000  # milliseconds from which a slow first answer is mentioned


class Check(Value):
    """One check, by its id, the milliseconds it took, and what was found."""

    id: str
    milliseconds: float = 0.0
    findings: tuple[Finding, ...] = ()


async def examine(patient: Patient, *, limit: float = LIMIT) -> AsyncIterator[Check]:
    """Every check as it ends; the last one has the cause, if there is one. A warning does not end it."""
    deadline = asyncio.get_running_loop().time() + limit
    for name, check in _CHECKS.items():
        started = time.perf_counter()
        try:
            async with asyncio.timeout_at(deadline):
                found = await check(patient)
        except TimeoutError:
            found = [findings.CUT_SHORT]
        yield Check(name, round((time.perf_counter() - started) * 1000, 1), tuple(found))
        if any(finding.is_fault for finding in found):
            return
        if findings.CUT_SHORT in found:
            break
    yield Check("time", findings=tuple(_examine_times(patient)))


async def _check_url(patient: Patient) -> list[Finding]:
    host = host_of(patient.url)
    if not host:
        return [findings.NOT_A_URL]
    port = urlsplit(patient.url).port
    is_usual = port in (None, 80, 443) or is_loopback(host)
    return [] if is_usual else [findings.WRONG_PORT.replace(detail=str(port))]


async def _check_host(patient: Patient) -> list[Finding]:
    host = host_of(patient.url)
    addresses = await resolve_host(host, patient.resolve)
    if not addresses:
        return [findings.NO_HOST.replace(detail=host)]
    return [findings.PRIVATE_ADDRESS.replace(detail=addresses[0])] if is_unreachable(addresses) else []


def _examine_times(patient: Patient) -> list[Finding]:
    first, *rest = patient.waits or [0.0]
    longest = max(rest, default=first)
    if longest > patient.patience * 1000 * LONG:
        return [findings.ALMOST_TOO_SLOW.replace(detail=f"{longest / 1000:.1f} s")]
    if first > max(_COLD, 3 * longest):
        return [findings.COLD_START.replace(detail=f"{first / 1000:.1f} s, then {longest / 1000:.1f} s")]
    return []


_CHECKS: Final[dict[str, Examine]] = {
    "url": _check_url,
    "host": _check_host,
    "handshake": verification.check_verification,
    "other_token": verification.check_other_token,
    "message": messages.check_message,
    "forgery": messages.check_forgery,
    "redelivery": messages.check_redelivery,
    "image": messages.warn_of_fault(lambda patient: patient.send("image")),
    "event": messages.warn_of_fault(lambda patient: patient.send("event_subscribe")),
    "unknown_type": messages.warn_of_fault(messages.send_unknown_type),
    "empty_text": messages.warn_of_fault(lambda patient: patient.send("text", Content="")),
    "large_body": messages.check_large_body,
}
"""What is checked, in this order."""

"""Finds out why a callback does not work: checks it in the order in which things go wrong, up to the first cause."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

import httpx

from wechat_core.values import Value
from wechat_sim.doctor import findings, messages, verification
from wechat_sim.doctor.address import Resolve, host_of, is_loopback, is_unreachable, resolve_by_system, resolve_host
from wechat_sim.doctor.findings import Finding
from wechat_sim.doctor.patient import Patient
from wechat_sim.platform.console import Console
from wechat_sim.platform.delivery import LONG, PATIENCE

LIMIT: Final = 28.0
"""Seconds after which an examination ends, whatever the callback does."""

_COLD: Final = 1000  # milliseconds from which a slow first answer is mentioned

type Ask = Callable[[], Awaitable[list[Finding]]]
type Examine = Callable[[Patient], Awaitable[list[Finding]]]

_CHECKS: Final[dict[str, Examine]] = {
    "handshake": verification.check_verification,
    "other_token": verification.check_other_token,
    "message": messages.check_message,
    "forgery": messages.check_forgery,
    "redelivery": messages.check_redelivery,
    "image": messages.check_image,
    "event": messages.check_event,
    "unknown_type": messages.check_unknown_type,
    "empty_text": messages.check_empty_text,
    "large_body": messages.check_large_body,
}
"""What the callback is asked, in this order."""


class Check(Value):
    """One check, by its id, the milliseconds it took, and what was found."""

    id: str
    milliseconds: float = 0.0
    findings: tuple[Finding, ...] = ()


class Doctor:
    """Examines one callback, as the platform sees it whose console has these settings."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        console: Console,
        *,
        patience: float = PATIENCE,
        limit: float = LIMIT,
        resolve: Resolve = resolve_by_system,
    ) -> None:
        self._patient = Patient(client, url, console, patience)
        self._url, self._limit, self._resolve = url, limit, resolve

    async def examine(self) -> AsyncIterator[Check]:
        """Every check as it ends; the last one has the cause, if there is one. A warning does not end it."""
        deadline = asyncio.get_running_loop().time() + self._limit
        checks: dict[str, Ask] = {"url": self._check_url, "host": self._check_host}
        checks |= {name: self._ask(examine) for name, examine in _CHECKS.items()}
        for name, check in checks.items():
            started = time.perf_counter()
            try:
                async with asyncio.timeout_at(deadline):
                    found = await check()
            except TimeoutError:
                found = [findings.CUT_SHORT]
            yield Check(name, round((time.perf_counter() - started) * 1000, 1), tuple(found))
            if any(finding.is_fault for finding in found):
                return
            if findings.CUT_SHORT in found:
                break
        yield Check("time", findings=tuple(self._examine_times()))

    def _ask(self, examine: Examine) -> Ask:
        return lambda: examine(self._patient)

    async def _check_url(self) -> list[Finding]:
        host = host_of(self._url)
        if not host:
            return [findings.NOT_A_URL]
        port = urlsplit(self._url).port
        is_usual = port in (None, 80, 443) or is_loopback(host)
        return [] if is_usual else [findings.WRONG_PORT.replace(detail=str(port))]

    async def _check_host(self) -> list[Finding]:
        host = host_of(self._url)
        addresses = await resolve_host(host, self._resolve)
        if not addresses:
            return [findings.NO_HOST.replace(detail=host)]
        return [findings.PRIVATE_ADDRESS.replace(detail=addresses[0])] if is_unreachable(addresses) else []

    def _examine_times(self) -> list[Finding]:
        first, *rest = self._patient.waits or [0.0]
        longest = max(rest, default=first)
        if longest > self._patient.patience * 1000 * LONG:
            return [findings.ALMOST_TOO_SLOW.replace(detail=f"{longest / 1000:.1f} s")]
        if first > max(_COLD, 3 * longest):
            return [findings.COLD_START.replace(detail=f"{first / 1000:.1f} s, then {longest / 1000:.1f} s")]
        return []

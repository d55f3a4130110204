"""Finds out why a callback does not work: checks it in the order in which things go wrong, up to the first cause."""

import asyncio
import ipaddress
import socket
import time
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

import httpx

from wechat_core.values import Value
from wechat_sim.doctor import findings
from wechat_sim.doctor.diagnosis import diagnose
from wechat_sim.doctor.findings import Finding
from wechat_sim.doctor.handshake import Handshake, shake
from wechat_sim.platform import sample
from wechat_sim.platform.console import Console
from wechat_sim.platform.delivery import LONG, PATIENCE, Delivery, deliver
from wechat_sim.platform.inbound import compose
from wechat_sim.platform.verdict import Cause, Verdict

_ZONES: Final = [hours * 3600 for hours in range(-12, 15) if hours]
_COLD: Final = 1000  # milliseconds from which a first answer is worth a word


class Check(Value):
    """One thing that was looked at, by its id, the milliseconds it took, and what is wrong with it."""

    id: str
    milliseconds: float = 0.0
    finding: Finding | None = None


class Doctor:
    """Examines one callback, as the platform sees it whose console has these settings."""

    def __init__(self, client: httpx.AsyncClient, url: str, console: Console, *, patience: float = PATIENCE) -> None:
        self._client, self._url, self._console, self._patience = client, url, console, patience
        self._waits: list[float] = []

    async def examine(self) -> AsyncIterator[Check]:
        """Check after check; the last one has the cause, where there is one. A warning does not end it."""
        checks = {
            "url": self._check_url,
            "host": self._check_name,
            "handshake": self._check_handshake,
            "other_token": self._check_other_token,
            "message": self._check_message,
            "forgery": self._check_forgery,
            "time": self._check_time,
        }
        for identifier, check in checks.items():
            started = time.perf_counter()
            finding = await check()
            yield Check(identifier, round((time.perf_counter() - started) * 1000, 1), finding)
            if finding and finding.is_fault:
                return

    async def _check_url(self) -> Finding | None:
        host = host_of(self._url)
        if not host:
            return findings.NOT_A_URL
        port = urlsplit(self._url).port
        return None if port in (None, 80, 443) or is_loopback(host) else findings.WRONG_PORT.replace(detail=str(port))

    async def _check_name(self) -> Finding | None:
        host = host_of(self._url)
        try:
            await asyncio.get_running_loop().getaddrinfo(host, None)
        except (socket.gaierror, UnicodeError):
            return findings.NO_HOST.replace(detail=host)
        return None

    async def _check_handshake(self) -> Finding | None:
        made = await self._shake(self._console.token)
        if not made.finding:
            return None
        if made.finding.id == findings.TOO_SLOW.id:
            return await self._why_slow(made.finding)
        return await self._why_refused(made, made.finding) if made.refused else made.finding

    async def _why_slow(self, finding: Finding) -> Finding:
        again = await self._shake(self._console.token)
        if again.finding:
            return finding
        return findings.SLOW_START.replace(detail=f"{again.milliseconds:.0f} ms")

    async def _why_refused(self, made: Handshake, finding: Finding) -> Finding:
        """Tell a wrong clock, or a time zone taken for the clock, from a wrong token, and both from another answer."""
        for offset in (*_offset(made.date), *_ZONES):
            if not (await self._shake(self._console.token, offset=offset)).finding:
                return findings.CLOCK_SKEW.replace(detail=f"by {offset / 60:+.0f} minutes")
        forged = await self._shake(sample.WRONG_TOKEN)
        same = (forged.status, forged.received) == (made.status, made.received)
        return findings.WRONG_TOKEN.replace(detail=finding.detail) if same else finding

    async def _check_other_token(self) -> Finding | None:
        made = await self._shake(sample.WRONG_TOKEN)
        return None if made.finding else findings.UNCHECKED

    async def _check_message(self) -> Finding | None:
        delivery = await self._deliver(self._console)
        return await diagnose(delivery, self._console, self._deliver)

    async def _check_forgery(self) -> Finding | None:
        delivery = await self._deliver(self._console, forged=True)
        return findings.FORGERY_TAKEN if delivery.verdict.cause == Cause.FORGERY_TAKEN else None

    async def _check_time(self) -> Finding | None:
        first, rest = self._waits[0], max(self._waits[1:])
        if rest > self._patience * 1000 * LONG:
            return findings.ALMOST_TOO_SLOW.replace(detail=f"{rest / 1000:.1f} s")
        if first > max(_COLD, 3 * rest):
            return findings.COLD_START.replace(detail=f"{first / 1000:.1f} s, then {rest / 1000:.1f} s")
        return None

    async def _shake(self, token: str, *, offset: int = 0) -> Handshake:
        made = await shake(self._client, self._url, token, now=int(time.time()) + offset, patience=self._patience)
        self._waits.append(made.milliseconds)
        return made

    async def _deliver(self, console: Console, *, forged: bool = False) -> Delivery:
        push = compose(console, "text", {"Content": "ping"}, now=int(time.time()), forged=forged)
        try:
            delivery = await deliver(self._client, self._url, push, patience=self._patience)
        except httpx.ConnectError:
            delivery = Delivery(Verdict("fault", cause=Cause.BROKEN_OFF), 0)
        self._waits.append(delivery.milliseconds)
        return delivery


def host_of(url: str) -> str:
    """The host of a URL of HTTP; empty where it is none."""
    try:
        httpx.URL(url)  # refuses what it could not send to
        parts = urlsplit(url)
        return parts.hostname or "" if parts.scheme in ("http", "https") and parts.port != 0 else ""
    except (ValueError, httpx.InvalidURL):
        return ""


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, where the platform's rules for ports do not apply."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _offset(date: str) -> list[int]:
    """Seconds by which the Date of an answer is off, where that is more than a freshness window."""
    try:
        seconds = int(parsedate_to_datetime(date).timestamp() - time.time())
    except ValueError:
        return []
    return [seconds] if abs(seconds) > 60 else []

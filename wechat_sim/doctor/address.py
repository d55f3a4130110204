"""The host of a callback, and whether WeChat can reach it."""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final
from urllib.parse import urlsplit

import httpx

_PATIENCE: Final = 5.0
_STAND_INS: Final = ipaddress.ip_network("198.18.0.0/15")  # what proxies on a developer's machine resolve every name to

type Resolve = Callable[[str], list[str]]


def host_of(url: str) -> str:
    """The host of an HTTP URL; empty where it is not one."""
    try:
        httpx.URL(url)  # refuses what it could not send to
        parts = urlsplit(url)
        return parts.hostname or "" if parts.scheme in ("http", "https") and parts.port != 0 else ""
    except (ValueError, httpx.InvalidURL):
        return ""


def read_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is given by; localhost stands for one, any other name does not."""
    try:
        return ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, where the platform's rules for ports do not apply."""
    address = read_address(host)
    return address is not None and address.is_loopback


def open_client(url: str) -> httpx.AsyncClient:
    """A client for a callback."""
    return httpx.AsyncClient(trust_env=not is_loopback(host_of(url)))  # nothing local goes by a proxy


def is_unreachable(addresses: list[str]) -> bool:
    """Whether all addresses belong to this machine, a private network or a carrier's (RFC 1918, 6598, 4193 …)."""
    found = [ipaddress.ip_address(address.partition("%")[0]) for address in addresses]
    return bool(found) and not any(each.is_global or each in _STAND_INS for each in found)


def resolve_by_system(host: str) -> list[str]:
    """The addresses of a host.

    Raises:
        socket.gaierror: it has none.
        UnicodeError: it cannot be a name.
    """
    return [str(info[4][0]) for info in socket.getaddrinfo(host, None)]


async def resolve_host(host: str, resolve: Resolve = resolve_by_system, patience: float = _PATIENCE) -> list[str]:
    """The addresses of a host; none where the name does not resolve, or not in so many seconds.

    In a thread that nobody waits for: a resolver may hang for minutes, and cannot be interrupted.
    """
    answer: Future[list[str]] = Future()
    answer.set_running_or_notify_cancel()  # from now on it cannot be cancelled, only left alone

    def look_up() -> None:
        try:
            answer.set_result(resolve(host))
        except (OSError, UnicodeError):
            answer.set_result([])

    threading.Thread(target=look_up, daemon=True).start()
    try:
        return await asyncio.wait_for(asyncio.wrap_future(answer), patience)
    except TimeoutError:
        return []

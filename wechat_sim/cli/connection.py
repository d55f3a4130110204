"""Reaches a callback for the commands."""

from typing import Final

import httpx

from wechat_sim.cli.program import UNREACHABLE, Stop
from wechat_sim.cli.waiting import show_wait
from wechat_sim.doctor.address import host_of, is_loopback
from wechat_sim.platform.delivery import Exchange, send
from wechat_sim.platform.inbound import Push

LOCAL_URL: Final = "http://127.0.0.1:8000/wechat"
"""Where `wechat-sim serve` has the callback of the project."""


def require_url(url: str) -> str:
    """The URL, if it is one of HTTP.

    Raises:
        Stop: it is not.
    """
    if not host_of(url):
        raise Stop(f"{url} is no URL of a callback: write http:// or https://, a host and a path")
    return url


def open_client(url: str) -> httpx.AsyncClient:
    """A client for a callback."""
    return httpx.AsyncClient(trust_env=not is_loopback(host_of(url)))  # nothing local goes by a proxy


async def deliver(url: str, push: Push, retry: int) -> Exchange:
    """Deliver a message; `retry` times again, as if the first answers were lost.

    Raises:
        Stop: there is no connection.
    """
    async with open_client(url) as client, show_wait("no answer yet"):
        try:
            return await send(client, url, push, lost=retry)
        except httpx.ConnectError as error:
            raise Stop(f"nothing listens at {url}: {_explain_absence(url, error)}", UNREACHABLE) from None


def _explain_absence(url: str, error: httpx.ConnectError) -> str:
    if url == LOCAL_URL:
        return "start it with wechat-sim serve, or name another callback with --url"
    return "start the callback" if is_loopback(host_of(url)) else str(error)

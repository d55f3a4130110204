"""Reaches a callback for the commands, and says that something is still under way."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Final

import click
import httpx

from wechat_sim.doctor.address import host_of, is_loopback, open_client
from wechat_sim.platform.delivery import Exchange, send
from wechat_sim.platform.inbound import Push
from wechat_sim.stop import UNREACHABLE, Stop, stop
from wechat_sim.texts import Language, word

LOCAL_URL: Final = "http://127.0.0.1:8000/wechat"
"""Where `wechat-sim serve` has the callback of the project."""


def require_url(url: str) -> str:
    """The URL, if it is one of HTTP.

    Raises:
        Stop: it is not.
    """
    if not host_of(url):
        raise stop("no_url", url=url)
    return url


async def deliver(url: str, push: Push, retry: int, language: Language) -> Exchange:
    """Deliver a message; `retry` times again, as if the first answers were lost.

    Raises:
        Stop: there is no connection.
    """
    async with open_client(url) as client, show_wait("no_answer_yet", language):
        try:
            return await send(client, url, push, lost=retry)
        except httpx.ConnectError as error:
            raise _stop_for(url, str(error)) from None


def _stop_for(url: str, error: str) -> Stop:
    name = "start_ours" if url == LOCAL_URL else "start_it" if is_loopback(host_of(url)) else ""

    def tell(language: Language) -> str:
        return word("nothing_listens", language, url=url, why=word(name, language) if name else error)

    return Stop(tell, UNREACHABLE)


@contextlib.asynccontextmanager
async def show_wait(name: str, language: Language) -> AsyncIterator[None]:
    """Count the seconds on standard error, from the first full one, with the word for what is waited for."""
    counting = asyncio.create_task(_count(word(name, language), language))
    try:
        yield
    finally:
        counting.cancel()


async def _count(what: str, language: Language) -> None:
    for seconds in itertools.count(1):
        await asyncio.sleep(1)
        click.echo(word("waiting", language, what=what, seconds=seconds), err=True)

"""Says that something is still under way."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import click

from wechat_sim.texts import Language, word


@contextlib.asynccontextmanager
async def show_wait(name: str, language: Language) -> AsyncIterator[None]:
    """Count the seconds on standard error, from the first full one, with the word for what is waited for."""
    counting = asyncio.create_task(_count(word(name, language), language))
    try:
        yield
    finally:
        counting.cancel()


async def _count(what: str, language: Language) -> None:
    seconds = 0
    while True:
        await asyncio.sleep(1)
        seconds += 1
        click.echo(word("waiting", language, what=what, seconds=seconds), err=True)

"""Says that something is still under way."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import click


@contextlib.asynccontextmanager
async def show_wait(what: str) -> AsyncIterator[None]:
    """Count the seconds on standard error, from the first full one."""
    counting = asyncio.create_task(_count(what))
    try:
        yield
    finally:
        counting.cancel()


async def _count(what: str) -> None:
    seconds = 0
    while True:
        await asyncio.sleep(1)
        seconds += 1
        click.echo(f"… {what}: {seconds} s", err=True)

"""Has the doctor examine a callback."""

import asyncio
import ssl
from functools import cache

import httpx

from wechat_sim.doctor import examination
from wechat_sim.doctor.examination import Check
from wechat_sim.platform.console import SAMPLE, Console

_trust = cache(ssl.create_default_context)  # which takes longer to make than most examinations


def open_client() -> httpx.AsyncClient:
    """A client that goes by no proxy."""
    return httpx.AsyncClient(trust_env=False, verify=_trust())


def examine(url: str, console: Console = SAMPLE, **how: object) -> list[Check]:
    """Every check of an examination."""

    async def go() -> list[Check]:
        async with open_client() as client:
            return [check async for check in examination.examine(client, url, console, **how)]  # type: ignore[arg-type]

    return asyncio.run(go())

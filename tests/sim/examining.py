"""Has the doctor examine a callback."""

import asyncio
import ssl
from functools import cache
from typing import Any

import httpx

from wechat_sim.doctor import examination
from wechat_sim.doctor.examination import LIMIT, Check
from wechat_sim.doctor.patient import Patient
from wechat_sim.platform.console import SAMPLE, Console

_trust = cache(ssl.create_default_context)  # which takes longer to make than most examinations


def open_client() -> httpx.AsyncClient:
    """A client that goes by no proxy."""
    return httpx.AsyncClient(trust_env=False, verify=_trust())


def examine(url: str, console: Console = SAMPLE, *, limit: float = LIMIT, **how: Any) -> list[Check]:
    """Every check of an examination."""

    async def go() -> list[Check]:
        async with open_client() as client:
            patient = Patient(client, url, console, **how)
            return [check async for check in examination.examine(patient, limit=limit)]

    return asyncio.run(go())

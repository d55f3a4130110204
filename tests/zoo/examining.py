"""Has the doctor examine a callback of the zoo."""

import asyncio

import httpx

from tests.zoo.animals import mode_of
from wechat_sim.doctor.examination import Check, Doctor
from wechat_sim.platform.console import SAMPLE


def examine(url: str) -> tuple[str, str]:
    """The faults and the warnings that are found, by their ids; that a callback is on this machine is no news."""

    async def go() -> list[Check]:
        console = SAMPLE.replace(mode=mode_of(url.rpartition("/")[2]))
        async with httpx.AsyncClient(trust_env=False) as client:
            return [check async for check in Doctor(client, url, console).examine()]

    found = [finding for check in asyncio.run(go()) for finding in check.findings if finding.id != "private_address"]
    faults, warnings = ([each.id for each in found if each.level == level] for level in ("fault", "warning"))
    return " ".join(faults), " ".join(warnings)

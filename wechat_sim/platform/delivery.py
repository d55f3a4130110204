"""Plays the platform: delivers a follower's message to a callback, up to three times, and reports what came of it."""

import asyncio
from typing import Final

import httpx

from wechat_core.values import Value
from wechat_sim.platform.fetching import HttpAnswer, fetch_answer
from wechat_sim.platform.inbound import Push
from wechat_sim.platform.judge import judge_answer
from wechat_sim.platform.verdict import Cause, Note, Verdict

PATIENCE: Final = 5.0
"""Seconds the platform waits for an answer."""

LONG: Final = 0.7
"""The fraction of its patience after which an answer is almost late."""

DELIVERIES: Final = 3
"""How often the platform delivers a message that is not answered."""

HEADERS: Final = {
    "Content-Type": "text/xml",
    "User-Agent": "Mozilla/4.0",
    "Accept": "*/*",
    "Pragma": "no-cache",
    "Connection": "close",
}
"""What the platform sends with every message."""

CHECK_HEADERS: Final = {name: value for name, value in HEADERS.items() if name != "Content-Type"}
"""What it sends with the check of the URL."""

_RETRIED: Final = (Cause.TOO_LATE, Cause.BROKEN_OFF, Cause.WRONG_STATUS)


class Delivery(Value):
    """One delivery and its answer; `opened` is its body as decrypted, `lost` whether it got lost."""

    verdict: Verdict
    answer: HttpAnswer
    opened: bytes = b""
    lost: bool = False


class Exchange(Value):
    """One message and its deliveries."""

    push: Push
    deliveries: tuple[Delivery, ...]

    @property
    def verdict(self) -> Verdict:
        """What the follower sees in the end: the verdict on the last delivery."""
        return self.deliveries[-1].verdict


async def send(
    client: httpx.AsyncClient, url: str, push: Push, *, lost: int = 0, slow: bool = False, patience: float = PATIENCE
) -> Exchange:
    """Deliver a message as the platform does: again where it is not answered, three times at most.

    Args:
        lost: how many of the first answers get lost on the way, so that the platform delivers again.
        slow: whether the platform waits for a lost answer to the end of its patience.
        patience: seconds for each delivery.

    Raises:
        httpx.ConnectError: nothing listens at the URL.
    """
    deliveries: list[Delivery] = []
    while len(deliveries) < DELIVERIES:
        delivery = await deliver(client, url, push, patience=patience)
        is_lost = len(deliveries) < lost
        deliveries.append(delivery.replace(lost=is_lost))
        if is_lost and slow:
            await asyncio.sleep(max(0.0, patience - delivery.answer.milliseconds / 1000))
        if not is_lost and (push.forged or delivery.verdict.cause not in _RETRIED):
            break
    return Exchange(push, tuple(deliveries))


async def deliver(client: httpx.AsyncClient, url: str, push: Push, *, patience: float = PATIENCE) -> Delivery:
    """Deliver a message once.

    Raises:
        httpx.ConnectError: nothing listens at the URL.
    """
    request = httpx.Request("POST", with_query(url, push.query), headers=HEADERS, content=push.body)
    answer = await fetch_answer(client, request, patience)
    if answer.failure:
        return Delivery(Verdict("fault", cause=answer.failure, detail=answer.detail), answer)
    opened, verdict = judge_answer(push, answer.status, answer.body, encoding=answer.header("content-encoding"))
    if answer.milliseconds > patience * 1000 * LONG:
        verdict = verdict.replace(notes=(*verdict.notes, Note.ALMOST_LATE))
    return Delivery(verdict, answer, opened)


def with_query(url: str, query: str) -> str:
    """The URL with the platform's parameters behind its own."""
    return f"{url}{'&' if '?' in url else '?'}{query}"

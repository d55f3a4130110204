"""The callback that is examined, and the ways to ask it."""

import time
from typing import Final

import httpx

from wechat_sim.doctor.handshake import Handshake, Sign, shake, sign_properly
from wechat_sim.doctor.refusal import at_another_path
from wechat_sim.platform.console import Console
from wechat_sim.platform.delivery import PATIENCE, Delivery, deliver
from wechat_sim.platform.fetching import HttpAnswer
from wechat_sim.platform.inbound import Push, compose
from wechat_sim.platform.verdict import Cause, Verdict

PING: Final = "ping 你好"
"""The text that the doctor sends: partly Chinese, so that a length in characters differs from one in bytes."""


class Patient:
    """One callback, as the platform sees it whose console has these settings."""

    def __init__(self, client: httpx.AsyncClient, url: str, console: Console, patience: float = PATIENCE) -> None:
        self._client = client
        self.url, self.console, self.patience = url, console, patience
        self.waits: list[float] = []
        """Milliseconds that it took to answer, request by request."""

    async def shake(
        self,
        token: str | None = None,
        *,
        offset: int = 0,
        nonce: str = "",
        sign: Sign = sign_properly,
        path: str = "",
        in_milliseconds: bool = False,
    ) -> Handshake:
        """Check the URL, with the console's token or another, at a time so many seconds from now."""
        now = int(time.time()) + offset
        made = await shake(
            self._client,
            at_another_path(self.url, path) if path else self.url,
            self.console.token if token is None else token,
            now=now * 1000 if in_milliseconds else now,
            nonce=nonce,
            make_signature=sign,
            patience=self.patience,
        )
        self.waits.append(made.answer.milliseconds)
        return made

    async def tell(self, text: str = PING, *, console: Console | None = None, nonce: str = "") -> Delivery:
        """Deliver a text."""
        return await self.deliver(compose(console or self.console, "text", {"Content": text}, now=_now(), nonce=nonce))

    async def send(self, name: str, *, console: Console | None = None, forged: bool = False, **fields: str) -> Delivery:
        """Deliver a sample."""
        return await self.deliver(compose(console or self.console, name, fields, now=_now(), forged=forged))

    async def deliver(self, push: Push) -> Delivery:
        """Deliver a message once."""
        try:
            made = await deliver(self._client, self.url, push, patience=self.patience)
        except httpx.ConnectError:
            made = Delivery(Verdict("fault", cause=Cause.BROKEN_OFF), HttpAnswer())
        self.waits.append(made.answer.milliseconds)
        return made


def _now() -> int:
    return int(time.time())

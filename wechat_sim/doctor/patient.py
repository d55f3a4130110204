"""The callback that is examined, and the ways to ask it."""

import time
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx

from wechat_sim.doctor.address import Resolve, resolve_by_system
from wechat_sim.doctor.handshake import Handshake, Sign, shake, sign_properly
from wechat_sim.platform.console import Console
from wechat_sim.platform.delivery import PATIENCE, Delivery, deliver
from wechat_sim.platform.fetching import HttpAnswer
from wechat_sim.platform.inbound import Push, compose
from wechat_sim.platform.verdict import Cause, Verdict

PING: Final = "ping 你好"
"""The text that the doctor sends: partly Chinese, so that a length in characters differs from one in bytes."""


class Patient:
    """One callback, as the platform sees it whose console has these settings."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        console: Console,
        patience: float = PATIENCE,
        resolve: Resolve = resolve_by_system,
    ) -> None:
        self._client = client
        self.url, self.console, self.patience, self.resolve = url, console, patience, resolve
        self.waits: list[float] = []
        """Milliseconds that it took to answer, request by request."""

    async def shake(
        self,
        token: str | None = None,
        *,
        now: int | None = None,
        nonce: str = "",
        sign: Sign = sign_properly,
        path: str = "",
    ) -> Handshake:
        """Check the URL, or another path beside it: with the console's token and the present, or with others."""
        made = await shake(
            self._client,
            _at_another_path(self.url, path) if path else self.url,
            self.console.token if token is None else token,
            now=int(time.time()) if now is None else now,
            nonce=nonce,
            make_signature=sign,
            patience=self.patience,
        )
        self.waits.append(made.answer.milliseconds)
        return made

    async def tell(self, *, console: Console | None = None, nonce: str = "") -> Delivery:
        """Deliver a text."""
        return await self.send("text", console=console, nonce=nonce, Content=PING)

    async def send(
        self, name: str, *, console: Console | None = None, nonce: str = "", forged: bool = False, **fields: str
    ) -> Delivery:
        """Deliver a sample."""
        now = int(time.time())
        push = compose(console or self.console, name, fields, now=now, nonce=nonce, forged=forged)
        return await self.deliver(push)

    async def deliver(self, push: Push) -> Delivery:
        """Deliver a message once."""
        try:
            made = await deliver(self._client, self.url, push, patience=self.patience)
        except httpx.ConnectError:
            made = Delivery(Verdict("fault", cause=Cause.BROKEN_OFF), HttpAnswer())
        self.waits.append(made.answer.milliseconds)
        return made


def _at_another_path(url: str, name: str) -> str:
    """The URL with another last part of its path."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/').rpartition('/')[0]}/{name}"))

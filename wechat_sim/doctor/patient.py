"""The callback that is examined, and the ways to ask it."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx

from wechat_sim.doctor.address import Resolve, resolve_by_system
from wechat_sim.doctor.handshake import Handshake, Sign, Signed, shake, sign_properly
from wechat_sim.platform.console import Console
from wechat_sim.platform.delivery import PATIENCE, Delivery, deliver
from wechat_sim.platform.fetching import HttpAnswer
from wechat_sim.platform.inbound import Push, choose_nonce, compose, sign_query
from wechat_sim.platform.verdict import Cause, Verdict

PING: Final = "ping 你好"
"""The text that the doctor sends: partly Chinese, so that a length in characters differs from one in bytes."""


@dataclass(repr=False)
class Patient:
    """One callback, as the platform sees it whose console has these settings."""

    client: httpx.AsyncClient
    url: str
    console: Console
    patience: float = PATIENCE
    resolve: Resolve = resolve_by_system
    waits: list[float] = field(default_factory=list)
    """Milliseconds that it took to answer, request by request."""

    async def shake(
        self, token: str = "", *, now: int = 0, nonce: str = "", sign: Sign = sign_properly, path: str = ""
    ) -> Handshake:
        """Check the URL, or another path beside it: with the console's token and the present, or with others."""
        token, now, nonce = token or self.console.token, now or int(time.time()), nonce or choose_nonce()
        echostr = str(10**18 + secrets.randbelow(9 * 10**18))
        signature = sign(Signed(token, str(now), nonce, echostr))
        query = sign_query(token, timestamp=now, nonce=nonce, echostr=echostr, signature=signature)
        url = _at_another_path(self.url, path) if path else self.url
        made = await shake(self.client, url, query, echostr=echostr, patience=self.patience)
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
            made = await deliver(self.client, self.url, push, patience=self.patience)
        except httpx.ConnectError:
            made = Delivery(Verdict("fault", cause=Cause.BROKEN_OFF), HttpAnswer())
        self.waits.append(made.answer.milliseconds)
        return made


def _at_another_path(url: str, name: str) -> str:
    """The URL with another last part of its path."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/').rpartition('/')[0]}/{name}"))

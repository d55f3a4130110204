"""The commands of `python -m simulator`."""

import asyncio
import os
import sys
from typing import Never
from urllib.parse import urlsplit

import click
import httpx

from simulator import local, sample_events
from simulator.account import Played, choose_account
from simulator.platform import Exchange, push
from simulator.seen import FAULT_LINE, Seen, in_words
from wechat_aws.settings import InvalidSettings

_LOCAL_URL = "http://127.0.0.1:8000/wechat"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.group()
def main() -> None:
    """Play WeChat: send messages to a callback and see what the follower would see."""


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
def serve(port: int, host: str) -> None:
    """Run the callback locally, with a page to chat with it.

    The account is the environment's WECHAT_ACCOUNT, or else the sample account.
    """
    local.serve(host, port, _account())


@main.command()
@click.argument("text", envvar="TEXT")
@click.option("--url", default=_LOCAL_URL, show_default=True, help="The callback.")
def send(text: str, url: str) -> None:
    """Send TEXT (or the environment's TEXT) to a callback, signed with the account's token."""
    exchange = asyncio.run(_send(text, url, _account().token))
    if exchange.seen.what == "fault":
        _stop(f"the follower sees: {FAULT_LINE} ({exchange.seen.why})")
    click.echo(f"the follower sees: {_line(exchange.seen)}\n")
    click.echo(f"sent to {url}\n{exchange.sent.decode('utf-8', 'replace')}\n")
    click.echo(f"received: {exchange.status} in {exchange.milliseconds:.0f} ms\n{exchange.received.decode()}")


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is other than it would be written.")
def events(check: bool) -> None:
    """Write the sample proxy events in events/."""
    names = sample_events.differing(sample_events.DIRECTORY)
    if check and names:
        _stop(f"differs: {', '.join(f'events/{name}' for name in names)}; write it with: python -m simulator events")
    if not check:
        sample_events.write_events(sample_events.DIRECTORY)
    click.echo(f"events/ is up to date{f', changed: {", ".join(names)}' if names else ''}")


async def _send(text: str, url: str, token: str) -> Exchange:
    local = _host(url) in _LOOPBACK
    async with httpx.AsyncClient(trust_env=not local) as client:  # nothing local goes by a proxy
        try:
            return await push(client, url, token, "text", {"Content": text})
        except httpx.ConnectError as error:
            _stop(f"nothing listens at {url}: {'start it with: make run' if local else error}")


def _host(url: str) -> str:
    """The host of a URL, which is one of HTTP."""
    try:
        httpx.URL(url)  # refuses what it could not send to
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in ("http", "https") and parts.port != 0 else None
    except (ValueError, httpx.InvalidURL):
        host = None
    return host or _stop(f"{url} is no URL of a callback: write http:// or https://, a host and a path")


def _line(seen: Seen) -> str:
    """What the follower sees, in words."""
    if seen.what == "nothing":
        return f"nothing ({seen.why})"
    words = in_words(seen.reply)
    return words if seen.reply.msg_type == "text" else f"[{seen.reply.msg_type}] {words}"


def _account() -> Played:
    try:
        return choose_account(os.environ)
    except InvalidSettings as error:
        _stop(f"wechat-lambda cannot start: {error}")


def _stop(line: str) -> Never:
    sys.exit(line)

"""The commands of `wechat-sim`, which is `python -m wechat_sim`."""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any, Never

import click
import httpx

from wechat_sim import sample_events, view
from wechat_sim import serve as server
from wechat_sim.cli import report
from wechat_sim.cli.prompt import asked_for, configured, in_mode
from wechat_sim.cli.terminal import prepare, say_json
from wechat_sim.cli.waiting import waiting
from wechat_sim.doctor.address import host_of, is_loopback
from wechat_sim.doctor.examination import Check, Doctor
from wechat_sim.platform.console import MODES, PLAIN, Console, Mode
from wechat_sim.platform.delivery import DELIVERIES, Exchange
from wechat_sim.platform.delivery import send as send_message
from wechat_sim.platform.inbound import Push, compose, push_of
from wechat_sim.platform.samples import Sample, samples
from wechat_sim.platform.texts import choose_language

_LOCAL_URL = "http://127.0.0.1:8000/wechat"
_MODE = click.option("--mode", type=click.Choice(MODES), help="What the console is set to. [default: as the account]")
_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON, for other programs.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Play WeChat to a callback, in any language, and see what the follower would see.

    The account is that of the environment's WECHAT_ACCOUNT, or else the sample account.
    """
    prepare()


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
def serve(port: int, host: str) -> None:
    """Run the callback of this project locally, with a page to chat with it."""
    console, max_age = configured()
    try:
        server.serve_project(host, port, console, max_age)
    except server.CannotServe as error:
        _stop(str(error))


@main.command()
@click.argument("text", required=False)
@click.option("--url", default=_LOCAL_URL, show_default=True, help="The callback.")
@click.option("--sample", "name", help="Send a sample: image, event_subscribe … --list names them.")
@click.option("--field", "fields", multiple=True, metavar="NAME=TEXT", help="Put a text into the sample; repeatable.")
@click.option("--file", "path", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="Send this XML.")
@_MODE
@click.option("--retry", default=0, type=click.IntRange(0, DELIVERIES - 1), help="Deliver so many times again.")
@click.option("--forged", is_flag=True, help="Sign it with a wrong token.")
@click.option("--list", "list_samples", is_flag=True, help="List the samples.")
@_JSON
def send(
    text: str | None,
    url: str,
    name: str | None,
    fields: tuple[str, ...],
    path: Path | None,
    mode: Mode | None,
    retry: int,
    forged: bool,
    list_samples: bool,
    as_json: bool,
) -> None:
    """Send TEXT, a sample or a file to a callback, as WeChat would.

    Ends with 0 where the follower sees a reply or, rightly, nothing; with 1 where WeChat would show its fault line.

    \b
    wechat-sim send 你好
    wechat-sim send --sample event_click --field EventKey=MENU_1
    wechat-sim send 你好 --mode safe --retry 1 --url https://example.com/wechat
    """
    if list_samples:
        return click.echo("\n".join(f"{each.name:40} {' '.join(each.content)}" for each in samples().values()))
    if (text is not None) + (name is not None) + (path is not None) != 1:
        raise click.UsageError("give one of TEXT, --sample and --file")
    console, now = in_mode(configured()[0], mode), int(time.time())
    try:
        push = _push(console, text, name, path, dict(_pair(field) for field in fields), now=now, forged=forged)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    exchange = asyncio.run(_send(_checked(url), push, retry))
    if as_json:
        say_json(_without_signatures(view.exchange(exchange)))
    else:
        report.print_exchange(exchange, url, choose_language(os.environ))
    sys.exit(exchange.verdict.what == "fault")


@main.command()
@click.argument("url")
@_MODE
@_JSON
def doctor(url: str, mode: Mode | None, as_json: bool) -> None:
    """Find out why a callback at URL does not work.

    Asks for the console's settings without showing them, where WECHAT_ACCOUNT is not set. Ends with 0 where WeChat will
    verify the URL and deliver messages, warnings included; with 1 where it will not.

    \b
    wechat-sim doctor https://example.com/wechat
    wechat-sim doctor https://example.com/wechat --mode safe
    """
    console = in_mode(configured()[0], mode) if os.environ.get("WECHAT_ACCOUNT") else asked_for(mode or PLAIN)
    checks = asyncio.run(_examine(url, console, quiet=as_json))
    if as_json:
        say_json(report.as_json(url, checks))
    else:
        report.print_diagnosis(checks, choose_language(os.environ))
    sys.exit(report.is_ill(checks))


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is other than it would be written.")
def events(check: bool) -> None:
    """Write the sample proxy events in events/."""
    names = sample_events.differing(sample_events.DIRECTORY)
    if check and names:
        _stop(f"differs: {', '.join(f'events/{name}' for name in names)}; write it with: python -m wechat_sim events")
    if not check:
        sample_events.write_events(sample_events.DIRECTORY)
    click.echo(f"events/ is up to date{f', changed: {", ".join(names)}' if names else ''}")


def _push(
    console: Console, text: str | None, name: str | None, path: Path | None, fields: dict[str, str], **how: Any
) -> Push:
    if path:
        xml = path.read_bytes()
        return push_of(console, xml, Sample(path.name, xml.decode("utf-8", "replace")).fields, **how)
    if name is not None and name not in samples():
        raise ValueError(f"there is no sample {name}: --list names them")
    return compose(console, name or "text", fields if text is None else {"Content": text, **fields}, **how)


def _pair(field: str) -> tuple[str, str]:
    name, equals, text = field.partition("=")
    if not equals:
        raise click.UsageError(f"--field takes NAME=TEXT, not {field}")
    return name, text


def _client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=not is_loopback(host_of(url)))  # nothing local goes by a proxy


async def _send(url: str, push: Push, retry: int) -> Exchange:
    async with _client(url) as client, waiting("no answer yet"):
        try:
            return await send_message(client, url, push, lost=retry)
        except httpx.ConnectError as error:
            local = is_loopback(host_of(url))
            _stop(f"nothing listens at {url}: {'start it with: make run' if local else error}")


async def _examine(url: str, console: Console, *, quiet: bool) -> list[Check]:
    checks = []
    async with _client(url) as client, waiting("examining"):
        async for check in Doctor(client, url, console).examine():
            checks.append(check)
            if not quiet:
                report.print_check(check, choose_language(os.environ))
    return checks


def _checked(url: str) -> str:
    return (
        url if host_of(url) else _stop(f"{url} is no URL of a callback: write http:// or https://, a host and a path")
    )


def _without_signatures(exchange: dict[str, Any]) -> dict[str, Any]:
    del exchange["sent"]["query"]
    return exchange


def _stop(line: str) -> Never:
    sys.exit(line)

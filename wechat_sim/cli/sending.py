"""The commands that send: a message, and one that was recorded."""

import asyncio
import json
import os
import sys
import time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import click
import httpx

from wechat_sim import view
from wechat_sim.cli import report
from wechat_sim.cli.account import Given, account_options
from wechat_sim.cli.program import GOOD, ILL, UNREACHABLE, Stop
from wechat_sim.cli.terminal import say, say_json
from wechat_sim.cli.waiting import waiting
from wechat_sim.doctor.address import host_of, is_loopback
from wechat_sim.platform.console import Console
from wechat_sim.platform.delivery import DELIVERIES, Exchange
from wechat_sim.platform.delivery import send as send_message
from wechat_sim.platform.inbound import Push, compose, push_of
from wechat_sim.platform.samples import Sample, samples
from wechat_sim.platform.texts import Language, choose_language

_LOCAL_URL: Final = "http://127.0.0.1:8000/wechat"
_STDIN: Final = Path("-")

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON, for other programs.")
language_option = click.option(
    "--lang", "language", type=click.Choice(["en", "zh"]), help="Of what is explained. [default: the terminal's]"
)


@click.command()
@click.argument("text", required=False)
@click.option("--url", default=_LOCAL_URL, show_default=True, help="The callback.")
@click.option("--sample", "name", help="Send a sample: image, event_subscribe … --list names them.")
@click.option("--field", "fields", multiple=True, metavar="NAME=TEXT", help="Put a text into the sample; repeatable.")
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, exists=True, allow_dash=True, path_type=Path),
    help="Send this XML; - is standard input.",
)
@click.option("--retry", default=0, type=click.IntRange(0, DELIVERIES - 1), help="Deliver so many times again.")
@click.option("--forged", is_flag=True, help="Sign it with a wrong token.")
@click.option("--curl", is_flag=True, help="Show the signed request as a command of curl, and send nothing.")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Record the exchange, for replay.")
@click.option("--list", "list_samples", is_flag=True, help="List the samples.")
@account_options
@language_option
@json_option
def send(
    text: str | None,
    url: str,
    name: str | None,
    fields: tuple[str, ...],
    path: Path | None,
    retry: int,
    forged: bool,
    curl: bool,
    save: Path | None,
    list_samples: bool,
    account: Given,
    language: Language | None,
    as_json: bool,
) -> int:
    """Send TEXT, a sample or a file to a callback, as WeChat would; - is a text from standard input.

    Ends with 0 where the follower sees a reply or, rightly, nothing; with 1 where WeChat would show its fault line;
    with 3 where there is no connection.

    \b
    wechat-sim send 你好
    wechat-sim send --sample event_click --field EventKey=MENU_1
    wechat-sim send 你好 --mode safe --retry 1 --url https://example.com/wechat
    """
    if list_samples:
        return _list_samples(as_json=as_json)
    if (text is not None) + (name is not None) + (path is not None) != 1:
        raise click.UsageError("give one of TEXT, --sample and --file")
    console, now = account.choose_console(), int(time.time())
    require_url(url)
    try:
        content = dict(_pair(field) for field in fields)
        push = _write_push(console, text, name, path, content, now=now, forged=forged)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if curl:
        say(view.curl(push, url))
        return GOOD
    exchange = asyncio.run(_send(url, push, retry))
    told = _without_signatures(view.exchange(exchange))
    if save:
        record = {"url": url, "mode": console.mode, "retry": retry, "forged": forged, "exchange": told}
        save.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", "utf-8", "surrogatepass")
    if as_json:
        say_json(told)
    else:
        report.print_exchange(exchange, url, language or choose_language(os.environ))
    return ILL if exchange.verdict.what == "fault" else GOOD


@click.command()
@click.argument("record", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--url", help="Another callback than the recorded one.")
@account_options
@language_option
@json_option
def replay(record: Path, url: str | None, account: Given, language: Language | None, as_json: bool) -> int:
    """Send again what `send --save RECORD` has recorded: the same document, signed anew.

    Ends with 0 where the follower sees what was recorded, and with 1 where it is something else.
    """
    recorded = _read_record(record)
    before, xml = recorded["exchange"], recorded["exchange"]["sent"]["xml"]
    url = require_url(url or recorded["url"])
    console = account.choose_console()
    if not account.mode and recorded["mode"] in console.modes:
        console = console.replace(mode=recorded["mode"])
    body, fields = xml.encode("utf-8", "surrogatepass"), Sample(record.name, xml).fields
    push = push_of(console, body, fields, now=int(time.time()), forged=recorded["forged"])
    exchange = asyncio.run(_send(url, push, recorded["retry"]))
    told = _without_signatures(view.exchange(exchange))
    is_same = (told["seen"]["what"], told["reply"]) == (before["seen"]["what"], before["reply"])
    if as_json:
        say_json(told | {"as_recorded": is_same})
    else:
        report.print_exchange(exchange, url, language or choose_language(os.environ))
        say("\nas recorded" if is_same else f"\nnot as recorded, which was: {report.describe_recorded(before)}")
    return GOOD if is_same else ILL


def require_url(url: str) -> str:
    """The URL, if it is one of HTTP.

    Raises:
        Stop: it is not.
    """
    if not host_of(url):
        raise Stop(f"{url} is no URL of a callback: write http:// or https://, a host and a path")
    return url


def open_client(url: str) -> httpx.AsyncClient:
    """A client for a callback."""
    return httpx.AsyncClient(trust_env=not is_loopback(host_of(url)))  # nothing local goes by a proxy


def _list_samples(*, as_json: bool) -> int:
    if as_json:
        say_json({each.name: each.content for each in samples().values()})
    else:
        say("\n".join(f"{each.name:40} {' '.join(each.content)}" for each in samples().values()))
    return GOOD


def _write_push(
    console: Console, text: str | None, name: str | None, path: Path | None, fields: dict[str, str], **how: Any
) -> Push:
    if path:
        xml = sys.stdin.buffer.read() if path == _STDIN else path.read_bytes()
        return push_of(console, xml, Sample(path.name, xml.decode("utf-8", "replace")).fields, **how)
    if name is not None and name not in samples():
        raise ValueError(f"there is no sample {name}: {_suggest(name)}")
    if text is not None:
        content = sys.stdin.read().removesuffix("\n") if text == "-" else text
        return compose(console, "text", {"Content": content, **fields}, **how)
    return compose(console, name or "text", fields, **how)


def _suggest(name: str) -> str:
    close = get_close_matches(name, [*samples(), *(each.removeprefix("event_") for each in samples())], n=3)
    names = dict.fromkeys(each if each in samples() else f"event_{each}" for each in close)
    return f"did you mean {' or '.join(names)}?" if names else "--list names them"


def _pair(field: str) -> tuple[str, str]:
    name, equals, text = field.partition("=")
    if not equals:
        raise click.UsageError(f"--field takes NAME=TEXT, not {field}")
    return name, text


async def _send(url: str, push: Push, retry: int) -> Exchange:
    async with open_client(url) as client, waiting("no answer yet"):
        try:
            return await send_message(client, url, push, lost=retry)
        except httpx.ConnectError as error:
            raise Stop(f"nothing listens at {url}: {_explain_absence(url, error)}", UNREACHABLE) from None


def _explain_absence(url: str, error: httpx.ConnectError) -> str:
    if url == _LOCAL_URL:
        return "start it with wechat-sim serve, or name another callback with --url"
    return "start the callback" if is_loopback(host_of(url)) else str(error)


def _read_record(path: Path) -> dict[str, Any]:
    try:
        recorded: dict[str, Any] = json.loads(path.read_text("utf-8", "surrogatepass"))
        exchange = recorded["exchange"]
        texts = (recorded["url"], recorded["mode"], exchange["sent"]["xml"], exchange["seen"]["what"])
        if all(isinstance(text, str) for text in texts) and recorded["retry"] in range(DELIVERIES):
            return recorded | {"forged": bool(recorded["forged"]), "exchange": {"reply": None} | exchange}
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise Stop(f"{path} is no record: make one with wechat-sim send --save")


def _without_signatures(exchange: dict[str, Any]) -> dict[str, Any]:
    del exchange["sent"]["query"]
    return exchange

"""The command that sends a message."""

import asyncio
import sys
import time
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from wechat_sim import view
from wechat_sim.cli import report
from wechat_sim.cli.account import Given, account_options
from wechat_sim.cli.connection import LOCAL_URL, deliver, require_url
from wechat_sim.cli.program import json_option, language_option
from wechat_sim.cli.recording import save_record, without_signatures
from wechat_sim.cli.terminal import say, say_json
from wechat_sim.phrases import explain_error
from wechat_sim.platform.console import Console
from wechat_sim.platform.delivery import DELIVERIES
from wechat_sim.platform.inbound import Push, compose, push_of
from wechat_sim.platform.samples import samples
from wechat_sim.stop import GOOD, ILL
from wechat_sim.texts import Language, word


@click.command()
@click.argument("text", required=False)
@click.option("--url", default=LOCAL_URL, show_default=True, help="The callback.")
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
    language: Language,
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
        raise click.UsageError(word("one_thing", language))
    if name is not None and name not in samples():
        raise click.UsageError(word("no_sample", language, name=name, hint=_suggest(name, language)))
    console, now = account.choose_console(), int(time.time())
    require_url(url)
    try:
        content = dict(_pair(field, language) for field in fields)
        push = _write_push(console, text, name, path, content, now=now, forged=forged)
    except ValueError as error:
        raise click.UsageError(explain_error(str(error), language)) from None
    if curl:
        say(view.curl(push, url))
        return GOOD
    exchange = asyncio.run(deliver(url, push, retry, language))
    if save:
        save_record(save, exchange, url=url, retry=retry)
    if as_json:
        say_json(without_signatures(exchange))
    else:
        report.print_exchange(exchange, url, language)
    return ILL if exchange.verdict.what == "fault" else GOOD


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
        xml = sys.stdin.buffer.read() if path == Path("-") else path.read_bytes()
        return push_of(console, xml, **how)
    if text is not None:
        fields = {"Content": sys.stdin.read().removesuffix("\n") if text == "-" else text} | fields
    return compose(console, name or "text", fields, **how)


def _suggest(name: str, language: Language) -> str:
    close = get_close_matches(name, [*samples(), *(each.removeprefix("event_") for each in samples())], n=3)
    names = dict.fromkeys(each if each in samples() else f"event_{each}" for each in close)
    joined = word("or", language).join(names)
    return word("did_you_mean", language, names=joined) if names else word("see_list", language)


def _pair(field: str, language: Language) -> tuple[str, str]:
    name, equals, text = field.partition("=")
    if not equals:
        raise click.UsageError(word("no_pair", language, field=field))
    return name, text

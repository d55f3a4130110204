"""Records an exchange, and sends it again."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import click

from wechat_sim import view
from wechat_sim.cli import report
from wechat_sim.cli.account import Given, account_options
from wechat_sim.cli.connection import deliver, require_url
from wechat_sim.cli.program import json_option, language_option
from wechat_sim.cli.terminal import say, say_json
from wechat_sim.platform.delivery import DELIVERIES, Exchange
from wechat_sim.platform.inbound import push_of
from wechat_sim.stop import GOOD, ILL, stop
from wechat_sim.texts import Language, word


@click.command()
@click.argument("record", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--url", help="Another callback than the recorded one.")
@account_options
@language_option
@json_option
def replay(record: Path, url: str | None, account: Given, language: Language, as_json: bool) -> int:
    """Send again what `send --save RECORD` has recorded: the same document, signed anew.

    Ends with 0 where the follower sees what was recorded, and with 1 where it is something else.
    """
    recorded = _read_record(record)
    before, xml = recorded["exchange"], recorded["exchange"]["sent"]["xml"]
    url = require_url(url or recorded["url"])
    console = account.choose_console()
    if not account.mode and recorded["mode"] in console.modes:
        console = console.replace(mode=recorded["mode"])
    push = push_of(console, xml.encode("utf-8", "surrogatepass"), now=int(time.time()), forged=recorded["forged"])
    exchange = asyncio.run(deliver(url, push, recorded["retry"], language))
    told = without_signatures(exchange)
    is_same = (told["seen"]["what"], told["reply"]) == (before["seen"]["what"], before["reply"])
    if as_json:
        say_json(told | {"as_recorded": is_same})
    else:
        report.print_exchange(exchange, url, language)
        was = report.describe_recorded(before, language)
        say(f"\n{word('as_recorded' if is_same else 'not_as_recorded', language, what=was)}")
    return GOOD if is_same else ILL


def save_record(path: Path, exchange: Exchange, *, url: str, retry: int) -> None:
    """Write what was sent and what came back, and nothing that was signed."""
    push = exchange.push
    record = {"url": url, "mode": push.console.mode, "retry": retry, "forged": push.forged}
    text = json.dumps(record | {"exchange": without_signatures(exchange)}, ensure_ascii=False, indent=2)
    path.write_text(f"{text}\n", "utf-8", "surrogatepass")


def without_signatures(exchange: Exchange) -> dict[str, Any]:
    """An exchange as JSON that may be kept or passed on."""
    told = view.exchange(exchange)
    del told["sent"]["query"]
    return told


def _read_record(path: Path) -> dict[str, Any]:
    try:
        recorded: dict[str, Any] = json.loads(path.read_text("utf-8", "surrogatepass"))
        exchange = recorded["exchange"]
        texts = (recorded["url"], recorded["mode"], exchange["sent"]["xml"], exchange["seen"]["what"])
        if all(isinstance(text, str) for text in texts) and recorded["retry"] in range(DELIVERIES):
            return recorded | {"forged": bool(recorded["forged"]), "exchange": {"reply": None} | exchange}
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise stop("no_record", path=path)

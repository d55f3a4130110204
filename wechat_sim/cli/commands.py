"""The commands of `wechat-sim`, which is `python -m wechat_sim`."""

import asyncio
import os
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Final

import click

from wechat_sim import sample_events
from wechat_sim import serve as server
from wechat_sim.cli import report
from wechat_sim.cli.account import Given, account_options, refuse_typed_account
from wechat_sim.cli.connection import require_url, show_wait
from wechat_sim.cli.program import Program, json_option, language_option
from wechat_sim.cli.recording import replay
from wechat_sim.cli.sending import send
from wechat_sim.cli.terminal import say, say_json
from wechat_sim.doctor.address import open_client
from wechat_sim.doctor.examination import Check, examine
from wechat_sim.doctor.patient import Patient
from wechat_sim.local.account import choose_account
from wechat_sim.platform.console import Console
from wechat_sim.stop import GOOD, ILL, stop
from wechat_sim.texts import Language, word

_PROJECT: Final = Path(__file__).resolve().parents[2] / "pyproject.toml"
"""There in a checkout alone."""


def _find_version() -> str:
    """That of the distribution, or in a checkout, where none is installed, the checkout's."""
    try:
        return metadata.version("wechat-lambda")
    except metadata.PackageNotFoundError:
        return str(tomllib.loads(_PROJECT.read_text("utf-8"))["project"]["version"])


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
    Exit codes: 0 good, 1 the callback is ill, 2 wrong usage, 3 unreachable, 130 interrupted.
    Completion of bash: eval "$(_WECHAT_SIM_COMPLETE=bash_source wechat-sim)" in ~/.bashrc; likewise zsh and fish.""",
)
@click.version_option(_find_version(), prog_name="wechat-sim")
def main() -> None:
    """Play WeChat to a callback, in any language, and see what the follower would see.

    The account is what --token, --key and --app-id say, or the file of --account, or the JSON in WECHAT_ACCOUNT; or
    else the sample account.
    """


@main.command()
@click.option("--url", help="A callback that runs elsewhere. [default: that of the project in this folder]")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@account_options
@language_option
def serve(url: str | None, port: int, host: str, account: Given, language: Language) -> int:
    """Chat with a callback on a page in the browser: with this project's, or with anybody's at --url.

    The account's options are for --url: this project's callback has its account in WECHAT_ACCOUNT.
    """
    if url:
        server.serve_page(host, port, account.choose_console(ask_in=language), require_url(url), language)
    else:
        refuse_typed_account()
        server.serve_project(host, port, *choose_account(os.environ), language)
    return GOOD


@main.command()
@click.argument("url")
@account_options
@language_option
@json_option
def doctor(url: str, account: Given, language: Language, as_json: bool) -> int:
    """Find out why a callback at URL does not work.

    Asks for the console's settings without showing them, where nothing else says them. Ends with 0 where WeChat will
    verify the URL and deliver messages, warnings included; with 1 where it will not; with 3 where nothing is there.

    \b
    wechat-sim doctor https://example.com/wechat
    wechat-sim doctor https://example.com/wechat --mode safe
    """
    console = account.choose_console(ask_in=language)
    checks = asyncio.run(_examine(url, console, language, is_quiet=as_json))
    if as_json:
        say_json(report.as_json(url, checks))
    else:
        report.print_diagnosis(checks, language)
    return report.exit_code(checks)


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is other than it would be written.")
@language_option
def events(check: bool, language: Language) -> int:
    """Write the sample proxy events in events/."""
    if not _PROJECT.is_file():
        raise stop("no_checkout")
    names = sample_events.list_stale(sample_events.DIRECTORY)
    if check and names:
        raise stop("events_differ", ILL, files=", ".join(f"events/{name}" for name in names))
    if not check:
        sample_events.write_events(sample_events.DIRECTORY)
    say(word("events_changed" if names else "events_fresh", language, files=", ".join(names)))
    return GOOD


main.add_command(send)
main.add_command(replay)


async def _examine(url: str, console: Console, language: Language, *, is_quiet: bool) -> list[Check]:
    """Every check, printed as it ends."""
    checks = []
    async with open_client(url) as client, show_wait("examining", language):
        async for check in examine(Patient(client, url, console)):
            checks.append(check)
            if not is_quiet:
                report.print_check(check, language)
    return checks

"""Which console settings a command plays with: those of the environment, or typed ones."""

import json
import os
import sys
from typing import Any

import click

from wechat_aws.settings import InvalidSettings, read_account
from wechat_sim.local.account import choose_account, console_of
from wechat_sim.platform.console import PLAIN, SAMPLE, Console, Mode


def configured() -> tuple[Console, int]:
    """Those of the environment, and how long the callback takes a signature; stops with one line where they are bad."""
    try:
        return choose_account(os.environ)
    except InvalidSettings as error:
        sys.exit(f"wechat-lambda cannot start: {error}")


def asked_for(mode: Mode) -> Console:
    """The console's settings, typed without being shown; stops with one line where they are none of a console's.

    The questions leave standard output to the answers.
    """
    token = _asked("Token, not shown (Enter for the sample account)", default="", show_default=False)
    if not token:
        return SAMPLE.replace(mode=mode)
    account = {"token": token}
    if mode != PLAIN:
        account |= {"encoding_aes_key": _asked("EncodingAESKey, not shown"), "app_id": click.prompt("AppID", err=True)}
    try:
        return console_of(read_account(json.dumps(account), "what you typed")).replace(mode=mode)
    except InvalidSettings as error:
        sys.exit(str(error))


def _asked(what: str, **how: Any) -> str:
    answer: str = click.prompt(what, hide_input=True, err=True, **how)
    return answer


def in_mode(console: Console, mode: Mode | None) -> Console:
    """The settings with another mode, if one is asked for."""
    if mode and mode not in console.modes:
        raise click.UsageError(f"{mode} mode needs encoding_aes_key and app_id in WECHAT_ACCOUNT")
    return console.replace(mode=mode) if mode else console

"""Which console settings a command plays with: those of the environment, or typed ones."""

import os
import sys

import click

from simulator.account import PLAIN, SAMPLE, Console, Mode, choose_account
from wechat_aws.settings import InvalidSettings


def configured() -> tuple[Console, int]:
    """Those of the environment, and how long the callback takes a signature; stops with one line where they are bad."""
    try:
        return choose_account(os.environ)
    except InvalidSettings as error:
        sys.exit(f"wechat-lambda cannot start: {error}")


def asked_for(mode: Mode) -> Console:
    """The console's settings, typed without being shown."""
    token = click.prompt(
        "Token, not shown (Enter for the sample account)", hide_input=True, default="", show_default=False
    )
    if not token:
        return SAMPLE.replace(mode=mode)
    if mode == PLAIN:
        return Console(token)
    return Console(token, click.prompt("EncodingAESKey, not shown", hide_input=True), click.prompt("AppID"), mode)


def in_mode(console: Console, mode: Mode | None) -> Console:
    """The settings with another mode, if one is asked for."""
    if mode and mode not in console.modes:
        raise click.UsageError(f"{mode} mode needs encoding_aes_key and app_id in WECHAT_ACCOUNT")
    return console.replace(mode=mode) if mode else console

"""The console settings that a command uses: from its options, from the environment, or typed."""

import json
import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from wechat_aws.settings import read_account
from wechat_core.values import Value
from wechat_sim.local.account import choose_account, console_of
from wechat_sim.platform.console import MODES, PLAIN, SAMPLE, Console, Mode
from wechat_sim.stop import Stop, stop
from wechat_sim.texts import ENGLISH, Language, word


class Given(Value):
    """What a command's options say about the account."""

    token: str | None
    key: str | None
    app_id: str | None
    file: Path | None
    mode: Mode | None

    def choose_console(self, *, ask_in: Language | None = None) -> Console:
        """The console's settings: the given ones, or else WECHAT_ACCOUNT, or else typed, if asked for, or the sample's.

        Raises:
            InvalidSettings: they are malformed.
            Stop: they have no key, which the mode needs.
        """
        console = self._read(ask_in)
        mode = self.mode or console.mode
        if mode not in console.modes:
            raise Stop(lambda language: word("no_key", language, mode=word(mode, language)))
        return console.replace(mode=mode)

    def _read(self, ask_in: Language | None) -> Console:
        if self.file:
            return console_of(read_account(self.file.read_text("utf-8", "replace"), str(self.file)))
        if self.token or self.key or self.app_id:
            parts = {"token": self.token, "encoding_aes_key": self.key, "app_id": self.app_id}
            return _read_parts(parts, "what --token, --key and --app-id say")
        if os.environ.get("WECHAT_ACCOUNT"):
            return choose_account(os.environ)[0]
        return ask_account(self.mode or PLAIN, ask_in) if ask_in else SAMPLE


def account_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options that name an account, together, as `account`."""

    @click.option(
        "--token",
        envvar="WECHAT_SIM_TOKEN",
        prompt="Token",
        prompt_required=False,
        hide_input=True,
        help="The console's Token; without a value it is asked for.",
    )
    @click.option("--key", envvar="WECHAT_SIM_KEY", help="The console's EncodingAESKey, of safe or compatible mode.")
    @click.option("--app-id", envvar="WECHAT_SIM_APP_ID", help="The AppID, which goes with the key.")
    @click.option(
        "--account",
        "file",
        envvar="WECHAT_SIM_ACCOUNT",
        type=click.Path(dir_okay=False, exists=True, path_type=Path),
        help='A file that has them: {"token": "…", "encoding_aes_key": "…", "app_id": "wx…"}.',
    )
    @click.option("--mode", type=click.Choice(MODES), help="What the console is set to. [default: as the account]")
    @wraps(command)
    def call(**values: Any) -> int:
        account = Given(*(values.pop(name) for name in Given.__match_args__))
        return command(account=account, **values)

    return call


def refuse_typed_account() -> None:
    """Refuse an account on the command line, where the callback has its own; the environment may name one for others.

    Raises:
        Stop: some of an account is there.
    """
    context, typed = click.get_current_context(), (ParameterSource.COMMANDLINE, ParameterSource.PROMPT)
    given = {name for name in Given.__match_args__ if context.get_parameter_source(name) in typed}
    if given:
        options = [each.opts[0] for each in context.command.params if each.name in given]
        raise stop("needs_url", options=", ".join(options))


def ask_account(mode: Mode, language: Language = ENGLISH) -> Console:
    """The console's settings, typed without being shown; the questions leave standard output to the answers.

    Raises:
        InvalidSettings: they are malformed.
    """
    token = _ask(word("ask_token", language), default="", show_default=False)
    if not token:
        return SAMPLE
    if mode == PLAIN:
        return _read_parts({"token": token}, "what you typed")
    key, app_id = _ask(word("ask_key", language)), click.prompt("AppID", err=True)
    return _read_parts({"token": token, "encoding_aes_key": key, "app_id": app_id}, "what you typed")


def _read_parts(parts: dict[str, str | None], source: str) -> Console:
    """The console with these settings."""
    return console_of(read_account(json.dumps({name: text for name, text in parts.items() if text}), source))


def _ask(what: str, **how: Any) -> str:
    answer: str = click.prompt(what, hide_input=True, err=True, **how)
    return answer

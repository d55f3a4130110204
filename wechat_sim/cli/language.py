"""Which language a command speaks."""

import os
from typing import Final

import click

from wechat_sim.texts import Language, choose_language


class Session:
    """One run of the command line: its language is the terminal's until an option says otherwise."""

    def __init__(self) -> None:
        self.language: Language = choose_language(os.environ)


def _speak(context: click.Context, _: click.Parameter, given: Language | None) -> Language:
    session = context.ensure_object(Session)
    if given:
        session.language = given
    return session.language


language_option: Final = click.option(
    "--lang",
    "language",
    type=click.Choice(["en", "zh"]),
    callback=_speak,
    is_eager=True,  # so that what is wrong with another option is told in it
    help="Of what is explained. [default: the terminal's]",
)

"""How a command ends: its exit code and, where it cannot go on, one line in the user's language."""

from collections.abc import Callable
from typing import Final

import click

from wechat_sim.texts import ENGLISH, Language, word

GOOD: Final = 0
ILL: Final = 1
"""The callback does not do what WeChat needs."""
USAGE: Final = 2
"""What was typed, or configured, cannot be used."""
UNREACHABLE: Final = 3
INTERRUPTED: Final = 130


class Stop(click.ClickException):
    """Ends a command with a code and one line, which `tell` says in a language; in JSON the line is English."""

    def __init__(self, tell: Callable[[Language], str], code: int = USAGE) -> None:
        super().__init__(tell(ENGLISH))
        self.tell = tell
        self.exit_code = code  # type: ignore[misc]  # click reads it from the instance


def stop(name: str, code: int = USAGE, **values: object) -> Stop:
    """A Stop with a line of texts.json, and what is put into it."""
    return Stop(lambda language: word(name, language, **values), code)

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

type Tell = Callable[[Language], str]
"""Says one thing in a language."""


class Stop(click.ClickException):
    """Ends a command with one line on standard error, and a code; in JSON the line is English."""

    def __init__(self, tell: Tell, code: int = USAGE) -> None:
        super().__init__(tell(ENGLISH))
        self.tell = tell
        self.exit_code = code  # type: ignore[misc]  # click reads it from the instance


def stop(name: str, code: int = USAGE, **values: object) -> Stop:
    """A Stop with a line of texts.json, and what is put into it."""
    return Stop(lambda language: word(name, language, **values), code)

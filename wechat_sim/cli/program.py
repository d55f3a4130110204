"""What every command keeps to: how it ends, and that `--json` is answered in JSON whatever happens."""

import errno
import os
import sys
from collections.abc import Sequence
from typing import IO, Any, Final, Never, override

import click

from wechat_sim.cli.terminal import prepare, say, say_json

GOOD: Final = 0
ILL: Final = 1
"""The callback does not do what WeChat needs."""
USAGE: Final = 2
"""What was typed, or configured, cannot be used."""
UNREACHABLE: Final = 3
INTERRUPTED: Final = 130

_KINDS: Final = {ILL: "ill", USAGE: "usage", UNREACHABLE: "unreachable", INTERRUPTED: "interrupted"}


class Stop(click.ClickException):
    """Ends a command with one line on standard error, and a code."""

    def __init__(self, line: str, code: int = USAGE) -> None:
        super().__init__(line)
        self.exit_code = code  # type: ignore[misc]  # click reads it from the instance

    @override
    def show(self, file: IO[Any] | None = None) -> None:
        say(self.message, err=True)


class Program(click.Group):
    """The commands, each of which returns its exit code."""

    @override
    def main(  # type: ignore[override]  # it always ends the program
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **more: Any
    ) -> Never:
        """Run a command and end with its code."""
        prepare()
        arguments = list(sys.argv[1:] if args is None else args)
        try:
            sys.exit(super().main(arguments, prog_name, **{**more, "standalone_mode": False}) or GOOD)
        except click.ClickException as error:
            _end(error, as_json="--json" in arguments)
        except click.Abort as error:
            if isinstance(error.__context__, EOFError):
                _end(Stop("\nnobody is there to answer: name the account, see --help"), as_json="--json" in arguments)
            _end(Stop("\ninterrupted", INTERRUPTED), as_json="--json" in arguments)
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of the output has gone
            sys.exit(ILL)


def _end(error: click.ClickException, *, as_json: bool) -> Never:
    if as_json:
        say_json({"error": {"kind": _KINDS[error.exit_code], "message": error.format_message().strip()}})
    else:
        error.show()
    sys.exit(error.exit_code)

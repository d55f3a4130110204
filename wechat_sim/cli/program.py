"""What every command keeps to: its language, how it ends, and that `--json` is answered in JSON whatever happens."""

import errno
import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any, Final, Never, override

import click

from wechat_aws.settings import InvalidSettings
from wechat_sim.cli.terminal import prepare, say, say_json
from wechat_sim.phrases import explain_error
from wechat_sim.stop import GOOD, ILL, INTERRUPTED, UNREACHABLE, USAGE, Stop, stop
from wechat_sim.texts import Language, choose_language

_KINDS: Final = {ILL: "ill", USAGE: "usage", UNREACHABLE: "unreachable", INTERRUPTED: "interrupted"}


class Session:
    """One run of the command line: its language is the terminal's until an option says otherwise."""

    def __init__(self) -> None:
        self.language: Language = choose_language(os.environ)


def _speak(context: click.Context, _: click.Parameter, given: Language | None) -> Language:
    session = context.ensure_object(Session)
    session.language = given or session.language
    return session.language


language_option: Final = click.option(
    "--lang",
    "language",
    type=click.Choice(["en", "zh"]),
    callback=_speak,
    is_eager=True,  # so that what is wrong with another option is told in it
    help="Of what is explained. [default: the terminal's]",
)
json_option: Final = click.option("--json", "as_json", is_flag=True, help="Write JSON, for other programs.")


class Program(click.Group):
    """The commands, each of which returns its exit code."""

    @override
    def main(  # type: ignore[override]  # it always ends the program
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **more: Any
    ) -> Never:
        """Run a command and end with its code."""
        prepare()
        session, arguments = Session(), list(sys.argv[1:] if args is None else args)
        as_json = "--json" in arguments
        ended: click.ClickException
        try:
            sys.exit(super().main(arguments, prog_name, **{**more, "standalone_mode": False, "obj": session}) or GOOD)
        except click.ClickException as error:
            ended = error
        except InvalidSettings as error:
            ended = Stop(partial(explain_error, str(error)))
        except click.Abort as error:
            if not as_json:
                click.echo(err=True)  # what was typed, or ^C, stands on the line
            is_alone = isinstance(error.__context__, EOFError)
            ended = stop("nobody_answers") if is_alone else stop("interrupted", INTERRUPTED)
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of the output has gone
            sys.exit(ILL)
        if as_json:
            say_json({"error": {"kind": _KINDS[ended.exit_code], "message": ended.format_message().strip()}})
        elif isinstance(ended, Stop):
            say(ended.tell(session.language), err=True)
        else:
            ended.show()
        sys.exit(ended.exit_code)

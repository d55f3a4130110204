"""Writes what strangers wrote to the terminal: it controls nothing there, and any encoding can print it."""

import json
import re
import sys
import unicodedata
from io import TextIOWrapper
from typing import Any, Final

import click

_ODD: Final = re.compile(r"[^\n\t -~]")
_JOINERS: Final = "\u200c\u200d"  # emoji and scripts need them, and they steer nothing
_STEERING: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def prepare() -> None:
    """Let a terminal print an escape for each character that its encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str, *, err: bool = False) -> None:
    """Print lines; controls, escape sequences and what changes the direction of writing are shown as `\\x1b`."""
    click.echo(escape_controls(text), err=err)


def say_json(content: Any) -> None:
    """Print JSON in ASCII, which holds for every encoding and every terminal."""
    click.echo(json.dumps(content, indent=2))


def pad(text: str, columns: int) -> str:
    """The text with blanks behind it, up to so many columns of a terminal; a Chinese character takes two."""
    return text + " " * (columns - sum(1 + (unicodedata.east_asian_width(each) in "WF") for each in text))


def escape_controls(text: str) -> str:
    """The text with every character that steers a terminal written as an escape; line feeds and tabs stay."""
    return _ODD.sub(lambda found: _escape(found[0]), text)


def _escape(character: str) -> str:
    if unicodedata.category(character) not in _STEERING or character in _JOINERS:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"

"""Every sentence about a callback, in English and in Chinese, by an id: terminal and page share the one file."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

type Language = Literal["en", "zh"]

ENGLISH: Final[Language] = "en"
CHINESE: Final[Language] = "zh"

_FILE: Final = Path(__file__).parent / "texts.json"


@cache
def read_texts() -> Mapping[str, Any]:
    """The whole file: `causes` with their hints, what WeChat's `console` says, the doctor's `checks`, the terminal's
    `words`, and for phrases.py what `phrases` and `details` are in Chinese.
    """
    texts: Mapping[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return texts


def explain_cause(identifier: str, language: Language = ENGLISH) -> str:
    """The sentence for a cause, a note or a finding; empty for none."""
    return _look_up(identifier, "cause", language)


def hint_at(identifier: str, language: Language = ENGLISH) -> str:
    """What to change about it; empty where nothing is to be changed."""
    return _look_up(identifier, "hint", language)


def quote_console(identifier: str, language: Language = ENGLISH) -> str:
    """What WeChat's console says, or the follower reads; empty where they say nothing."""
    return str(read_texts()["console"][identifier][language]) if identifier else ""


def name_check(identifier: str, language: Language = ENGLISH) -> str:
    """The name of one of the doctor's checks."""
    return str(read_texts()["checks"][identifier][language])


def word(name: str, language: Language = ENGLISH, /, **values: object) -> str:
    """A line of the terminal, or a part of one, with values put in for the names in braces."""
    return str(read_texts()["words"][name][language]).format_map(values)


def choose_language(environ: Mapping[str, str]) -> Language:
    """The language of the terminal: Chinese where its locale is, or else English."""
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return CHINESE if locale.lower().startswith("zh") else ENGLISH


def _look_up(identifier: str, part: str, language: Language) -> str:
    return str(read_texts()["causes"][identifier][language].get(part, "")) if identifier else ""

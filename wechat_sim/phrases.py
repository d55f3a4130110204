"""Says in Chinese what core, edge and simulator say in English: the reasons and hints of errors, and what was seen.

`texts.json` lists these phrases, with names put in, and what each is in Chinese.
"""

import re
from functools import cache
from typing import Final, Literal

from wechat_sim.texts import CHINESE, ENGLISH, Language, read_texts

type _List = Literal["phrases", "details"]

_NAME: Final = re.compile(r"\{(\w+)\}")
_SEVERAL_WORDS: Final = ("source", "text")


def explain_error(text: str, language: Language = ENGLISH) -> str:
    """The text of an error, `reason: hint`, in a language."""
    reason, colon, hint = text.partition(": ")
    if language == ENGLISH or not colon:
        return translate(text, language)
    return f"{translate(reason, language)}：{translate(hint, language)}"


def explain_detail(detail: str, language: Language = ENGLISH) -> str:
    """What was seen, in a language; a stranger's own words stay as they are."""
    return translate(detail, language, "details")


def translate(phrase: str, language: Language = CHINESE, which: _List = "phrases") -> str:
    """A phrase in a language; one that is not listed stays as it is."""
    for english, chinese in _list_phrases(which) if language != ENGLISH else ():
        if found := english.fullmatch(phrase):
            return _NAME.sub(lambda name: translate(found[name[1]], language, which), chinese)
    return phrase


@cache
def _list_phrases(which: _List) -> list[tuple[re.Pattern[str], str]]:
    """What each phrase looks like, and what it is in Chinese."""
    phrases: dict[str, str] = read_texts()[which]
    return [(_pattern_of(english), chinese) for english, chinese in phrases.items()]


def _pattern_of(english: str) -> re.Pattern[str]:
    parts = [_part(part) if number % 2 else re.escape(part) for number, part in enumerate(_NAME.split(english))]
    return re.compile("".join(parts), re.DOTALL)


def _part(name: str) -> str:
    return f"(?P<{name}>{'.+' if name in _SEVERAL_WORDS else r'\S+'})"

"""Texts over the platform's limit: cut to it, or split into pieces that fit and, joined, are the text again."""

import re
import unicodedata
from typing import Final

ELLIPSIS: Final = "…"
_ENDS: Final = "。！？；…!?;"
_CLOSING: Final = "”’」』）》】)]\"'"
_JOINER: Final = "\u200d"
_MODIFIERS: Final = "\ufe0e\ufe0f\u20e3\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_WHOLE: Final = r"<a\b[^<>]*+>[^<]*+</a\s*+>|\b[a-z]+://[!-;=?-~]+|\[[^\[\]\s]{1,12}\]|/:[!-~]{1,6}"
"""Links, addresses, and the platform's own emoji, [微笑] and /::)."""


def cut(text: str, limit: int) -> str:
    """The text if it fits into `limit` bytes of UTF-8, or as much of it as fits, with an ellipsis."""
    if _fits(text, limit):
        return text
    window = text[: 2 * limit]  # a link that begins in what is left ends in here, or is too long for it
    return text[: _last_whole(window, _longest(window, limit - len(ELLIPSIS.encode())))] + ELLIPSIS


def split(text: str, limit: int) -> tuple[str, ...]:
    """The pieces of a text, each of at most `limit` bytes of UTF-8; joined, they are the text again.

    A piece ends with a paragraph if that leaves it at least half full, or else with a line, a sentence or a word;
    never within a link, an address or an emoji, unless that does not fit into any piece.
    """
    pieces, start = [], 0
    while not _fits(text[start : start + limit + 1], limit):
        window = text[start : start + 2 * limit]  # a link that begins in the piece ends in here, or is too long for any
        end = _end(window, _longest(window, limit))
        pieces.append(window[:end])
        start += end
    return *pieces, text[start:]


def _fits(text: str, limit: int) -> bool:
    return len(text) <= limit and len(text.encode()) <= limit


def _longest(text: str, limit: int) -> int:
    """How many characters fit into so many bytes."""
    return len(text[:limit].encode()[:limit].decode(errors="ignore"))


def _end(text: str, longest: int) -> int:
    """Where a piece ends best."""
    spans = _spans(text)
    ranked = ((_rank(text, end), end) for end in range(longest // 2 + 1, longest + 1))
    best = (end for _, end in sorted(ranked, reverse=True) if _is_whole(text, end, spans))
    return next(best, 0) or _last_whole(text, longest)


def _rank(text: str, end: int) -> int:
    """How good it is to end a piece there: after a paragraph, a line, a sentence, a word, or none of these."""
    before, last, after = text[end - 2 : end - 1], text[end - 1], text[end : end + 1]
    if last == "\n":
        return 4 if before == "\n" else 3
    if last.isspace():
        return 2 if before and before in _ENDS + "." else 1
    is_end = last in _ENDS or (last in _CLOSING and before != "" and before in _ENDS)
    return 2 if is_end and not (after and after in _ENDS + _CLOSING) else 0


def _last_whole(text: str, longest: int) -> int:
    """The last place, up to the longest piece, at which nothing is torn; where there is none, at which no emoji is."""
    ends = ((end, spans) for spans in (_spans(text), []) for end in range(longest, 0, -1))
    return next((end for end, spans in ends if _is_whole(text, end, spans)), longest)


def _spans(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(_WHOLE, text, re.IGNORECASE | re.DOTALL)]


def _is_whole(text: str, end: int, spans: list[tuple[int, int]]) -> bool:
    """Whether the text, which goes on there, may be torn: in no span, and within nothing seen as one character."""
    before, after = text[end - 1], text[end]
    return not (
        any(start < end < stop for start, stop in spans)
        or after in _MODIFIERS + _JOINER
        or before == _JOINER
        or unicodedata.category(after)[0] == "M"
        or "\U000e0020" <= after <= "\U000e007f"
        or before + after == "\r\n"
        or _is_in_flag(text, end)
    )


def _is_in_flag(text: str, end: int) -> bool:
    """A flag is two letters of its own kind."""
    start = end
    while start and "\U0001f1e6" <= text[start - 1] <= "\U0001f1ff":
        start -= 1
    return (end - start) % 2 == 1 and "\U0001f1e6" <= text[end] <= "\U0001f1ff"

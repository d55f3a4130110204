"""What the follower sees of an answer, and why: causes are ids, whose sentences are in texts.json."""

import re
from collections.abc import Iterator
from enum import StrEnum, auto
from itertools import chain
from typing import Final, Literal

from wechat_core.replies import NoReply, Reply
from wechat_core.values import Value
from wechat_core.xml_tree import Tree
from wechat_sim.phrases import explain_detail
from wechat_sim.texts import ENGLISH, Language, explain_cause, word

_READ: Final = 8192  # bytes of an answer that are looked at to quote it
_PAGE: Final = re.compile(r"\s*<(!doctype|html|head|body|h1|p\b|br\b|b>|div)", re.IGNORECASE)
_UNSEEN: Final = re.compile(r"<(style|script)\b.*?(</\1>|$)|<!--.*?(-->|$)|<[^>]*(>|$)", re.IGNORECASE | re.DOTALL)

FAULT_LINE: Final = "该公众号提供的服务出现故障，请稍后再试"


class Cause(StrEnum):
    """Why the follower sees no reply."""

    # nothing is shown
    ACKNOWLEDGED = auto()
    HANDED_OVER = auto()
    TEXT_TOO_LONG = auto()
    NOBODY = auto()
    # the fault line is shown
    TOO_LATE = auto()
    BROKEN_OFF = auto()
    WRONG_STATUS = auto()
    NOT_BARE = auto()
    NOT_XML = auto()
    COMPRESSED_REPLY = auto()
    JSON_REPLY = auto()
    HTML_REPLY = auto()
    RAW_AMPERSAND = auto()
    NOT_UTF8 = auto()
    ESCAPED_REPLY = auto()
    CUT_OFF = auto()
    WRONG_ROOT = auto()
    STRAY_OUTPUT = auto()
    TOO_BIG = auto()
    NO_TYPE = auto()
    UNKNOWN_TYPE = auto()
    WRONG_ADDRESSES = auto()
    INCOMPLETE = auto()
    NOT_ENCRYPTED = auto()
    ENCRYPTED = auto()
    SIGNATURE_MISSING = auto()
    WRONG_SIGNATURE = auto()
    WRONG_LENGTH = auto()
    WRONG_APP_ID = auto()
    REPLY_NOT_OPENED = auto()
    FORGERY_TAKEN = auto()
    # a forged message is refused
    REFUSED = auto()
    UNANSWERED = auto()


class Note(StrEnum):
    """What the platform lets pass, and the follower or the callback's owner may notice."""

    ARTICLES_DROPPED = auto()
    MANY_ARTICLES = auto()
    ALMOST_LATE = auto()
    ODD_TIME = auto()
    ODD_START = auto()


class Verdict(Value):
    """A reply, nothing, the fault line; or that a forged message was refused.

    `cause` says why it is no reply, `detail` what is particular to this answer; `notes` are what passes all the same.
    """

    what: Literal["reply", "nothing", "fault", "refused"]
    reply: Reply = NoReply()
    cause: Cause | Literal[""] = ""
    detail: str = ""
    notes: tuple[Note, ...] = ()

    def explain(self, language: Language = ENGLISH) -> str:
        """Cause and detail in one line."""
        cause, detail = explain_cause(self.cause, language), explain_detail(self.detail, language)
        return word("detailed", language, cause=cause, detail=detail) if detail else cause


def in_words(reply: Reply) -> str:
    """The texts of a reply, one a line: what a text says, the MediaId of an image, titles and links of articles."""
    return "\n".join(_list_texts(reply.write()))


def visible_text(body: bytes) -> str:
    """The visible text of an answer: of a web page without styles, scripts and tags."""
    text = body[:_READ].decode("utf-8", "replace")
    return _UNSEEN.sub(" ", text) if _PAGE.match(text) else text


def excerpt(body: bytes) -> str:
    """The beginning of a stranger's answer, safe for a terminal."""
    text = " ".join(visible_text(body)[:400].split())
    shown = "".join(character for character in text if character.isprintable())
    return shown if len(shown) <= 80 else f"{shown[:80]}…"


def in_short(status: int, body: bytes) -> str:
    """An unexpected answer in a few words."""
    return f"{status} {excerpt(body)}".strip()


def _list_texts(tree: Tree) -> Iterator[str]:
    for value in chain.from_iterable(tree.values()):
        match value:
            case dict():
                yield from _list_texts(value)
            case str():
                yield value

"""What the follower sees of an answer, and why: fixed phrases, so that they can be translated."""

from collections.abc import Iterator
from itertools import chain
from typing import Final, Literal

from wechat_core.replies import TEXT_LIMIT, NoReply, Reply
from wechat_core.values import Value
from wechat_core.wire import Tree

FAULT_LINE: Final = "该公众号提供的服务出现故障，请稍后再试"


class Verdict(Value):
    """A reply, nothing, the fault line; or that a forged message was refused.

    `cause` says why it is no reply and is one of `CAUSES`, `detail` what is particular to this answer; `notes` are what
    the platform lets pass and the follower may notice.
    """

    what: Literal["reply", "nothing", "fault", "refused"]
    reply: Reply = NoReply()
    cause: str = ""
    detail: str = ""
    notes: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Cause and detail in one line."""
        return f"{self.cause}: {self.detail}" if self.detail else self.cause

    @property
    def line(self) -> str:
        """What WeChat itself tells the follower."""
        return FAULT_LINE if self.what == "fault" else ""


# nothing is shown
ACKNOWLEDGED: Final = "the callback acknowledged the message without a reply"
HANDED_OVER: Final = "the message goes to the human desk"
TOO_LONG: Final = f"a text over {TEXT_LIMIT} bytes is not delivered"
NOBODY: Final = "a reply to this event reaches nobody"
# the fault line is shown
TOO_LATE: Final = "the callback did not answer within 5 seconds"
BROKEN_OFF: Final = "the callback broke the connection off"
WRONG_STATUS: Final = "the callback answered with another status than 200"
NOT_XML: Final = "the answer is neither success nor well-formed XML"
NOT_BARE: Final = "success must stand alone: no quotes, no blanks, no byte order mark"
UNKNOWN_TYPE: Final = "the reply's MsgType is none of the platform's"
WRONG_ADDRESSES: Final = "the reply is not addressed from the account to the follower"
WRONG_TIME: Final = "the reply's CreateTime is not in whole seconds"
INCOMPLETE: Final = "the reply lacks what its type requires"
NOT_ENCRYPTED: Final = "the reply is not encrypted, as safe mode requires"
ENCRYPTED: Final = "the reply is encrypted, which plain mode does not read"
WRONG_SIGNATURE: Final = "the encrypted reply is not signed with the console's token"
WRONG_KEY: Final = "the encrypted reply does not open with the console's EncodingAESKey and AppID"
FORGERY_TAKEN: Final = "the callback took a message that the platform did not sign"
# a forged message is refused
REFUSED: Final = "the callback refused the forged message, as it should"
UNANSWERED: Final = "the callback did not reply to the forged message"

CAUSES: Final = (
    *(ACKNOWLEDGED, HANDED_OVER, TOO_LONG, NOBODY),
    *(TOO_LATE, BROKEN_OFF, WRONG_STATUS, NOT_XML, NOT_BARE, UNKNOWN_TYPE, WRONG_ADDRESSES, WRONG_TIME, INCOMPLETE),
    *(NOT_ENCRYPTED, ENCRYPTED, WRONG_SIGNATURE, WRONG_KEY, FORGERY_TAKEN, REFUSED, UNANSWERED),
)

ARTICLES_DROPPED: Final = "the platform shows one article in answer to a message, and drops the others"
MANY_ARTICLES: Final = "the platform shows eight articles, and drops the others"
ALMOST_LATE: Final = "close to the 5 seconds that the platform waits"

NOTES: Final = (ARTICLES_DROPPED, MANY_ARTICLES, ALMOST_LATE)


def in_words(reply: Reply) -> str:
    """The texts of a reply, one a line: what a text says, the MediaId of a picture, titles and links of articles."""
    return "\n".join(_texts(reply.write()))


def excerpt(body: bytes) -> str:
    """The beginning of a stranger's answer, fit for a terminal."""
    text = " ".join(body[:400].decode("utf-8", "replace").split())
    shown = "".join(character for character in text if character.isprintable())
    return shown if len(shown) <= 80 else f"{shown[:80]}…"


def in_short(status: int, body: bytes) -> str:
    """An answer that is none of the platform's, in a few words."""
    return f"{status} {excerpt(body)}".strip()


def _texts(tree: Tree) -> Iterator[str]:
    for value in chain.from_iterable(tree.values()):
        match value:
            case dict():
                yield from _texts(value)
            case str():
                yield value

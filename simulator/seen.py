"""What the follower sees of a callback's answer.

https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

from collections.abc import Iterator
from itertools import chain
from typing import Final, Literal
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from wechat_core.errors import InvalidReply, UnreadableMessage
from wechat_core.message import Message
from wechat_core.messages import parse_message
from wechat_core.records import Record
from wechat_core.replies import (
    TEXT_LIMIT,
    ImageReply,
    MusicReply,
    NewsReply,
    NoReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)
from wechat_core.values import Value
from wechat_core.wire import Tree, read_xml

FAULT_LINE: Final = "该公众号提供的服务出现故障，请稍后再试"

_REPLIES: Final[dict[str, type[Reply]]] = {
    reply.msg_type: reply
    for reply in (TextReply, ImageReply, VoiceReply, VideoReply, MusicReply, NewsReply, TransferReply)
}


class Seen(Value):
    """What the follower sees: a reply, nothing, or the fault line.

    `cause` says why it is no reply, in one of the phrases of `CAUSES`; `detail` is what is particular to this answer.
    """

    what: Literal["reply", "nothing", "fault"]
    reply: Reply = NoReply()
    cause: str = ""
    detail: str = ""

    @property
    def why(self) -> str:
        """Cause and detail in one line."""
        return f"{self.cause}: {self.detail}" if self.detail else self.cause


class _Addresses(Record):
    to_user_name: str = ""
    from_user_name: str = ""
    msg_type: str = ""


ACKNOWLEDGED: Final = "the callback acknowledged the message without a reply"
HANDED_OVER: Final = "the message goes to the human desk"
TOO_LONG: Final = f"a text over {TEXT_LIMIT} bytes is not delivered"
TOO_LATE: Final = "the callback did not answer within 5 seconds"
BROKEN_OFF: Final = "the callback broke the connection off"
WRONG_STATUS: Final = "the callback answered with another status than 200"
NOT_XML: Final = "the answer is neither success nor well-formed XML"
UNKNOWN_TYPE: Final = "the reply's MsgType is none of the platform's"
WRONG_ADDRESSES: Final = "the reply is not addressed from the account to the follower"
INCOMPLETE: Final = "the reply lacks what its type requires"

CAUSES: Final = (
    *(ACKNOWLEDGED, HANDED_OVER, TOO_LONG, TOO_LATE, BROKEN_OFF),
    *(WRONG_STATUS, NOT_XML, UNKNOWN_TYPE, WRONG_ADDRESSES, INCOMPLETE),
)


def see(sent: bytes, status: int, received: bytes) -> Seen:
    """What the follower who sent a message sees of the answer to it."""
    if status != 200:
        return Seen("fault", cause=WRONG_STATUS, detail=f"{status} {_excerpt(received)}".strip())
    if received in (b"", b"success"):
        return Seen("nothing", cause=ACKNOWLEDGED)
    try:
        fromstring(received.decode().strip(), forbid_dtd=True)  # strict: read_xml mends what the platform would not
        return _see_reply(parse_message(sent), read_xml(received))
    except (UnicodeDecodeError, ParseError, DefusedXmlException, UnreadableMessage):
        return Seen("fault", cause=NOT_XML, detail=_excerpt(received))


def in_words(reply: Reply) -> str:
    """The texts of a reply, one a line: what a text says, the MediaId of a picture, titles and links of articles."""
    return "\n".join(_texts(reply.write()))


def _texts(tree: Tree) -> Iterator[str]:
    for value in chain.from_iterable(tree.values()):
        match value:
            case dict():
                yield from _texts(value)
            case str():
                yield value


def _see_reply(message: Message, tree: Tree) -> Seen:
    addresses = _Addresses.read(tree) or _Addresses()
    if addresses.msg_type not in _REPLIES:
        return Seen("fault", cause=UNKNOWN_TYPE, detail=addresses.msg_type)
    if (addresses.to_user_name, addresses.from_user_name) != (message.from_user_name, message.to_user_name):
        return Seen("fault", cause=WRONG_ADDRESSES)
    return _see_content(_REPLIES[addresses.msg_type].read(tree))


def _see_content(reply: Reply | None) -> Seen:
    try:
        checked = reply and reply.replace()  # building it anew checks it
    except InvalidReply as error:
        return Seen("fault", cause=INCOMPLETE, detail=error.reason)
    match checked:
        case None | TextReply(content=""):
            return Seen("fault", cause=INCOMPLETE)
        case TransferReply():
            return Seen("nothing", cause=HANDED_OVER)
        case TextReply(content=content) if len(content.encode()) > TEXT_LIMIT:
            return Seen("nothing", cause=TOO_LONG)
    return Seen("reply", checked)


def _excerpt(body: bytes) -> str:
    """The beginning of a stranger's answer, fit for a terminal."""
    text = " ".join(body[:400].decode("utf-8", "replace").split())
    shown = "".join(character for character in text if character.isprintable())
    return shown if len(shown) <= 80 else f"{shown[:80]}…"

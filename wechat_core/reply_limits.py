"""The platform's limits of a reply: a text of 2,047 bytes, one article or eight; what is over them is cut."""

from typing import Final

from wechat_core.errors import InvalidReply
from wechat_core.message import Message
from wechat_core.replies import NewsReply, NoReply, Reply, TextReply
from wechat_core.xml_tree import drop_forbidden

TEXT_LIMIT: Final = 2047
"""UTF-8 bytes of the longest text reply. Undocumented; longer ones have been seen to vanish without a trace."""

_ARTICLE_LIMIT: Final = 8
_ONE_ARTICLE_FOR: Final = {"text", "image", "voice", "video", "news", "location"}


def fit_reply(reply: object, message: Message) -> Reply:
    """The reply as it may be sent in answer to the message: unchanged, or cut to the platform's limits.

    Raises:
        InvalidReply: it is not a reply, or the message that it answers has no addresses.
    """
    match reply:
        case NoReply():
            return reply
        case Reply() if not (message.from_user_name and message.to_user_name):
            raise InvalidReply("no addresses", "return NoReply() for a message without addresses")
        case TextReply(content):
            fitting = _fit_text(drop_forbidden(content))
            return NoReply() if not fitting else reply if fitting == content else TextReply(fitting)
        case NewsReply(articles):
            limit = 1 if message.msg_type in _ONE_ARTICLE_FOR else _ARTICLE_LIMIT
            return NewsReply(articles[:limit]) if len(articles) > limit else reply
        case Reply():
            return reply
    raise InvalidReply(f"the responder returned {type(reply).__name__}", "return a Reply: TextReply(…), NoReply() …")


def _fit_text(content: str) -> str:
    """The text, cut where it is over the limit, with an ellipsis that says so."""
    if len(content.encode()) <= TEXT_LIMIT:
        return content
    from wechat_core.pieces import cut  # only here: most texts fit, and importing it is a part of a cold start

    return cut(content, TEXT_LIMIT)

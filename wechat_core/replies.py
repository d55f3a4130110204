"""What a responder returns, and how it is written: the seven passive replies, and `NoReply`.

A reply holds content only; the addresses and the time are added when it is rendered, so a kept reply can be sent again.
https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

from typing import Final

from wechat_core.errors import InvalidReply
from wechat_core.message import Message
from wechat_core.records import Record
from wechat_core.values import REQUIRED, named
from wechat_core.xml_tree import Tree, write_xml

REPLIES: Final[dict[str, type["Reply"]]] = {}
"""Every reply's class, by MsgType; that of `NoReply` is empty."""


class Reply(Record):
    """The root of all replies. Building one that can never be sent raises InvalidReply."""

    msg_type = ""

    def __init_subclass__(cls, *, msg_type: str | None = None) -> None:
        super().__init_subclass__()
        if msg_type is not None:  # else it is a special case of what it is derived from
            cls.msg_type = msg_type
            REPLIES[msg_type] = cls

    def _check(self) -> None:
        for name, field in self._fields.items():
            value = self.__dict__[name]
            if self._kinds[name] is str and not isinstance(value, str):
                raise InvalidReply(f"{self._place(name)} is not text", f"give a str, not {type(value).__name__}")
            if value == "" and field.default is REQUIRED and not field.verbatim:
                raise InvalidReply(f"{self._place(name)} is empty", "the platform requires it")

    def _place(self, name: str) -> str:
        return f"{type(self).__name__}.{name}"


class NoReply(Reply, msg_type=""):
    """Acknowledge the message and show the follower nothing."""


class TextReply(Reply, msg_type="text"):
    r"""Text; `\n` breaks the line. Empty text is not sent, text over the limit is cut."""

    content: str = named(verbatim=True)


class ImageReply(Reply, msg_type="image"):
    """An image, by the MediaId of an upload or of a message received in the last three days."""

    media_id: str = named("Image/MediaId")


class VoiceReply(Reply, msg_type="voice"):
    """A voice message, by MediaId."""

    media_id: str = named("Voice/MediaId")


class VideoReply(Reply, msg_type="video"):
    """A video, by MediaId."""

    media_id: str = named("Video/MediaId")
    title: str = named("Video/Title", default="", verbatim=True)
    description: str = named("Video/Description", default="", verbatim=True)


class MusicReply(Reply, msg_type="music"):
    """Music, with a cover image given by MediaId; `hq_music_url` is preferred on Wi-Fi."""

    thumb_media_id: str = named("Music/ThumbMediaId")
    title: str = named("Music/Title", default="", verbatim=True)
    description: str = named("Music/Description", default="", verbatim=True)
    music_url: str = named("Music/MusicUrl", default="")
    hq_music_url: str = named("Music/HQMusicUrl", default="")


class Article(Record):
    """One entry of a `NewsReply`; the image is JPG or PNG, 360 x 200 or 200 x 200 pixels."""

    title: str = named(verbatim=True)
    description: str = named(verbatim=True)
    pic_url: str
    url: str


class NewsReply(Reply, msg_type="news"):
    """Articles: one in answer to most messages, up to eight to events; the platform drops the rest, so we do."""

    articles: tuple[Article, ...] = named("Articles/item")

    def _check(self) -> None:
        if not (isinstance(self.articles, tuple) and self.articles and all(type(a) is Article for a in self.articles)):
            raise InvalidReply("NewsReply.articles is no tuple of articles", "give (Article(…),)")

    def write(self) -> Tree:
        return {"ArticleCount": [len(self.articles)], **super().write()}


class TransferReply(Reply, msg_type="transfer_customer_service"):
    """Hand this message over to customer-service agents, or to one of them (`name@account`)."""

    kf_account: str = named("TransInfo/KfAccount", default="")


def render(reply: Reply, message: Message, *, now: int) -> bytes:
    """The XML of a reply, addressed to the message's sender from its recipient, at `now` in Unix seconds."""
    envelope: Tree = {
        "ToUserName": [message.from_user_name],
        "FromUserName": [message.to_user_name],
        "CreateTime": [now],
        "MsgType": [reply.msg_type],
    }
    return write_xml(envelope | reply.write())

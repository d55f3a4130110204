"""The WeChat Official Account callback as pure functions: values in, values out."""

from wechat_core.callback import Callback, Responder, verify
from wechat_core.echo import echo
from wechat_core.message import Event, Message, UnknownEvent, UnknownMessage
from wechat_core.ordinary_messages import (
    FileMessage,
    ImageMessage,
    LinkMessage,
    LocationMessage,
    MiniProgramPageMessage,
    ShortVideoMessage,
    TextMessage,
    VideoMessage,
    VoiceMessage,
)
from wechat_core.parse import parse_message
from wechat_core.replies import (
    Article,
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

__all__ = [
    "Article",
    "Callback",
    "Event",
    "FileMessage",
    "ImageMessage",
    "ImageReply",
    "LinkMessage",
    "LocationMessage",
    "Message",
    "MiniProgramPageMessage",
    "MusicReply",
    "NewsReply",
    "NoReply",
    "Reply",
    "Responder",
    "ShortVideoMessage",
    "TextMessage",
    "TextReply",
    "TransferReply",
    "UnknownEvent",
    "UnknownMessage",
    "VideoMessage",
    "VideoReply",
    "VoiceMessage",
    "VoiceReply",
    "echo",
    "parse_message",
    "verify",
]

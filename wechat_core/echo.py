"""The echo: what a follower sends comes back."""

from wechat_core.message import Message
from wechat_core.ordinary_messages import (
    ImageMessage,
    LinkMessage,
    LocationMessage,
    ShortVideoMessage,
    TextMessage,
    VideoMessage,
    VoiceMessage,
)
from wechat_core.replies import ImageReply, NoReply, Reply, TextReply, VideoReply, VoiceReply


def echo(message: Message) -> Reply:
    """Reply with the same content; with nothing to events, to unknown types and where there is nothing to send back."""
    match message:
        case TextMessage(content=content) if content:
            return TextReply(content)
        case ImageMessage(media_id=media_id) if media_id:
            return ImageReply(media_id)
        case VoiceMessage(media_id=media_id) if media_id:
            return VoiceReply(media_id)
        case VideoMessage(media_id=media_id) | ShortVideoMessage(media_id=media_id) if media_id:
            return VideoReply(media_id)
        case LocationMessage(label=label, latitude=latitude, longitude=longitude):
            return _lines(label, f"{latitude}, {longitude}")
        case LinkMessage(title=title, description=description, url=url):
            return _lines(title, description, url)
    return NoReply()


def _lines(*lines: str) -> Reply:
    text = "\n".join(line for line in lines if line)
    return TextReply(text) if text else NoReply()

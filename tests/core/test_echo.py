import pytest

from tests.core.cases import CASES
from wechat_core import (
    Event,
    ImageMessage,
    ImageReply,
    LinkMessage,
    LocationMessage,
    Message,
    NoReply,
    Reply,
    ShortVideoMessage,
    TextMessage,
    TextReply,
    UnknownEvent,
    UnknownMessage,
    VideoMessage,
    VideoReply,
    VoiceMessage,
    VoiceReply,
    echo,
    parse_message,
)


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        (TextMessage(content="hi"), TextReply("hi")),
        (TextMessage(content=" \n"), TextReply(" \n")),
        (TextMessage(content=""), NoReply()),
        (ImageMessage(media_id="m"), ImageReply("m")),
        (ImageMessage(pic_url="http://a"), NoReply()),
        (VoiceMessage(media_id="m", media_id_16k="k"), VoiceReply("m")),
        (VoiceMessage(), NoReply()),
        (VideoMessage(media_id="m", thumb_media_id="t"), VideoReply("m")),
        (ShortVideoMessage(media_id="m"), VideoReply("m")),
        (VideoMessage(), NoReply()),
        (LocationMessage(latitude=31.230416, longitude=121.4, label="上海"), TextReply("上海\n31.230416, 121.4")),
        (LocationMessage(latitude=0.0, longitude=-1.5), TextReply("0.0, -1.5")),
        (LinkMessage(title="t", description="d", url="https://a/?b=1&c"), TextReply("t\nd\nhttps://a/?b=1&c")),
        (LinkMessage(url="https://a"), TextReply("https://a")),
        (LinkMessage(), NoReply()),
        (UnknownMessage(msg_type="new"), NoReply()),
        (UnknownEvent(event="subscribe"), NoReply()),
        (Event(), NoReply()),
    ],
)
def test_echo(message: Message, reply: Reply) -> None:
    """What can come back does so as itself, a location and a link as text of the same content, the rest not at all."""
    assert echo(message) == reply


def test_every_parsed_message_has_an_echo() -> None:
    """The echo answers whatever parsing gives."""
    assert all(isinstance(echo(parse_message(xml)), Reply) for xml, _ in CASES)

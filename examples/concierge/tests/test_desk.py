"""What is answered without a model, and what is left to one."""

import pytest

from examples.concierge.concierge.desk import CAN_DO, HOURS, KEYWORDS, MENU, WELCOME, with_desk
from examples.concierge.tests.followers import ACCOUNT, ROBIN, text
from wechat_core import (
    FileMessage,
    ImageMessage,
    LinkMessage,
    LocationMessage,
    Message,
    MiniProgramPageMessage,
    NoReply,
    Reply,
    ShortVideoMessage,
    TextReply,
    TransferReply,
    UnknownMessage,
    VideoMessage,
    VoiceMessage,
)
from wechat_core.events.follow import ScanEvent, SubscribeEvent, UnsubscribeEvent
from wechat_core.events.menu import ClickEvent, ViewEvent
from wechat_core.replies import render
from wechat_core.reply_limits import fit_reply

ASKED = TextReply("the model was asked")


def desk(message: Message) -> Reply:
    """The desk's answer, in front of a model."""
    return with_desk(lambda _: ASKED)(message)


CASES: list[tuple[Message, Reply]] = [
    (SubscribeEvent(), WELCOME),
    (SubscribeEvent(event_key="qrscene_1"), WELCOME),
    (ClickEvent(event_key="HOURS"), HOURS),
    (ClickEvent(event_key="HELP"), CAN_DO),
    (ClickEvent(event_key="NEW"), NoReply()),
    (text("营业时间"), HOURS),
    (text(" 营业时间\n"), HOURS),
    (text("营业时间是？"), ASKED),
    (text("人工"), TransferReply()),
    (text("转人工"), TransferReply()),
    (text("人工智能是什么"), ASKED),
    (text(" "), CAN_DO),
    (text("【收到不支持的消息类型，暂无法显示】"), CAN_DO),
    (text("[Unsupported Message]"), CAN_DO),
    (text("你好"), ASKED),
    (ImageMessage(pic_url="http://mmbiz.qpic.cn/1"), ASKED),
    (VoiceMessage(media_id="1"), CAN_DO),
    (VoiceMessage(media_id="1", recognition="几点关门"), ASKED),
    (VideoMessage(), CAN_DO),
    (ShortVideoMessage(), CAN_DO),
    (LocationMessage(latitude=1.0, longitude=2.0), CAN_DO),
    (LinkMessage(), CAN_DO),
    (FileMessage(), CAN_DO),
    (MiniProgramPageMessage(), CAN_DO),
    (UnknownMessage(msg_type="hologram"), CAN_DO),
    (UnsubscribeEvent(), ASKED),
]


@pytest.mark.parametrize(("message", "reply"), CASES)
def test_the_desk_answers_what_it_can(message: Message, reply: Reply) -> None:
    """Each kind of message, and each word that stands in a table."""
    assert desk(message) == reply


def test_what_was_said_is_asked_as_if_written() -> None:
    """By the same follower, in the same message."""
    asked: list[Message] = []

    def ask(message: Message) -> Reply:
        asked.append(message)
        return ASKED

    spoken = VoiceMessage(to_user_name=ACCOUNT, from_user_name=ROBIN, create_time=5, msg_id="7", recognition="几点")
    with_desk(ask)(spoken)
    assert asked == [text("几点", msg_id="7", create_time=5)]
    assert asked[0].key == spoken.key


def test_no_reply_is_too_long_and_no_event_is_transferred() -> None:
    """The desk's replies are sent whole; an event is no message that could be handed over."""
    message = text("?")
    for reply in (*KEYWORDS.values(), *MENU.values(), WELCOME, CAN_DO):
        assert fit_reply(reply, message) == reply
        render(reply, message, now=1)
    assert not any(isinstance(reply, TransferReply) for reply in MENU.values())


def test_the_other_events_are_left_to_the_memory() -> None:
    """What the platform tells, and nobody sees: it may be about somebody who has left."""
    for event in (ScanEvent(), ViewEvent(), UnknownMessage(msg_type="event", event="new")):
        assert desk(event) == ASKED

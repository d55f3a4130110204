"""What is answered without a model: what the console's auto-replies and menu did before server mode switched them off.

Everything in capitals is yours to change.
"""

from collections.abc import Mapping
from typing import Final

from wechat_core import (
    Event,
    ImageMessage,
    Message,
    NoReply,
    Reply,
    Responder,
    TextMessage,
    TextReply,
    TransferReply,
    UnknownMessage,
    VoiceMessage,
)

HOURS: Final = TextReply("每天 10:00–20:00，节假日照常。")
CAN_DO: Final = TextReply("我看得懂文字和图片，请打字或发一张图片。发送“人工”转人工客服，发送“清空”重新开始对话。")
WELCOME: Final = TextReply(
    "欢迎！有什么想问的，直接发给我，也可以发图片。\n发送“营业时间”查看营业时间，发送“人工”转人工客服。"
)
KEYWORDS: Final[Mapping[str, Reply]] = {
    "营业时间": HOURS,
    "帮助": CAN_DO,
    "人工": TransferReply(),
    "转人工": TransferReply(),
}
MENU: Final[Mapping[str, Reply]] = {"HOURS": HOURS, "HELP": CAN_DO}
"""By the key of the menu's entry; an event cannot be transferred, so an agent has to be asked for by a message."""

_UNSUPPORTED: Final = (
    "【收到不支持的消息类型，暂无法显示】",
    "【收到不支援的訊息類型，無法顯示】",
    "[Unsupported Message]",
)


def with_desk(ask: Responder) -> Responder:
    """A responder that answers what needs no model, and leaves the rest to another."""

    def respond(message: Message) -> Reply:
        match message:
            case Event():
                return _answer_event(message) or ask(message)
            case TextMessage(content=content) if content.strip() in KEYWORDS:
                return KEYWORDS[content.strip()]
            case TextMessage(content=content) if not content.strip() or content.strip() in _UNSUPPORTED:
                return CAN_DO
            case VoiceMessage(recognition=words) if words.strip():
                return ask(_write(message, words))
            case TextMessage() | ImageMessage() | UnknownMessage(msg_type="event"):
                return ask(message)
        return CAN_DO

    return respond


def _answer_event(event: Event) -> Reply | None:
    from wechat_core.events.follow import SubscribeEvent  # with the first event they are there already
    from wechat_core.events.menu import ClickEvent

    match event:
        case SubscribeEvent():
            return WELCOME
        case ClickEvent(event_key=key):
            return MENU.get(key, NoReply())
    return None


def _write(message: Message, words: str) -> TextMessage:
    """What was said, as if it had been written: the account's speech recognition is switched on."""
    return TextMessage(
        to_user_name=message.to_user_name,
        from_user_name=message.from_user_name,
        create_time=message.create_time,
        msg_id=message.msg_id,
        content=words,
    )

"""Subscription messages: what followers allow, and what became of what was sent.

https://developers.weixin.qq.com/doc/offiaccount/Subscription_Messages/api.html
"""

from wechat_core.message import Event, Inbound
from wechat_core.values import named


class SubscribeMsg(Inbound):
    """A follower's decision on one template: `accept` or `reject`; pop-up scene 0 is a page, 1 a chat."""

    template_id: str = ""
    subscribe_status_string: str = ""
    popup_scene: str = ""


class SubscribeMsgPopupEvent(Event, event="subscribe_msg_popup_event"):
    """A follower decided in the pop-up."""

    decisions: tuple[SubscribeMsg, ...] = named("SubscribeMsgPopupEvent/List", default=())


class SubscribeMsgChangeEvent(Event, event="subscribe_msg_change_event"):
    """A follower decided again, in the settings."""

    decisions: tuple[SubscribeMsg, ...] = named("SubscribeMsgChangeEvent/List", default=())


class SentSubscribeMsg(Inbound):
    """What became of one message; error code 0 is delivered."""

    template_id: str = ""
    job_id: str = named("MsgID", default="")
    error_code: str = ""
    error_status: str = ""


class SubscribeMsgSentEvent(Event, event="subscribe_msg_sent_event"):
    """Subscription messages were delivered or not."""

    sent: tuple[SentSubscribeMsg, ...] = named("SubscribeMsgSentEvent/List", default=())

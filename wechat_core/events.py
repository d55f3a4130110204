"""What the platform reports: the root of all events."""

from wechat_core.messages import Message, message


class Event(Message):
    """What every event has. It has no `msg_id`: deliveries of one event share their whole content."""


@message("event")
class UnknownEvent(Event):
    """An event that is declared nowhere, or that lacks what its type requires: kept whole in `extra`."""

    event: str = ""

"""The root of all events, and how one is declared."""

from collections.abc import Callable

from wechat_core.message import Message, message


class Event(Message):
    """What every event has. It has no `msg_id`: deliveries of one event share their whole content instead."""


@message("event")
class UnknownEvent(Event):
    """An event that is declared nowhere, or that lacks what its type requires: kept whole in `extra`."""

    event: str = ""


def event[E: Event](name: str) -> Callable[[type[E]], type[E]]:
    """Declare the class of an Event, by the name the platform gives it."""
    return message("event", name)

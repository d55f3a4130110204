"""The base classes of messages and events, the table of the types that are declared, and the classes of all others."""

from typing import Final, dataclass_transform

from wechat_core.message_key import make_key
from wechat_core.records import NOTHING, Extra, Record
from wechat_core.values import named

TYPES: Final[dict[tuple[str, str], type["Message"]]] = {}
"""Every declared type, by MsgType and Event in lower case."""


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(named,))
class _ByKeyword(Record):
    """A record whose fields are given by keyword."""

    _by_keyword = True


class Inbound(_ByKeyword):
    """A record that the platform sends.

    `extra` holds every element that the type does not name, by name, each with its occurrences in order.
    """

    extra: Extra = NOTHING


class Message(Inbound):
    """What every message has. `create_time` is in Unix seconds; `from_user_name` is the follower's OpenID.

    `msg_data_id` and `idx` are set where the follower wrote from an article.

    A subclass is declared as the type of a MsgType, or of an Event, by `class Waved(Event, event="user_waves")`, both
    as the platform spells them.
    """

    msg_type = ""
    event = ""
    _beside = "MsgType", "Event"

    to_user_name: str = ""
    from_user_name: str = ""
    create_time: int = 0
    msg_id: str = ""
    msg_data_id: str = ""
    idx: int = 0

    def __init_subclass__(cls, *, msg_type: str = "", event: str = "") -> None:
        super().__init_subclass__()
        if msg_type or event:
            cls.msg_type, cls.event = msg_type or cls.msg_type, event
            TYPES[cls.msg_type.lower(), event.lower()] = cls

    @property
    def key(self) -> str:
        """The key for de-duplication: all deliveries of a message share it, no other message has it."""
        return make_key(self, self.to_user_name, self.from_user_name, self.msg_id)


class Event(Message):
    """What every event has. It has no `msg_id`: deliveries of one event share their whole content instead."""

    msg_type = "event"


class UnknownMessage(Message):
    """A message of a type that is declared nowhere, or that lacks what its type requires: kept whole in `extra`."""

    msg_type: str = ""
    event: str = ""


class UnknownEvent(Event, msg_type="event"):
    """An event that is declared nowhere, or that lacks what its type requires: kept whole in `extra`."""

    event: str = ""

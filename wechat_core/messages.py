"""What the platform sends: the root of all messages, the ordinary ones, and `parse_message`.

Each type is declared once. https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html
"""

from collections.abc import Callable, Hashable, Mapping
from hashlib import sha256
from typing import Final, Self, dataclass_transform

from wechat_core.errors import UnreadableMessage
from wechat_core.records import NOTHING, Extra, Record
from wechat_core.values import named
from wechat_core.wire import Tree, read_xml


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(named,))
class _ByKeyword(Record):
    """A record whose fields are given by keyword."""


class Inbound(_ByKeyword):
    """A record that the platform sends.

    `extra` holds every element that the type does not name, by name, each with its occurrences in order.
    """

    extra: Extra = NOTHING

    @classmethod
    def read(cls, tree: Tree) -> Self | None:
        record = super().read(tree)
        return record and cls._of({**record.__dict__, "extra": cls._leftover(tree)})


class Message(Inbound):
    """What every message has. `create_time` is in Unix seconds; `from_user_name` is the follower's OpenID.

    `msg_data_id` and `idx` are there where the follower wrote from an article.
    """

    msg_type = ""
    event = ""

    to_user_name: str = ""
    from_user_name: str = ""
    create_time: int = 0
    msg_id: str = ""
    msg_data_id: str = ""
    idx: int = 0

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._names |= {"MsgType": {}, "Event": {}}

    @property
    def key(self) -> str:
        """What deliveries of one message share, and no other message has; a digest, so it names nobody.

        The platform's own keys are too coarse: equal MsgIds have reached different followers, and one follower has
        several events in a second. So account and follower always count, and for what has no MsgId everything does.
        """
        parts = (self.to_user_name, self.from_user_name, self.msg_id) if self.msg_id else _canonical(self)
        return sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


class UnknownMessage(Message):
    """A message of a type that is declared nowhere, or that lacks what its type requires: kept whole in `extra`."""

    msg_type: str = ""
    event: str = ""


class _Kind(Record):
    msg_type: str = ""
    event: str = ""


_TYPES: Final[dict[tuple[str, str], type[Message]]] = {}


def message[M: Message](msg_type: str, event: str = "") -> Callable[[type[M]], type[M]]:
    """Declare the class of a MsgType (and Event), both as the platform spells them."""

    def declare(cls: type[M]) -> type[M]:
        cls.msg_type, cls.event = msg_type, event
        _TYPES[msg_type.lower(), event.lower()] = cls
        return cls

    return declare


def parse_message(body: bytes) -> Message:
    """The message in a plain or decrypted body, typed where its type is known.

    Raises:
        UnreadableMessage: the body is not XML we read, or still encrypted.
    """
    tree = read_xml(body)
    kind = _Kind.read(tree) or _Kind()
    if "Encrypt" in tree and not kind.msg_type:
        raise UnreadableMessage("encrypted", "add the console's EncodingAESKey and AppID to the account")
    msg_type, event = kind.msg_type.lower(), kind.event.lower()
    known = _TYPES.get((msg_type, event)) or _TYPES.get((msg_type, "")) or UnknownMessage
    return known.read(tree) or UnknownMessage.read(tree) or UnknownMessage()


def _canonical(value: object) -> Hashable:
    """The whole content of a value, in an order that does not depend on the order of its elements."""
    match value:
        case Record():
            return type(value).__name__, *(_canonical(content) for content in value.__dict__.values())
        case Mapping():
            return tuple(sorted((name, _canonical(content)) for name, content in value.items()))
        case tuple():
            return tuple(_canonical(content) for content in value)
    return repr(value)


@message("text")
class TextMessage(Message):
    """What a follower wrote; also what the platform puts in place of kinds it does not pass on."""

    content: str = named(default="", verbatim=True)
    bizmsgmenuid: str = named("bizmsgmenuid", default="")


@message("image")
class ImageMessage(Message):
    """A picture; `pic_url` needs no access token, `media_id` lasts three days."""

    pic_url: str = ""
    media_id: str = ""


@message("voice")
class VoiceMessage(Message):
    """A recording; `format` is `amr` or `speex`. Recognition was retired in 2023 and is empty since."""

    media_id: str = ""
    format: str = ""
    media_id_16k: str = named("MediaId16K", default="")
    recognition: str = named(default="", verbatim=True)


@message("video")
class VideoMessage(Message):
    """A film."""

    media_id: str = ""
    thumb_media_id: str = ""


@message("shortvideo")
class ShortVideoMessage(Message):
    """A film of a few seconds, taken in the chat; sent by old clients."""

    media_id: str = ""
    thumb_media_id: str = ""


@message("location")
class LocationMessage(Message):
    """A place a follower shared, in degrees; `scale` is the zoom of the map."""

    latitude: float = named("Location_X")
    longitude: float = named("Location_Y")
    scale: int = 0
    label: str = named(default="", verbatim=True)


@message("link")
class LinkMessage(Message):
    """A page a follower shared, out of their favourites for example."""

    title: str = named(default="", verbatim=True)
    description: str = named(default="", verbatim=True)
    url: str = ""

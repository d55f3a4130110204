"""The key of a message, by which its deliveries are known for one.

The platform's own keys are too coarse: equal MsgIds have reached different followers, and one follower has several
events in a second. So account and follower always count, and for what has no MsgId everything does.
"""

from collections.abc import Hashable, Mapping
from hashlib import sha256

from wechat_core.records import Record


def make_key(message: Record, to_user_name: str, from_user_name: str, msg_id: str) -> str:
    """A digest of what identifies a message: account, follower and MsgId or, without that, the whole content."""
    identity = (to_user_name, from_user_name, msg_id) if msg_id else _canonical(message)
    return sha256(repr(identity).encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: object) -> Hashable:
    """The whole content of a value, in an order that does not depend on the order of its elements."""
    match value:
        case Record():
            return type(value).__name__, *(_canonical(value.__dict__[name]) for name in value._fields)
        case Mapping():
            return tuple(sorted((name, _canonical(content)) for name, content in value.items()))
        case tuple():
            return tuple(_canonical(content) for content in value)
    return repr(value)

"""Parses a document into its message."""

from wechat_core.errors import InvalidRequest
from wechat_core.message import TYPES, Message, UnknownMessage
from wechat_core.xml_tree import Tree, read_xml


def parse_message(body: bytes) -> Message:
    """The message in a plain or decrypted body, typed where its type is known.

    Raises:
        UnreadableMessage: the body is not XML, or not XML that we accept.
        InvalidRequest: it is encrypted, but no key is configured.
    """
    tree = read_xml(body)
    msg_type, event = _read_name(tree, "MsgType"), _read_name(tree, "Event")
    if "Encrypt" in tree and not msg_type:
        raise InvalidRequest("body encrypted", "add the console's EncodingAESKey and AppID to the account")
    known = TYPES.get((msg_type, event)) or _find_type(msg_type, event)
    return known.read(tree) or UnknownMessage.read(tree) or UnknownMessage()


def _read_name(tree: Tree, element: str) -> str:
    match tree.get(element):
        case [str(name), *_]:
            return name.strip().lower()
    return ""


def _find_type(msg_type: str, event: str) -> type[Message]:
    import wechat_core.events  # noqa: F401  (declares them: slow, so deferred until the first event)

    return TYPES.get((msg_type, event)) or TYPES.get((msg_type, "")) or UnknownMessage

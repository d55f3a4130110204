"""Judges a callback's answer to a message as the platform would.

https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

import re
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from wechat_core.errors import InvalidReply, InvalidSignature, UnreadableMessage
from wechat_core.records import Record
from wechat_core.replies import REPLIES, TEXT_LIMIT, NewsReply, Reply, TextReply, TransferReply
from wechat_core.safe_mode import decrypt
from wechat_core.signature import sign
from wechat_core.wire import Tree, read_xml
from wechat_sim.platform.console import PLAIN, Console
from wechat_sim.platform.inbound import Push
from wechat_sim.platform.verdict import Cause, Note, Verdict, excerpt, in_short

# what a follower does, and waits for; behind any other event there is nobody who would see a reply
_FOLLOWERS_EVENTS: Final = re.compile(
    "subscribe|scan|location|click|view|view_miniprogram|scancode_.*|pic_.*|location_select|enter|user_enter_.*"
    "|subscribe_msg_popup_event|user_scan_product.*|shakearoundusershake|wificonnected",
    re.IGNORECASE,
)


class _Head(Record):
    to_user_name: str = ""
    from_user_name: str = ""
    create_time: str = ""
    msg_type: str = ""


class _Sealed(Record):
    encrypt: str = ""
    msg_signature: str = ""
    time_stamp: str = ""
    nonce: str = ""


class _Fault(Exception):
    """Carries the verdict on an answer that the platform cannot use."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        self.verdict = Verdict("fault", cause=cause, detail=detail)


def judge(push: Push, status: int, received: bytes) -> tuple[bytes, Verdict]:
    """What came, decrypted where it was encrypted, and what the follower sees of it."""
    if push.forged:
        return received, _judge_refusal(status, received)
    if status != 200:
        return received, Verdict("fault", cause=Cause.WRONG_STATUS, detail=in_short(status, received))
    if received in (b"", b"success"):
        return received, Verdict("nothing", cause=Cause.ACKNOWLEDGED)
    opened = received
    try:
        opened = _open_reply(push.console, received)
        return opened, _judge_reply(push, _read_strictly(opened))
    except _Fault as fault:
        return opened, fault.verdict


def _judge_refusal(status: int, received: bytes) -> Verdict:
    detail = in_short(status, received)
    if status != 200:
        return Verdict("refused", cause=Cause.REFUSED, detail=detail)
    if received.lstrip().startswith(b"<xml>"):
        return Verdict("fault", cause=Cause.FORGERY_TAKEN)
    return Verdict("refused", cause=Cause.UNANSWERED, detail=detail)


def _open_reply(console: Console, received: bytes) -> bytes:
    tree = _read_strictly(received)
    if "Encrypt" not in tree:
        if console.mode == "safe":
            raise _Fault(Cause.NOT_ENCRYPTED)
        return received
    if console.mode == PLAIN:
        raise _Fault(Cause.ENCRYPTED)
    sealed = _Sealed.read(tree) or _Sealed()
    if sealed.msg_signature != sign(console.token, sealed.time_stamp, sealed.nonce, sealed.encrypt):
        raise _Fault(Cause.WRONG_SIGNATURE)
    try:
        return decrypt(sealed.encrypt, key=console.encoding_aes_key, app_id=console.app_id)
    except InvalidSignature:
        raise _Fault(Cause.REPLY_NOT_OPENED) from None


def _read_strictly(document: bytes) -> Tree:
    if document.decode("utf-8", "replace").strip(" \t\r\n\ufeff\"'") == "success":
        raise _Fault(Cause.NOT_BARE, excerpt(document))
    try:
        fromstring(document.decode().strip(), forbid_dtd=True)  # strict: read_xml mends what the platform would not
        return read_xml(document)
    except (UnicodeDecodeError, ParseError, DefusedXmlException, UnreadableMessage):
        raise _Fault(Cause.NOT_XML, excerpt(document)) from None


def _judge_reply(push: Push, tree: Tree) -> Verdict:
    head = _Head.read(tree) or _Head()
    if not head.msg_type or head.msg_type not in REPLIES:
        raise _Fault(Cause.UNKNOWN_TYPE, head.msg_type)
    if (head.to_user_name, head.from_user_name) != (push.follower, push.account_id):
        raise _Fault(Cause.WRONG_ADDRESSES)
    found = _judge_content(push, _check_complete(REPLIES[head.msg_type].read(tree)))
    return found if re.fullmatch(r"\d{1,10}", head.create_time) else found.replace(notes=(*found.notes, Note.ODD_TIME))


def _check_complete(reply: Reply | None) -> Reply:
    try:
        if reply and reply != TextReply(""):
            return reply.replace()  # building it anew checks it
    except InvalidReply as error:
        raise _Fault(Cause.INCOMPLETE, error.reason) from None
    raise _Fault(Cause.INCOMPLETE)


def _judge_content(push: Push, reply: Reply) -> Verdict:
    match reply:
        case _ if push.event and not _FOLLOWERS_EVENTS.fullmatch(push.event):
            return Verdict("nothing", cause=Cause.NOBODY)
        case TransferReply():
            return Verdict("nothing", cause=Cause.HANDED_OVER)
        case TextReply(content=content) if len(content.encode()) > TEXT_LIMIT:
            return Verdict("nothing", cause=Cause.TEXT_TOO_LONG)
        case NewsReply(articles=articles):
            most, note = (8, Note.MANY_ARTICLES) if push.event else (1, Note.ARTICLES_DROPPED)
            return Verdict("reply", NewsReply(articles[:most]), notes=(note,) if len(articles) > most else ())
    return Verdict("reply", reply)

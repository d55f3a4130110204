"""Judges a callback's answer to a message as the platform would, and no stricter.

https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

import re
from typing import Final

from wechat_core.errors import InvalidReply
from wechat_core.records import Record
from wechat_core.replies import REPLIES, NewsReply, Reply, TextReply, TransferReply
from wechat_core.reply_limits import TEXT_LIMIT
from wechat_core.xml_tree import Tree
from wechat_sim.platform.inbound import Push
from wechat_sim.platform.opening import open_reply
from wechat_sim.platform.reading import Fault, read_strictly
from wechat_sim.platform.samples import read_fields
from wechat_sim.platform.verdict import Cause, Note, Verdict, excerpt, in_short

# events by which a follower does something and waits; a reply to any other event is seen by nobody
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


def judge_answer(push: Push, status: int, received: bytes, *, encoding: str = "") -> tuple[bytes, Verdict]:
    """The answer, decrypted if it was encrypted, and the verdict on it; `encoding` is its Content-Encoding."""
    if push.forged:
        return received, _judge_refusal(status, received)
    if status != 200:
        return received, Verdict("fault", cause=Cause.WRONG_STATUS, detail=in_short(status, received))
    if received in (b"", b"success"):
        return received, Verdict("nothing", cause=Cause.ACKNOWLEDGED)
    opened = received
    try:
        tree = read_strictly(received, encoding)
        opened = open_reply(push.console, received, tree)
        return opened, _judge_reply(push, tree if opened is received else read_strictly(opened), opened)
    except Fault as fault:
        return opened, fault.verdict


def _judge_refusal(status: int, received: bytes) -> Verdict:
    detail = in_short(status, received)
    if status != 200:
        return Verdict("refused", cause=Cause.REFUSED, detail=detail)
    if received.lstrip().startswith(b"<xml>"):
        return Verdict("fault", cause=Cause.FORGERY_TAKEN)
    return Verdict("refused", cause=Cause.UNANSWERED, detail=detail)


def _judge_reply(push: Push, tree: Tree, document: bytes) -> Verdict:
    head = _Head.read(tree) or _Head()
    if not head.msg_type:
        raise Fault(Cause.NO_TYPE, excerpt(", ".join(tree).encode()))
    if head.msg_type not in REPLIES:
        raise Fault(Cause.UNKNOWN_TYPE, excerpt(head.msg_type.encode()))
    asked = read_fields(push.xml)
    if (head.to_user_name, head.from_user_name) != (asked.get("FromUserName", ""), asked.get("ToUserName", "")):
        raise Fault(Cause.WRONG_ADDRESSES, _describe_addresses(head))
    found = _judge_content(asked.get("Event", ""), _check_complete(REPLIES[head.msg_type].read(tree)))
    return found.replace(notes=(*found.notes, *_note_oddities(head, document)))


def _describe_addresses(head: _Head) -> str:
    for name, address in (("ToUserName", head.to_user_name), ("FromUserName", head.from_user_name)):
        if not address:
            return f"{name} is empty"
    return f"ToUserName {excerpt(head.to_user_name.encode())}"


def _note_oddities(head: _Head, document: bytes) -> tuple[Note, ...]:
    odd_time = () if re.fullmatch(r"\d{1,10}", head.create_time) else (Note.ODD_TIME,)
    odd_start = (Note.ODD_START,) if document.startswith(b"\xef\xbb\xbf") else ()
    return (*odd_time, *odd_start)


def _check_complete(reply: Reply | None) -> Reply:
    try:
        if reply and reply != TextReply(""):
            return reply.replace()  # building it anew checks it
    except InvalidReply as error:
        raise Fault(Cause.INCOMPLETE, error.reason) from None
    raise Fault(Cause.INCOMPLETE)


def _judge_content(event: str, reply: Reply) -> Verdict:
    match reply:
        case _ if event and not _FOLLOWERS_EVENTS.fullmatch(event):
            return Verdict("nothing", cause=Cause.NOBODY)
        case TransferReply():
            return Verdict("nothing", cause=Cause.HANDED_OVER)
        case TextReply(content=content) if (size := len(content.encode())) > TEXT_LIMIT:
            return Verdict("nothing", cause=Cause.TEXT_TOO_LONG, detail=f"{size} bytes")
        case NewsReply(articles=articles):
            most, note = (8, Note.MANY_ARTICLES) if event else (1, Note.ARTICLES_DROPPED)
            return Verdict("reply", NewsReply(articles[:most]), notes=(note,) if len(articles) > most else ())
    return Verdict("reply", reply)

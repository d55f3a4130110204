"""An exchange as JSON, for the chat page and for other programs."""

import shlex
from typing import Any

from wechat_sim.doctor.findings import Finding
from wechat_sim.doctor.handshake import Handshake
from wechat_sim.platform.delivery import HEADERS, Delivery, Exchange, with_query
from wechat_sim.platform.fetching import HttpAnswer
from wechat_sim.platform.inbound import Push
from wechat_sim.platform.verdict import FAULT_LINE, Verdict
from wechat_sim.texts import explain_cause, hint_at, quote_console


def exchange(made: Exchange) -> dict[str, Any]:
    """One message, its deliveries and what the follower sees."""
    reply = made.verdict.reply
    return {
        "sent": {"xml": text(made.push.xml), "body": text(made.push.body), "query": made.push.query},
        "deliveries": [delivery(each) for each in made.deliveries],
        "seen": verdict(made.verdict),
        "reply": {"type": reply.msg_type, "elements": reply.write()} if reply.msg_type else None,
    }


def delivery(made: Delivery) -> dict[str, Any]:
    """One delivery and its answer."""
    return {**answer(made.answer), "opened": text(made.opened), "lost": made.lost, "seen": verdict(made.verdict)}


def verdict(found: Verdict) -> dict[str, Any]:
    """What the follower sees."""
    return {
        "what": found.what,
        "line": FAULT_LINE if found.what == "fault" else "",
        "id": found.cause,
        "cause": explain_cause(found.cause),
        "detail": found.detail,
        "notes": [{"id": note, "text": explain_cause(note)} for note in found.notes],
    }


def handshake(made: Handshake) -> dict[str, Any]:
    """A check of the URL."""
    return {"ok": made.finding is None, **finding(made.finding), "exchange": answer(made.answer)}


def answer(made: HttpAnswer) -> dict[str, Any]:
    """What came over HTTP; status 0 where nothing came."""
    return {
        "status": made.status,
        "content_type": made.header("content-type"),
        "milliseconds": made.milliseconds,
        "received": text(made.body),
    }


def finding(found: Finding | None) -> dict[str, Any]:
    """What is wrong, and what to change."""
    if not found:
        return {"console": "configured", "console_message": quote_console("configured")}
    return {
        "id": found.id,
        "level": found.level,
        "cause": explain_cause(found.id),
        "detail": found.seen(),
        "hint": hint_at(found.id),
        "console": found.console,
        "console_message": quote_console(found.console),
    }


def curl(push: Push, url: str) -> str:
    """The request of a message as a command; what it is signed with is good for as long as the callback takes it."""
    headers = [part for name in ("Content-Type", "User-Agent") for part in ("-H", f"{name}: {HEADERS[name]}")]
    return shlex.join(["curl", *headers, "--data-raw", text(push.body), with_query(url, push.query)])


def text(body: bytes) -> str:
    """A body as text, whatever it holds."""
    return body.decode("utf-8", "replace")

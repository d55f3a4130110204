"""What an operator sees: one structured line and one set of metrics per request, and nothing a follower wrote.

Tokens, keys, signatures, echostr, OpenIDs and texts stay out; a follower appears as a short hash keyed with the oldest
token, an exception as its type and the lines it passed, since its text may quote the message.
"""

import hmac
import logging
import re
import threading
import traceback
from typing import Any, Final

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from wechat_core.callback import Answer
from wechat_core.envelope import Envelope
from wechat_core.errors import RejectedRequest, ResponderFailed, UnreadableMessage, WeChatError
from wechat_core.event import UnknownEvent
from wechat_core.message import Message, UnknownMessage
from wechat_core.values import Value

SERVICE: Final = "wechat-callback"
NAMESPACE: Final = "WeChatCallback"

type Facts = dict[str, Any]


class Entry(Value):
    """What is written of one request; `split` is the name and value of the dimension its counts are split by."""

    outcome: str
    level: int
    facts: Facts
    counts: tuple[str, ...]
    split: tuple[str, str] | None = None


class Telemetry:
    """Writes what became of each request."""

    def __init__(self) -> None:
        self._logger = Logger(service=SERVICE, location=None)  # which is always `_write`
        self._request = threading.local()  # one at a time on Lambda, one a thread elsewhere

    def record(
        self, outcome: Answer | Exception, *, envelope: Envelope | None, request_id: str, milliseconds: float
    ) -> None:
        """Write the line and the metrics of one request; without an envelope it got nowhere."""
        entry = _entry(outcome, secret=envelope.tokens[-1] if envelope else "")
        common = {
            "request_id": request_id,
            "mode": envelope.mode if envelope else "",
            "milliseconds": round(milliseconds, 1),
        }
        self._write(entry, common | self._request.__dict__)
        self._request.__dict__.clear()

    def refresh_failed(self, error: Exception) -> None:
        """Write that the account could not be refreshed, so that the last good one is used."""
        self._write(Entry("stale account", logging.ERROR, {"reason": str(error)}, ("AccountRefreshFailures",)), {})

    def noticed(self, what: str, delivery: int, reason: str) -> None:
        """Write what became of a retry, or of the store that de-duplicates; a delivery of unknown number is 0.

        The line of the request itself will have the number, too.
        """
        level = {"StoreFailures": logging.ERROR, "DeadlinesMissed": logging.WARNING}.get(what, logging.INFO)
        self._request.delivery = delivery
        facts: Facts = {"delivery": delivery} | ({"reason": reason} if reason else {})
        self._write(Entry(what, level, facts, (what,)), {})

    def _write(self, entry: Entry, common: Facts) -> None:
        write = {logging.INFO: self._logger.info, logging.WARNING: self._logger.warning}
        write.get(entry.level, self._logger.error)(entry.outcome, extra=common | entry.facts)
        metrics = EphemeralMetrics(namespace=NAMESPACE, service=SERVICE)
        if entry.split:
            metrics.add_dimensions(service=SERVICE, **dict([entry.split]))
        for name in entry.counts:
            metrics.add_metric(name, MetricUnit.Count, 1)
        metrics.flush_metrics()


def _entry(outcome: Answer | Exception, secret: str) -> Entry:
    match outcome:
        case Answer(message=Message() as message):
            return _answered(outcome, message, secret)
        case Answer():
            return Entry("verified", logging.INFO, {}, ("Verified",))
        case RejectedRequest(reason=reason, mend=mend):
            facts = {"reason": reason, "mend": mend}
            return Entry("rejected", logging.WARNING, facts, ("Rejected",), ("reason", reason))
        case UnreadableMessage(reason=reason, mend=mend):
            facts = {"reason": reason, "mend": mend}
            return Entry("unreadable", logging.ERROR, facts, ("Unreadable",), ("reason", reason))
        case ResponderFailed(message=message, __cause__=Exception() as cause):
            facts = _facts(message, secret) | _failure(cause)
            return Entry("failed", logging.ERROR, facts, ("Received", "ResponderFailures"), _type(message))
    return Entry("failed", logging.ERROR, _failure(outcome), ("Failures",))


def _answered(answer: Answer, message: Message, secret: str) -> Entry:
    facts, counts = _facts(message, secret), ["Received"]
    facts["reply"] = answer.sent.msg_type or "none"
    if answer.sent != answer.returned:
        facts["cut"] = "the reply was over the platform's limits: see replies.sendable"
        counts.append("RepliesCut")
    if answer.opened and (answer.opened.token or answer.opened.key):
        counts.append("OldSecretUsed")
    return Entry("answered", logging.INFO, facts, tuple(counts), _type(message))


def _facts(message: Message, secret: str) -> Facts:
    follower = hmac.digest(secret.encode(), b"follower:" + message.from_user_name.encode(), "sha256").hex()[:12]
    return {"msg_type": _name(message.msg_type), "event": _name(message.event), "follower": follower}


def _failure(error: Exception) -> Facts:
    frames = traceback.extract_tb(error.__traceback__)
    facts: Facts = {"error": type(error).__name__, "stack": [f"{f.filename}:{f.lineno} in {f.name}" for f in frames]}
    return facts | ({"reason": error.reason, "mend": error.mend} if isinstance(error, WeChatError) else {})


def _type(message: Message) -> tuple[str, str]:
    """Counts are split by declared types alone: a metric for every name a sender makes up would cost."""
    unknown = isinstance(message, UnknownMessage | UnknownEvent)
    return "type", "unknown" if unknown else message.event or message.msg_type


def _name(name: str) -> str:
    """A type's name as it may be logged: one of an unknown type is the sender's text until it looks like a name."""
    return name if re.fullmatch(r"\w{0,64}", name, re.ASCII) else "malformed"

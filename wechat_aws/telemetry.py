"""What an operator sees: one structured line per request, a metric for what alarms, and nothing a follower wrote.

Tokens, keys, signatures, echostr, OpenIDs and texts stay out; a follower appears as a short hash keyed with the oldest
token, an exception as its type and the lines it passed, since its text may quote the message. What the responder logs
with the standard library comes out as lines of the same kind, with the request's id.
"""

import logging
import sys
import traceback
from hashlib import blake2b
from typing import Any, Final

from wechat_aws.lazy_modules import import_later
from wechat_core.callback import Answer, ResponderFailed
from wechat_core.envelope import Envelope
from wechat_core.errors import RejectedRequest, UnreadableMessage, WeChatError
from wechat_core.message import Message
from wechat_core.values import Value

with import_later("aws_lambda_powertools", "aws_lambda_powertools.utilities.jmespath_utils", "random"):
    from aws_lambda_powertools.logging import Logger
    from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

SERVICE: Final = "wechat-lambda"
NAMESPACE: Final = "WeChatCallback"
METRICS: Final = (
    "Rejected",
    "Unreadable",
    "ResponderFailures",
    "Failures",
    "AccountRefreshFailures",
    "StoreFailures",
    "DeadlinesMissed",
)
"""All metrics there are, each with one dimension, `service`; one is written when it happens, and only then."""

_TALKATIVE: Final = ("botocore", "httpcore", "httpx", "urllib3")
"""These log addresses and bodies, with access tokens: only their warnings are written, unless the user sets it."""

type Facts = dict[str, Any]


class Entry(Value):
    """What is written: the line's message, level and fields, and the metric that counts it, if one does."""

    outcome: str
    level: int
    facts: Facts
    metric: str = ""


class Telemetry:
    """Writes a line for each request.

    Args:
        service: tells the stacks of one account apart.
        error_text: whether the text of what a responder raised is written, which may quote the message.
    """

    def __init__(self, service: str, *, error_text: bool = False) -> None:
        self._service, self._error_text = service, error_text
        # The location is always `_write`, and a message is one word: by default it is read as JSON, in vain.
        self._logger = Logger(service=service, location=None, json_deserializer=str)
        _structure_all(self._logger)

    def begin(self, request_id: str) -> None:
        """Put a request's id into every line from here to its own, those of the responder among them."""
        self._logger.thread_safe_clear_keys()
        self._logger.thread_safe_append_keys(request_id=request_id)

    def record(self, outcome: Answer | Exception, *, envelope: Envelope | None, milliseconds: float) -> None:
        """Write the line of one request; without an envelope it came to nothing before it was opened."""
        entry = _entry(outcome, secret=envelope.tokens[-1] if envelope else "")
        more: Facts = {"mode": envelope.mode} if envelope else {}
        if self._error_text and isinstance(outcome, ResponderFailed):
            more["error_text"] = str(outcome.__cause__)
        self._write(entry, more | {"milliseconds": round(milliseconds, 1)})

    def notice_stale_account(self, error: Exception) -> None:
        """Write that the account could not be refreshed, so that the last good one is used."""
        self._write(Entry("stale account", logging.ERROR, {"reason": str(error)}, "AccountRefreshFailures"), {})

    def notice(self, what: str, delivery: int, reason: str) -> None:
        """Write what happened to a retry, or to the store of de-duplication; a delivery of unknown number is 0.

        Where that is not a metric it gets no line of its own, but a field of the request's line.
        """
        self._logger.thread_safe_append_keys(delivery=delivery)
        if what not in METRICS:
            self._logger.thread_safe_append_keys(retry=what)
            return
        level = logging.ERROR if what == "StoreFailures" else logging.WARNING
        self._write(Entry(what, level, {"reason": reason} if reason else {}, what), {})

    def _write(self, entry: Entry, common: Facts) -> None:
        write = {logging.INFO: self._logger.info, logging.WARNING: self._logger.warning}
        write.get(entry.level, self._logger.error)(entry.outcome, extra=common | entry.facts)
        if entry.metric:
            from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit  # most processes count nothing

            metrics = EphemeralMetrics(namespace=NAMESPACE, service=self._service)
            metrics.add_metric(entry.metric, MetricUnit.Count, 1)
            metrics.flush_metrics()


def _structure_all(logger: Logger) -> None:
    """Write what is logged by any other logger as the function's own lines are written, and at its level."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(LambdaPowertoolsFormatter(service=logger.service))
    logging.basicConfig(handlers=[handler], level=logger.log_level, force=True)  # replaces Lambda's
    logging.getLogger(logger.service).propagate = False
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _entry(outcome: Answer | Exception, secret: str) -> Entry:
    match outcome:
        case Answer(message=Message() as message):
            return _describe_answer(outcome, message, secret)
        case Answer():
            return Entry("verified", logging.INFO, {})
        case RejectedRequest():
            return Entry("rejected", logging.WARNING, _reason(outcome), "Rejected")
        case UnreadableMessage():
            return Entry("unreadable", logging.ERROR, _reason(outcome), "Unreadable")
        case ResponderFailed(message=message, __cause__=Exception() as cause):
            return Entry("failed", logging.ERROR, _facts(message, secret) | _failure(cause), "ResponderFailures")
    return Entry("failed", logging.ERROR, _failure(outcome), "Failures")


def _describe_answer(answer: Answer, message: Message, secret: str) -> Entry:
    facts = _facts(message, secret)
    facts["reply"] = answer.sent.msg_type or "none"
    if answer.sent != answer.returned:
        facts["cut"] = "the reply was over the platform's limits: see reply_limits.fit_reply"
    if answer.opened and (old := [name for name in ("token", "key") if getattr(answer.opened, name)]):
        facts["old_secret"] = " and ".join(old)
    return Entry("answered", logging.INFO, facts)


def _facts(message: Message, secret: str) -> Facts:
    follower = blake2b(message.from_user_name.encode(), key=secret.encode(), person=b"follower", digest_size=6)
    return {"msg_type": _name(message.msg_type), "event": _name(message.event), "follower": follower.hexdigest()}


def _failure(error: Exception) -> Facts:
    frames = traceback.extract_tb(error.__traceback__)
    facts: Facts = {"error": type(error).__name__, "stack": [f"{f.filename}:{f.lineno} in {f.name}" for f in frames]}
    return facts | (_reason(error) if isinstance(error, WeChatError) else {})


def _reason(error: WeChatError) -> Facts:
    return {"reason": error.reason, "hint": error.hint}


def _name(name: str) -> str:
    """A type's name as it may be logged: one of an unknown type is the sender's text until it looks like a name."""
    return name if len(name) <= 64 and name.isascii() and f"_{name}".isidentifier() else "malformed"

"""Late answers in the whole function: settings, a real clock, the log, and a table where there is one."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from harness.dynamodb import TABLE
from harness.emulator import ROOT
from tests.wechat import FROM, NOW, TO, TOKEN, fields, proxy_event, query
from wechat_aws.dedup_wiring import memory
from wechat_aws.function import wire
from wechat_aws.proxy import ARRIVED, read_arrival
from wechat_aws.telemetry import SERVICE, Telemetry
from wechat_core.callback import Responder
from wechat_core.message import Message
from wechat_core.replies import Reply, TextReply

STORES: Final = ["memory", "dynalite_table"]


def slow(seconds: float) -> tuple[Responder, list[float]]:
    """A responder that takes real time, and when the gateway got the messages it ran for."""
    runs: list[float] = []

    def respond(message: Message) -> Reply:
        runs.append(ARRIVED.get())
        time.sleep(seconds)
        return TextReply(f"run {len(runs)}")

    return respond, runs


@pytest.fixture(params=STORES)
def table(request: pytest.FixtureRequest) -> str:
    """What DEDUP_TABLE is set to."""
    if request.param == "memory":
        return "memory"
    request.getfixturevalue(request.param)
    return TABLE


class Callback:
    """Delivers signed messages to a callback; gives what the follower sees."""

    def __init__(self, respond: Responder, table: str, **environ: str) -> None:
        began = time.monotonic()
        self.lambda_handler = wire(
            respond,
            os.environ | {"WECHAT_ACCOUNT": json.dumps({"token": TOKEN}), "DEDUP_TABLE": table} | environ,
            clock=lambda: NOW + time.monotonic() - began,
        )

    def deliver(self, msg_id: str = "1", content: str = "hi", milliseconds: int = 0) -> str:
        body = (
            f"<xml><ToUserName>{TO}</ToUserName><FromUserName>{FROM}</FromUserName><CreateTime>{NOW}</CreateTime>"
            f"<MsgType>text</MsgType><Content>{content}</Content><MsgId>{msg_id}</MsgId></xml>"
        )
        event = proxy_event("POST", query(), body.encode())
        if milliseconds:
            event["requestContext"]["timeEpoch"] = milliseconds
        answer = self.lambda_handler(event, None)
        assert answer["statusCode"] == 200
        return "" if answer["body"] == "success" else fields(answer["body"])["Content"]


@pytest.fixture(autouse=True)
def _forget() -> None:
    """What an earlier test kept in memory."""
    memory().__init__()  # type: ignore[misc]


def test_without_a_table_nothing_of_it_is_imported() -> None:
    """An echo starts as if there were no de-duplication: none of its modules."""
    code = "import sys, handler; print(*sys.modules)"
    environ = os.environ | {"WECHAT_ACCOUNT": json.dumps({"token": TOKEN}), "DEDUP_TABLE": " "}
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, check=True)
    imported = set(process.stdout.decode().split())
    assert "wechat_aws.telemetry" in imported
    unwanted = ("wechat_aws.dedup", "wechat_aws.late_", "wechat_aws.dynamo", "wechat_core.pieces")
    assert not [name for name in imported if f"{name}_".startswith(unwanted)]


def test_a_retry_gets_the_first_reply(table: str) -> None:
    """One run, and one line more in the log."""
    respond, runs = slow(0)
    callback = Callback(respond, table)
    assert [callback.deliver(), callback.deliver(), callback.deliver("2")] == ["run 1", "run 1", "run 2"]
    assert len(runs) == 2


def test_twenty_at_once(table: str) -> None:
    """Twenty threads deliver one message at once: it runs once, and all are answered alike."""
    respond, runs = slow(0.5)
    callback = Callback(respond, table)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: callback.deliver(), range(20)))
    assert (answers, len(runs)) == (["run 1"] * 20, 1)


@pytest.mark.thorough
def test_a_late_answer_is_fetched(table: str) -> None:
    """In real time: a responder takes sixteen seconds, the third delivery says how to fetch it, and the word does."""
    respond, runs = slow(16)
    callback = Callback(respond, table, DEDUP_FETCH_WORD="more", DEDUP_LATE_TEXT="say {word}")
    started = time.monotonic()
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(callback.deliver)
        time.sleep(5)
        second = pool.submit(callback.deliver)
        time.sleep(5)
        assert callback.deliver() == "say more"
        assert 13.9 <= time.monotonic() - started < 14.7
        assert callback.deliver("2", "more") == "run 1"
        assert 16 <= time.monotonic() - started < 16.8
        assert (first.result(), second.result()) == ("run 1", "")
    assert callback.deliver("3", "more") == "没有更多了。"
    assert len(runs) == 1


def test_when_the_gateway_was_asked(table: str) -> None:
    """It is in the event of either payload, in milliseconds, and reaches who runs for this request alone."""
    respond, runs = slow(0)
    callback = Callback(respond, table)
    for number, milliseconds in enumerate((NOW * 1000 + 250, 0)):
        callback.deliver(str(number), milliseconds=milliseconds)
    assert runs == [NOW + 0.25, 0]
    assert read_arrival({"requestContext": {"requestTimeEpoch": 1500}}) == 1.5
    assert [read_arrival(event) for event in (None, {}, {"requestContext": {"timeEpoch": "soon"}})] == [0, 0, 0]


def test_what_is_noticed_is_written(printed: Callable[[], list[dict[str, Any]]]) -> None:
    """What became of a retry stands in its request's line, and nothing that a follower wrote."""
    callback = Callback(slow(0)[0], "memory")
    callback.deliver()
    printed()
    callback.deliver()
    (request,) = printed()
    assert (request["message"], request["delivery"], request["retry"]) == ("answered", 2, "RetriesAnswered")


@pytest.mark.parametrize(("what", "level"), [("DeadlinesMissed", "WARNING"), ("StoreFailures", "ERROR")])
def test_a_notice_is_as_grave_as_it_is(what: str, level: str, printed: Callable[[], list[dict[str, Any]]]) -> None:
    """A follower without a reply is a warning, a table that fails is an error; each is counted."""
    Telemetry(SERVICE).notice(what, 2, "")
    log, metrics = printed()
    assert (log["message"], log["level"], log["delivery"]) == (what, level, 2)
    assert metrics[what] == [1.0]


def test_a_missing_table_leaves_a_line(dynalite_table: Any, printed: Callable[[], list[dict[str, Any]]]) -> None:
    """The reply is given, and the line names the table, and why."""
    callback = Callback(slow(0)[0], "other")
    assert callback.deliver() == "run 1"
    (line,) = [line for line in printed() if line.get("message") == "StoreFailures"]
    assert line["level"] == "ERROR"
    assert line["reason"] == "the table other cannot be used (ResourceNotFoundException)"

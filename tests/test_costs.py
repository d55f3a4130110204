"""What it costs: the table of the documents follows from the template and from what the function writes."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.safe import APP_ID, KEY, encrypted_post
from tests.test_template import expanded, of_type
from tests.wechat import NOW, PLAIN_ENVIRON, TOKEN, build_handler, message, proxy_event, query, text
from wechat_aws.account_store import FRESH_SECONDS
from wechat_aws.telemetry import METRICS, Telemetry
from wechat_core import Message, Reply, Responder, TextReply, echo
from wechat_sim.platform.samples import samples

DOCS = Path(__file__).parent.parent / "docs"
CONTEXT = SimpleNamespace(aws_request_id="8f5b6c1e-3a52-4b6f-9a0e-2f9f1c1b7d44")
ROTATING_ENVIRON = {"WECHAT_ACCOUNT": json.dumps({"token": ["NewToken", TOKEN]})}
SAFE_ENVIRON = {"WECHAT_ACCOUNT": json.dumps({"token": TOKEN, "encoding_aes_key": KEY, "app_id": APP_ID})}

# What Lambda writes beside the function's own line, and what CloudWatch counts for each line besides its bytes
# (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html).
LAMBDAS = (
    f"START RequestId: {CONTEXT.aws_request_id} Version: $LATEST\n",
    f"END RequestId: {CONTEXT.aws_request_id}\n",
    f"REPORT RequestId: {CONTEXT.aws_request_id}\tDuration: 10.00 ms\tBilled Duration: 10 ms\tMemory Size: 512 MB\t"
    "Max Memory Used: 100 MB\t\n",
)
OVERHEAD = 26
MILLISECONDS = 10  # for each message, generously: docs/performance.md
MONTH = 31 * 24 * 3600


type Printed = Callable[[], list[dict[str, Any]]]


def raising(received: Message) -> Reply:
    """A responder with a mistake."""
    raise ValueError(received.msg_type)


def requests(names: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Samples in plain and in safe mode, and every way to be refused that there is a reason for."""
    for sample in map(samples().__getitem__, names):
        body = sample.xml.encode()
        yield proxy_event("POST", query(), body)
        sealed = encrypted_post(body)
        yield proxy_event("POST", sealed.query, sealed.body)
    yield proxy_event("GET", query(echostr="1"))
    yield proxy_event("POST", query(), b"<xml")
    yield proxy_event("POST", query(), message("made_up", ""))
    yield proxy_event("POST", query(), message("event", "<Event>made_up</Event>", ""))
    good = query(echostr="1")
    for pairs in (
        query(token="Other"),
        query(timestamp="1"),
        query(timestamp="x"),
        good[1:],
        good[:1],
        good + good,
        (),
    ):
        for method in ("GET", "POST", "PUT"):
            yield proxy_event(method, pairs, text("hi"))
    yield proxy_event("POST", (*good, ("nonce", "9" * 999)), text("hi"))
    yield proxy_event("POST", query(), b"<xml>" + b" " * 300_000 + b"</xml>")
    yield {}


def everything(printed: Printed) -> list[dict[str, Any]]:
    """All that the function writes of every request, with every responder and mode, and of what fails beside them.

    What becomes of a reply is the same for any sample: one message and one event have all responders.
    """
    responders: tuple[Responder, ...] = (echo, raising, lambda _: TextReply("a" * 9999), lambda _: None)  # type: ignore[assignment, return-value]
    for environ in (PLAIN_ENVIRON, ROTATING_ENVIRON, SAFE_ENVIRON):
        for respond in responders:
            handle = build_handler(environ, respond, clock=lambda: NOW)
            for event in requests(samples() if respond is echo else ("text", "event_subscribe")):
                handle(event, CONTEXT)
    telemetry = Telemetry("wechat-lambda")
    telemetry.notice_stale_account(OSError())
    for what in ("StoreFailures", "DeadlinesMissed", "RetriesJoined", "RetriesAnswered"):
        telemetry.notice(what, 2, "a reason")
        telemetry.record(OSError(), envelope=None, milliseconds=1.0)
    return printed()


def series(line: dict[str, Any]) -> set[tuple[str, ...]]:
    """The series of metrics that CloudWatch makes of a line: each name with each set of dimensions and their values."""
    return {
        (each["Namespace"], metric["Name"], *(f"{name}={line[name]}" for name in dimensions))
        for each in line.get("_aws", {}).get("CloudWatchMetrics", [])
        for metric in each["Metrics"]
        for dimensions in each["Dimensions"]
    }


def test_whatever_comes_makes_few_metrics(printed: Printed) -> None:
    """All samples, refusals and failures together make seven series or fewer; ten are free."""
    lines = everything(printed)
    found = {one for line in lines for one in series(line)}
    assert len(lines) > 1000
    assert len(found) <= len(METRICS) == 7
    assert {one[1] for one in found} >= {"Rejected", "Unreadable", "ResponderFailures", "AccountRefreshFailures"}
    assert {(one[0], one[2:]) for one in found} == {("WeChatCallback", ("service=wechat-lambda",))}
    assert {one[1] for one in found} <= set(METRICS)


def test_the_dashboard_asks_the_log_for_what_is_written(printed: Printed) -> None:
    """Every field that a query of the dashboard names is in some line."""
    lines = everything(printed)
    written = {name for line in lines for name in line} | {"@timestamp", "@message"}
    body = json.loads(expanded("us-east-1")["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
    queries = [widget["properties"]["query"] for widget in body["widgets"] if widget["type"] == "log"]
    words = {
        "filter",
        "ispresent",
        "and",
        "or",
        "in",
        "like",
        "stats",
        "count",
        "by",
        "bin",
        "fields",
        "sort",
        "desc",
        "limit",
    }
    for query_ in queries:
        asked = re.sub(r"'[^']*'|/[^/]*/|\bas \w+|sort \w+", " ", query_.partition(" | ")[2])
        assert set(re.findall(r"@?[a-z_]+", re.sub(r"\d+[a-z]?", "", asked))) - words <= written, query_
    assert len(queries) == 4
    outcomes = {line["message"] for line in lines if "message" in line}
    assert set(re.findall(r"message = '(\w+)'", " ".join(queries))) <= outcomes


def answered(printed: Printed) -> list[dict[str, Any]]:
    """What the function writes of a text that it echoes."""
    printed()  # what was printed before
    build_handler(PLAIN_ENVIRON, clock=lambda: NOW)(proxy_event("POST", query(), text("你好")), CONTEXT)
    return printed()


def test_an_answer_makes_no_metric(printed: Printed) -> None:
    """What goes well is one line, and no metric."""
    assert [series(line) for line in answered(printed)] == [set()]


@pytest.fixture
def kilobytes(printed: Printed) -> float:
    """What a message adds to the log, in tenths of a kilobyte."""
    (line,) = answered(printed)
    lines = [*LAMBDAS, json.dumps(line, separators=(",", ":")) + "\n"]
    return round(sum(len(each.encode()) + OVERHEAD for each in lines) / 1000, 1)


def costs(messages: int, kilobytes: float, *, free: bool) -> list[float]:
    """Dollars a month for each line of the table, at list prices of us-east-1 (https://aws.amazon.com/pricing/)."""
    resources = expanded("us-east-1")
    kinds = [each["Type"] for each in resources.values() if each.get("Condition") in (None, "AnswersAtOnce")]
    memory = resources["CallbackFunction"]["Properties"]["MemorySize"] / 1024

    def beyond(used: float, allowance: float, price: float) -> float:
        return max(0.0, used - allowance * free) * price

    return [
        messages * 1.00e-6,  # a request of at most 512 KB
        beyond(messages, 1_000_000, 0.20e-6),
        beyond(messages * MILLISECONDS / 1000 * memory, 400_000, 0.0000166667),
        beyond(messages * kilobytes / 1e6, 5, 0.50),
        beyond(len(METRICS), 10, 0.30),
        beyond(kinds.count("AWS::CloudWatch::Alarm"), 10, 0.10),
        beyond(kinds.count("AWS::CloudWatch::Dashboard"), 3, 3.00),
        beyond(MONTH / FRESH_SECONDS, 20_000, 0.03e-4),
    ]


@pytest.mark.parametrize("page", ["operations.md", "operations.zh-CN.md"])
def test_the_documented_costs_follow_from_what_is_there(page: str, kilobytes: float) -> None:
    """Each figure of the table is that of the template's alarms, of the lines' bytes, of the metrics' names."""
    rows = re.findall(r"^\| ([^|]+) \| (\**\$.+) \|$", (DOCS / page).read_text("utf-8"), re.MULTILINE)
    shown = [[cell.strip("* ") for cell in cells.split("|")] for _, cells in rows]
    columns = [costs(count, kilobytes, free=True) for count in (1_000, 100_000, 1_000_000)]
    columns += [costs(1_000_000, kilobytes, free=False)]
    expected = [[f"${column[row]:.2f}" for column in columns] for row in range(len(columns[0]))]
    assert shown == [*expected, [f"${sum(float(f'{cost:.2f}') for cost in column):.2f}" for column in columns]]
    text_of_rows = " ".join(label for label, _ in rows)
    assert f"{kilobytes} KB" in text_of_rows
    assert re.search(rf"\b{MILLISECONDS} (ms|毫秒)", text_of_rows)


def test_a_million_costs_less_than_two_dollars_and_nobody_nothing(kilobytes: float) -> None:
    """The promise: nothing at all while nobody writes, under two dollars a month for a million messages."""
    assert sum(costs(0, kilobytes, free=True)) == 0
    assert sum(costs(1_000_000, kilobytes, free=True)) < 2
    assert len(of_type(expanded("us-east-1", Deduplication="true"), "AWS::CloudWatch::Alarm")) <= 10

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from tests.default import SHIPPED
from tests.safe import APP_ID, KEY, encrypted_post
from tests.wechat import FROM, NOW, TO, TOKEN, build_handler, fields, message, proxy_event, query, text
from wechat_aws.dedup_time import run_within
from wechat_aws.telemetry import METRICS, SERVICE, Telemetry
from wechat_core import Message, NoReply, Reply, TextReply, echo

ROOT = Path(__file__).parent.parent
ENVIRON = {"WECHAT_ACCOUNT": json.dumps({"token": TOKEN})}
CONTEXT = SimpleNamespace(aws_request_id="request-1")

Printed = Callable[[], list[dict[str, Any]]]


def built(**more: Any) -> Callable[[Any, Any], dict[str, Any]]:
    return build_handler(ENVIRON, clock=lambda: NOW, **more)


def test_the_url_is_verified(printed: Printed) -> None:
    """A signed GET gets its echostr, and leaves one line that does not hold it."""
    answer = built()(proxy_event("GET", query(echostr="5838479218127813673")), CONTEXT)
    (log,) = printed()
    assert (answer["statusCode"], answer["body"]) == (200, "5838479218127813673")
    assert (log["message"], log["request_id"], log["mode"]) == ("verified", "request-1", "plain")


def test_a_message_is_echoed(printed: Printed) -> None:
    """A signed POST gets its echo; one line tells what became of it, and nothing is counted."""
    answer = built()(proxy_event("POST", query(), text("你好")), CONTEXT)
    (log,) = printed()
    assert fields(answer["body"])["Content"] == "你好"
    expected = {"message": "answered", "msg_type": "text", "event": "", "reply": "text", "mode": "plain"}
    assert expected.items() <= log.items()
    assert log.keys() - expected == {"level", "timestamp", "service", "request_id", "follower", "milliseconds"}


def test_an_event_is_told_by_its_name(printed: Printed) -> None:
    """The line of an event has its own name, not only that of all events."""
    built()(proxy_event("POST", query(), message("event", "<Event>CLICK</Event><EventKey>k</EventKey>", "")), CONTEXT)
    (log,) = printed()
    assert (log["msg_type"], log["event"], log["reply"]) == ("event", "CLICK", "none")


def test_a_follower_is_a_keyed_hash(printed: Printed) -> None:
    """One follower's lines have one hash, also while the token is rotated; without the token nobody can tell whose."""

    def follower(openid: str, *tokens: str) -> str:
        environ = {"WECHAT_ACCOUNT": json.dumps({"token": tokens})}
        body = text("hi").replace(FROM.encode(), openid.encode())
        build_handler(environ, clock=lambda: NOW)(proxy_event("POST", query(token=tokens[-1]), body), CONTEXT)
        return str(printed()[0]["follower"])

    one = follower("oOne", TOKEN)
    assert len(one) == 12
    assert one == follower("oOne", TOKEN) == follower("oOne", "NewToken", TOKEN)
    assert len({one, follower("oTwo", TOKEN), follower("oOne", "NewToken")}) == 3


def test_the_time_is_in_milliseconds(printed: Printed) -> None:
    """A request has taken no less than what its responder took."""

    def slow(_: Message) -> Reply:
        time.sleep(0.02)
        return NoReply()

    built(respond=slow)(proxy_event("POST", query(), text("hi")), CONTEXT)
    assert 20 <= printed()[0]["milliseconds"] < 1000


def test_a_forged_message_is_refused(printed: Printed) -> None:
    """A wrong signature gets 403 and a line with its reason and hint."""
    answer = built()(proxy_event("POST", query(token="OtherToken"), text("hi")), CONTEXT)
    log, metrics = printed()
    assert (answer["statusCode"], answer["body"]) == (403, "invalid signature")
    assert (log["message"], log["level"], log["reason"]) == ("rejected", "WARNING", "signature wrong")
    assert metrics["Rejected"] == [1.0]


def test_an_unreadable_message_is_acknowledged(printed: Printed) -> None:
    """A body we cannot read is `success` to the platform and an error to the operator."""
    answer = built()(proxy_event("POST", query(), b"<xml"), CONTEXT)
    log, metrics = printed()
    assert (answer["statusCode"], answer["body"]) == (200, "success")
    assert (log["message"], log["level"], log["reason"]) == ("unreadable", "ERROR", "not XML")
    assert metrics["Unreadable"] == [1.0]


def test_a_failing_responder_is_acknowledged(printed: Printed) -> None:
    """The follower sees nothing; the operator sees the type of the error and where it was raised, not its text."""

    def concierge(received: Message) -> Reply:
        raise KeyError(received.from_user_name)

    answer = built(respond=concierge)(proxy_event("POST", query(), text("hi")), CONTEXT)
    log, metrics = printed()
    assert (answer["statusCode"], answer["body"]) == (200, "success")
    assert (log["message"], log["level"], log["error"]) == ("failed", "ERROR", "KeyError")
    assert log["stack"][-1].endswith("in concierge")
    assert metrics["ResponderFailures"] == [1.0]


def test_a_metric_of_the_users_takes_one_line(printed: Printed) -> None:
    """As the README has it, beside the request's own line, and in a namespace of its own."""

    def shop(_: Message) -> Reply:
        with single_metric(name="Orders", unit=MetricUnit.Count, value=1, namespace="TeaShop"):
            return NoReply()

    build_handler(ENVIRON, shop, clock=lambda: NOW)(proxy_event("POST", query(), text("tea")), CONTEXT)
    metric, line = printed()
    assert (metric["_aws"]["CloudWatchMetrics"][0]["Namespace"], metric["Orders"]) == ("TeaShop", [1.0])
    assert line["message"] == "answered"


@pytest.mark.parametrize("wanted", ["true", "false", ""])
def test_the_text_of_an_error_is_logged_on_request(printed: Printed, wanted: str) -> None:
    """It may quote the message, so the log has it only where `LOG_ERROR_TEXT` says so."""

    def concierge(_: Message) -> Reply:
        raise ValueError("the shop is closed")

    function = build_handler(ENVIRON | {"LOG_ERROR_TEXT": wanted}, concierge, clock=lambda: NOW)
    function(proxy_event("POST", query(), text("hi")), CONTEXT)
    assert printed()[0].get("error_text") == ("the shop is closed" if wanted == "true" else None)


def test_a_responder_that_returns_no_reply_is_told_what_to_return(printed: Printed) -> None:
    """The most likely mistake, a forgotten return, has a line of its own."""
    built(respond=lambda _: None)(proxy_event("POST", query(), text("hi")), CONTEXT)
    assert printed()[0]["hint"] == "return a Reply: TextReply(…), NoReply() …"


def test_a_cut_reply_leaves_a_trace(printed: Printed) -> None:
    """What the platform's limits take away is logged."""
    built(respond=lambda _: TextReply("a" * 3000))(proxy_event("POST", query(), text("hi")), CONTEXT)
    (log,) = printed()
    assert "limits" in log["cut"]


def test_use_of_an_old_token_is_logged(printed: Printed) -> None:
    """An operator sees when the old token can go."""
    both = build_handler({"WECHAT_ACCOUNT": json.dumps({"token": ["NewToken", TOKEN]})}, clock=lambda: NOW)
    both(proxy_event("POST", query(), text("hi")), CONTEXT)
    assert printed()[0]["old_secret"] == "token"


def test_use_of_an_old_key_is_logged(printed: Printed) -> None:
    """An operator sees when the old key can go."""
    account = {"token": TOKEN, "encoding_aes_key": [KEY[::-1], KEY], "app_id": APP_ID}
    both = build_handler({"WECHAT_ACCOUNT": json.dumps(account)}, clock=lambda: NOW)
    sent = encrypted_post(text("hi"))
    both(proxy_event("POST", sent.query, sent.body), CONTEXT)
    (log,) = printed()
    assert (log["message"], log["mode"], log["old_secret"]) == ("answered", "safe", "key")


def test_our_own_failure_is_acknowledged(printed: Printed) -> None:
    """Nothing escapes: an error nobody thought of is `success` as well, and an ERROR line."""

    times = iter([NOW])  # enough for the start

    def broken() -> float:
        for now in times:
            return now
        raise OSError(TOKEN)

    answer = build_handler(ENVIRON, clock=broken)(proxy_event("POST", query(), text("hi")), None)
    log, metrics = printed()
    assert (answer["statusCode"], answer["body"]) == (200, "success")
    assert (log["message"], log["error"]) == ("failed", "OSError")
    assert metrics["Failures"] == [1.0]


@pytest.mark.parametrize(
    ("msg_type", "logged"), [("brand_new", "brand_new"), ("<b> & 你", "malformed"), ("x" * 65, "malformed")]
)
def test_an_unknown_type_is_logged_where_it_is_a_name(printed: Printed, msg_type: str, logged: str) -> None:
    """A made-up type is logged if it looks like a name, and never as the text that it may be."""
    built()(proxy_event("POST", query(), message(msg_type, "")), CONTEXT)
    (log,) = printed()
    assert log["msg_type"] == logged


def test_nothing_secret_is_printed(capsys: pytest.CaptureFixture[str], printed: Printed) -> None:
    """No token, signature, echostr, OpenID or text is in any line, whatever becomes of the request."""

    def failing(received: Message) -> Reply:
        raise ValueError(repr(received.__dict__))

    pairs = query(echostr="5838479218127813673")
    events = [
        proxy_event(method, q, body)
        for method in ("GET", "POST", "PUT")
        for q in (pairs, query(token="OtherToken", echostr="5838479218127813673"), pairs[1:], pairs + pairs)
        for body in (text("Geheimnis"), b"<xml>Geheimnis", message("future", "<A>Geheimnis</A>"), message("event", ""))
    ]
    for respond in (echo, failing):
        lambda_handler = built(respond=respond)
        for event in events:
            lambda_handler(event, CONTEXT)
    out, err = capsys.readouterr()
    secrets = (TOKEN, "OtherToken", dict(pairs)["signature"], "5838479218127813673", FROM, TO, "Geheimnis")
    assert len(out.splitlines()) > 2 * len(events)
    assert not [secret for secret in secrets if secret in out + err]


def test_metrics_are_seven_with_one_dimension(printed: Printed) -> None:
    """What costs money is what alarms: seven metrics at most, by the stack alone, when they happen."""
    assert len(METRICS) == 7
    lambda_handler = build_handler(ENVIRON | {"POWERTOOLS_SERVICE_NAME": "my-stack"}, clock=lambda: NOW)
    lambda_handler(proxy_event("POST", query(token="OtherToken"), text("hi")), CONTEXT)
    _, metrics = printed()
    assert metrics["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "WeChatCallback",
            "Dimensions": [["service"]],
            "Metrics": [{"Name": "Rejected", "Unit": "Count"}],
        }
    ]
    assert (metrics["service"], metrics["Rejected"]) == ("my-stack", [1.0])


def test_what_a_responder_logs_has_the_requests_id(printed: Printed) -> None:
    """A line of the standard library's logging is structured like ours; a request's id ends with the request."""
    log = logging.getLogger("concierge")

    def concierge(_: Message) -> Reply:
        log.info("asked for %s", "hours", extra={"branch": 7})
        log.debug("not shown")
        logging.getLogger("httpx").info("HTTP Request: POST https://example.com/?access_token=Geheimnis")
        return NoReply()

    lambda_handler = built(respond=concierge)
    for request_id in ("request-1", "request-2"):
        lambda_handler(proxy_event("POST", query(), text("hi")), SimpleNamespace(aws_request_id=request_id))
        said, answered = printed()
        expected = {"message": "asked for hours", "level": "INFO", "branch": 7, "service": "wechat-lambda"}
        assert expected.items() <= said.items()
        assert said["location"].startswith("concierge:")
        assert said["request_id"] == answered["request_id"] == request_id


def test_a_responder_in_a_thread_of_its_own_logs_the_requests_id(printed: Printed) -> None:
    """Where de-duplication has to run it beside the wait, as it does locally, its lines have the id as well."""
    telemetry, log = Telemetry(SERVICE), logging.getLogger("concierge")

    def deliver() -> None:
        telemetry.begin("request-1")
        run_within(1, lambda: log.info("asked"))

    with ThreadPoolExecutor(1) as pool:
        pool.submit(deliver).result()
    assert [(line["message"], line["request_id"]) for line in printed()] == [("asked", "request-1")]


def test_requests_at_once_do_not_share_an_id(printed: Printed) -> None:
    """Threads that answer at the same time, as locally, log each its own request's id."""
    barrier = threading.Barrier(8)

    def concierge(message: Message) -> Reply:
        barrier.wait()
        logging.getLogger("concierge").info(message.msg_id)
        return NoReply()

    lambda_handler = built(respond=concierge)

    def deliver(number: int) -> None:
        body = message("text", "<Content>hi</Content>", f"<MsgId>{number}</MsgId>")
        lambda_handler(proxy_event("POST", query(), body), SimpleNamespace(aws_request_id=str(number)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(deliver, range(8)))
    lines = printed()
    assert len(lines) == 16
    said = [line for line in lines if line["message"] != "answered"]
    assert all(line["request_id"] == str(line["message"]) for line in said)


def started(**environ: str) -> subprocess.CompletedProcess[str]:
    code = f"{SHIPPED}\nimport sys; print(*sorted(sys.modules))"  # whatever the user's imports
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("account", ["", '{"token": "!Secret!"}'])
def test_a_bad_account_refuses_to_start(account: str) -> None:
    """Without a sound account there is one clear line and no function."""
    process = started(WECHAT_ACCOUNT=account)
    assert process.returncode == 1
    assert process.stderr.startswith("wechat-lambda cannot start: ")
    assert process.stderr.count("\n") == 1
    assert "!Secret!" not in process.stderr


def test_the_cold_start_imports_only_what_it_needs() -> None:
    """With the account in place boto3 is not imported, nor anything else that costs a cold start for nothing."""
    modules = started(WECHAT_ACCOUNT=ENVIRON["WECHAT_ACCOUNT"]).stdout.split()
    assert "wechat_core.callback" in modules
    expensive = {
        "boto3",
        "botocore.session",
        "cryptography",
        "requests",
        "xml.sax",
        "asyncio",
        "dataclasses",
        "urllib.parse",
    }
    if sys.version_info < (3, 13):
        expensive.remove("urllib.parse")  # pathlib, which Powertools imports, brings it in a Python older than Lambda's
    assert expensive.isdisjoint(modules)


def test_safe_mode_is_imported_at_start_up() -> None:
    """With a key configured cryptography is there before the first request, so that it does not wait for it."""
    account = {"token": TOKEN, "encoding_aes_key": KEY, "app_id": APP_ID}
    modules = started(WECHAT_ACCOUNT=json.dumps(account)).stdout.split()
    assert "cryptography.hazmat.primitives.ciphers" in modules

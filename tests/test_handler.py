import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.safe import APP_ID, KEY, encrypted_post
from tests.wechat import FROM, NOW, TO, TOKEN, build_handler, fields, message, proxy_event, query, text
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
    log, metrics = printed()
    assert (answer["statusCode"], answer["body"]) == (200, "5838479218127813673")
    assert (log["message"], log["request_id"], log["mode"]) == ("verified", "request-1", "plain")
    assert metrics["Verified"] == [1.0]


def test_a_message_is_echoed(printed: Printed) -> None:
    """A signed POST gets its echo; the line tells type and outcome, the metrics count by type."""
    answer = built()(proxy_event("POST", query(), text("你好")), CONTEXT)
    log, metrics = printed()
    assert fields(answer["body"])["Content"] == "你好"
    assert (log["message"], log["msg_type"], log["reply"]) == ("answered", "text", "text")
    assert (metrics["Received"], metrics["type"]) == ([1.0], "text")
    assert metrics["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"], ["service", "type"]]


def test_an_event_is_told_by_its_name(printed: Printed) -> None:
    """The line and the count of an event have its own name, not that of all events."""
    built()(proxy_event("POST", query(), message("event", "<Event>CLICK</Event><EventKey>k</EventKey>", "")), CONTEXT)
    log, metrics = printed()
    assert (log["msg_type"], log["event"], log["reply"]) == ("event", "CLICK", "none")
    assert (metrics["Received"], metrics["type"]) == ([1.0], "CLICK")


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
    """A wrong signature gets 403 and a line with its reason and mend."""
    answer = built()(proxy_event("POST", query(token="OtherToken"), text("hi")), CONTEXT)
    log, metrics = printed()
    assert (answer["statusCode"], answer["body"]) == (403, "invalid signature")
    assert (log["message"], log["level"], log["reason"]) == ("rejected", "WARNING", "signature wrong")
    assert (metrics["Rejected"], metrics["reason"]) == ([1.0], "signature wrong")


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
    assert (metrics["ResponderFailures"], metrics["type"]) == ([1.0], "text")


def test_a_responder_that_returns_no_reply_is_told_what_to_return(printed: Printed) -> None:
    """The most likely mistake, a forgotten return, has a line of its own."""
    built(respond=lambda _: None)(proxy_event("POST", query(), text("hi")), CONTEXT)
    assert printed()[0]["mend"] == "return a Reply: TextReply(…), NoReply() …"


def test_a_cut_reply_leaves_a_trace(printed: Printed) -> None:
    """What the platform's limits take away is logged and counted."""
    built(respond=lambda _: TextReply("a" * 3000))(proxy_event("POST", query(), text("hi")), CONTEXT)
    log, metrics = printed()
    assert "limits" in log["cut"]
    assert metrics["RepliesCut"] == [1.0]


def test_use_of_an_old_token_is_counted(printed: Printed) -> None:
    """An operator sees when the old token can go."""
    both = build_handler({"WECHAT_ACCOUNT": json.dumps({"token": ["NewToken", TOKEN]})}, clock=lambda: NOW)
    both(proxy_event("POST", query(), text("hi")), CONTEXT)
    assert printed()[1]["OldSecretUsed"] == [1.0]


def test_use_of_an_old_key_is_counted(printed: Printed) -> None:
    """An operator sees when the old key can go."""
    account = {"token": TOKEN, "encoding_aes_key": [KEY[::-1], KEY], "app_id": APP_ID}
    both = build_handler({"WECHAT_ACCOUNT": json.dumps(account)}, clock=lambda: NOW)
    sent = encrypted_post(text("hi"))
    both(proxy_event("POST", sent.query, sent.body), CONTEXT)
    log, metrics = printed()
    assert (log["message"], log["mode"]) == ("answered", "safe")
    assert metrics["OldSecretUsed"] == [1.0]


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
def test_unknown_types_cost_no_metric_each(printed: Printed, msg_type: str, logged: str) -> None:
    """A made-up type is logged if it looks like a name, and counted among the unknown."""
    built()(proxy_event("POST", query(), message(msg_type, "")), CONTEXT)
    log, metrics = printed()
    assert (log["msg_type"], metrics["type"]) == (logged, "unknown")


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
    assert len(out.splitlines()) == 2 * 2 * len(events)
    assert not [secret for secret in secrets if secret in out + err]


def started(**environ: str) -> subprocess.CompletedProcess[str]:
    code = "import sys, handler; print(*sorted(sys.modules))"
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
    dear = {
        "boto3",
        "botocore.session",
        "cryptography",
        "requests",
        "xml.sax",
        "asyncio",
        "dataclasses",
        "urllib.parse",
    }
    assert dear.isdisjoint(modules)


def test_safe_mode_is_imported_at_start_up() -> None:
    """With a key configured cryptography is there before the first request, so that it does not wait for it."""
    account = {"token": TOKEN, "encoding_aes_key": KEY, "app_id": APP_ID}
    modules = started(WECHAT_ACCOUNT=json.dumps(account)).stdout.split()
    assert "cryptography.hazmat.primitives.ciphers" in modules

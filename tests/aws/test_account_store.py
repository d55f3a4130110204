import gzip
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aws.faults import Fault, answer, hang, reset, serving
from tests.wechat import NOW, TOKEN, build_handler, fields, proxy_event, query, text
from wechat_aws.account_store import FRESH_SECONDS, RETRY_SECONDS, AccountStore
from wechat_aws.aws_client import AwsClient
from wechat_aws.settings import Account, InvalidSettings
from wechat_aws.ssm import fetch_account

ENVIRON = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
NAMES = st.sampled_from(["token", "encoding_aes_key", "app_id"])
NAME = "/wechat-lambda/account"
OLD, NEW = Account(("OldToken",)), Account(("NewToken",))


@pytest.fixture
def aws(moto: str) -> Iterator[Any]:
    """A client of a pretended SSM."""
    client = boto3.client("ssm")
    yield client
    client.close()


def put(ssm: Any, value: object) -> None:
    ssm.put_parameter(Name=NAME, Value=json.dumps(value), Type="SecureString", Overwrite=True)


def test_fetches_a_secure_string_decrypted(aws: Any) -> None:
    """The account that was put is the one that is fetched, by name as by ARN."""
    put(aws, {"token": "abc"})
    arn = aws.get_parameter(Name=NAME)["Parameter"]["ARN"]
    client = AwsClient(os.environ)
    assert fetch_account(client, NAME) == fetch_account(client, arn) == Account(("abc",))


def test_an_absent_parameter_is_named(aws: Any) -> None:
    """The line says which parameter cannot be read, and why in the service's own word."""
    with pytest.raises(InvalidSettings, match=r"parameter /absent cannot be read \(ParameterNotFound\): write it"):
        fetch_account(AwsClient(os.environ), "/absent")


@pytest.mark.parametrize("name", ["AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID"])
def test_what_is_missing_is_named(credentials: None, name: str) -> None:
    """Without a region there is no service to ask, without credentials nobody to ask it, and the line says so."""
    environ = {"WECHAT_ACCOUNT": NAME, **os.environ, name: ""}
    with pytest.raises(InvalidSettings, match=f"{name.replace('DEFAULT_', '')} is missing"):
        build_handler(environ | {"WECHAT_ACCOUNT": NAME})


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("fault", "reason"), [pytest.param(hang, "timed out", marks=pytest.mark.thorough), (reset, "connection failed")]
)
def test_a_service_that_hangs_or_is_gone_is_given_up(fault: Fault, reason: str) -> None:
    """Two attempts, two seconds and no more: the platform itself waits five."""
    with serving(fault) as server:
        client = AwsClient(ENVIRON | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}"})
        started = time.monotonic()
        with pytest.raises(InvalidSettings, match=rf"cannot be read \({reason}\): check the network; no proxy is used"):
            fetch_account(client, NAME)
        assert time.monotonic() - started < 2.5
        assert server.connections == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=9), inner, max_size=3),
)


@given(JSON.flatmap(lambda value: st.sampled_from([value, {"Parameter": value}, {"Parameter": {"Value": value}}])))
def test_whatever_ssm_holds_is_an_account_or_invalid(answer: Any) -> None:
    """No object that a service may answer with escapes as another error."""

    class Client(AwsClient):
        def call(self, *_: Any, **__: Any) -> Any:
            return answer

    with suppress(InvalidSettings):
        assert isinstance(fetch_account(Client(ENVIRON), NAME), Account)


ODD = [
    b"",
    b"<html>",
    b"{}",
    b"[1]",
    b'{"Parameter": {"Value": null}}',
    b'{"Parameter": {"Value": "{\\"token\\": ' + b"[" * 8000 + b'"}}',
    b'{"Parameter": "\xff"}',
    gzip.compress(b"{}", mtime=0),
]


@pytest.mark.enable_socket
@pytest.mark.parametrize("content", ODD, ids=lambda content: repr(content)[:30])
def test_an_odd_answer_costs_no_message(content: bytes, printed: Callable[[], list[dict[str, Any]]]) -> None:
    """Whatever SSM answers a refresh with, the last good account serves and the failure is told; a start is refused."""
    good = answer(200, {"Parameter": {"Value": json.dumps({"token": TOKEN})}})
    now = float(NOW)
    with serving(good, answer(200, content)) as server:
        environ = ENVIRON | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}", "WECHAT_ACCOUNT": NAME}
        lambda_handler = build_handler(environ, clock=lambda: now)
        now += FRESH_SECONDS
        event = proxy_event("POST", query(timestamp=str(int(now))), text("hi"))
        assert fields(lambda_handler(event, None)["body"])["Content"] == "hi"
        assert printed()[0]["message"] == "stale account"
        with pytest.raises(InvalidSettings, match=f"the SSM parameter {NAME}"):
            build_handler(environ)


class Source:
    """Where an account comes from, under the test's control; None is a failure."""

    def __init__(self) -> None:
        self.account: Account | None = OLD
        self.now = 0.0
        self.fetched = 0
        self.failures: list[InvalidSettings] = []

    def fetch(self) -> Account:
        """Count, and give the account or fail."""
        self.fetched += 1
        if self.account is None:
            raise InvalidSettings("down: wait")
        return self.account

    def store(self) -> AccountStore[Account]:
        """A store of this source."""
        return AccountStore(self.fetch, clock=lambda: self.now, on_failure=self.failures.append)


def test_fresh_for_five_minutes() -> None:
    """Requests within five minutes share one fetch; the first one after that fetches anew."""
    source = Source()
    store = source.store()
    source.account = NEW
    source.now = FRESH_SECONDS - 1
    assert (store.current(), source.fetched) == (OLD, 1)
    source.now = FRESH_SECONDS
    assert (store.current(), store.current(), source.fetched) == (NEW, NEW, 2)


def test_the_last_good_account_survives_failures() -> None:
    """While refreshing fails the old account is used, told of, and tried again now and then, not at every request."""
    source = Source()
    store = source.store()
    source.account, source.now = None, FRESH_SECONDS
    assert [store.current() for _ in range(9)] == [OLD] * 9
    assert (source.fetched, len(source.failures)) == (2, 1)
    source.now += RETRY_SECONDS
    assert (store.current(), source.fetched, len(source.failures)) == (OLD, 3, 2)
    source.account, source.now = NEW, source.now + RETRY_SECONDS
    assert (store.current(), len(source.failures)) == (NEW, 2)


def test_requests_that_overlap_refresh_once() -> None:
    """A request that comes while another one refreshes gets the last good account, and waits for nobody."""
    source = Source()
    store = source.store()
    meanwhile: list[Account] = []

    def overlapped() -> Account:
        meanwhile.append(store.current())
        return NEW

    store._fetch = overlapped
    source.now = FRESH_SECONDS
    assert (store.current(), meanwhile) == (NEW, [OLD])


def test_no_first_account_is_no_start() -> None:
    """There is no last good account to begin with."""
    source = Source()
    source.account = None
    with pytest.raises(InvalidSettings, match="down"):
        source.store()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ('{"token": "Secr3t!"}', "token in the SSM parameter /wechat-lambda/account is missing or malformed"),
        ("Secr3t", "the SSM parameter /wechat-lambda/account is not JSON"),
        ("[]", "the SSM parameter /wechat-lambda/account is not a JSON object"),
    ],
)
def test_a_bad_parameter_refuses_to_start(aws: Any, value: str, reason: str) -> None:
    """The line names the parameter and which of its faults it has, never what it holds."""
    aws.put_parameter(Name=NAME, Value=value, Type="SecureString")
    with pytest.raises(InvalidSettings, match=reason) as caught:
        build_handler({**os.environ, "WECHAT_ACCOUNT": NAME})
    assert "Secr3t" not in str(caught.value)


def test_a_rotation_is_picked_up(aws: Any, printed: Callable[[], list[dict[str, Any]]]) -> None:
    """A new token works within five minutes of being put, without a deploy; a bad one changes nothing, and is told."""
    put(aws, {"token": TOKEN})
    now = SimpleNamespace(seconds=float(NOW))
    lambda_handler = build_handler({**os.environ, "WECHAT_ACCOUNT": NAME}, clock=lambda: now.seconds)

    def status(token: str) -> int:
        event = proxy_event("POST", query(token=token, timestamp=str(int(now.seconds))), text("hi"))
        return int(lambda_handler(event, None)["statusCode"])

    put(aws, {"token": ["NewToken", TOKEN]})
    assert (status(TOKEN), status("NewToken")) == (200, 403)
    now.seconds += FRESH_SECONDS
    assert (status(TOKEN), status("NewToken")) == (200, 200)
    put(aws, {"token": "!"})
    now.seconds += FRESH_SECONDS
    printed()
    assert (status(TOKEN), status("NewToken")) == (200, 200)
    log, metrics = printed()[:2]
    assert (log["message"], log["level"]) == ("stale account", "ERROR")
    assert log["reason"].startswith(f"token in the SSM parameter {NAME} is missing or malformed")
    assert metrics["AccountRefreshFailures"] == [1.0]

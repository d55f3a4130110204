import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.wechat import NOW, TOKEN, build_handler, proxy_event, query, text
from wechat_aws.account_store import FRESH_SECONDS, RETRY_SECONDS, AccountStore, ssm_parameter
from wechat_aws.settings import Account, InvalidSettings

NAME = "/wechat-lambda/account"
OLD, NEW = Account(("OldToken",)), Account(("NewToken",))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A pretended SSM; the credentials are what any environment would hold."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield boto3.client("ssm")


def put(ssm: Any, value: object) -> None:
    ssm.put_parameter(Name=NAME, Value=json.dumps(value), Type="SecureString", Overwrite=True)


def test_fetches_a_secure_string_decrypted(aws: Any) -> None:
    """The text that was put is the text that is fetched, by name as by ARN."""
    put(aws, {"token": "abc"})
    arn = aws.get_parameter(Name=NAME)["Parameter"]["ARN"]
    fetch = ssm_parameter()
    assert fetch(NAME) == fetch(arn) == '{"token": "abc"}'


def test_an_absent_parameter_is_named(aws: Any) -> None:
    """The line says which parameter cannot be read, and why in the service's own word."""
    with pytest.raises(InvalidSettings, match=r"parameter /absent cannot be read \(ParameterNotFound\): write it"):
        ssm_parameter()("/absent")


def test_a_missing_region_is_named(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a region there is no service to ask, and the line says so."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(InvalidSettings, match=r"SSM cannot be used \(NoRegionError\)"):
        ssm_parameter()


@pytest.mark.enable_socket
@pytest.mark.parametrize("listening", [True, False])
def test_a_service_that_hangs_or_is_gone_is_given_up(monkeypatch: pytest.MonkeyPatch, listening: bool) -> None:
    """Two attempts of a second each and no more: the platform itself waits five."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", f"http://127.0.0.1:{server.getsockname()[1]}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
            monkeypatch.setenv(name, "us-east-1")
        if not listening:
            server.close()
        fetch = ssm_parameter()
        started = time.monotonic()
        with pytest.raises(InvalidSettings, match=r"cannot be had \(\w+Error\): check the network"):
            fetch(NAME)
        assert time.monotonic() - started < 3.5
        if listening:
            assert connections(server) == 2


def connections(server: socket.socket) -> int:
    """How many there are that nobody has taken yet."""
    server.setblocking(False)
    found = 0
    with suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            found += 1
    return found


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

    def store(self) -> AccountStore:
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
        build_handler({"WECHAT_ACCOUNT": NAME})
    assert "Secr3t" not in str(caught.value)


def test_a_rotation_is_picked_up(aws: Any, printed: Callable[[], list[dict[str, Any]]]) -> None:
    """A new token works within five minutes of being put, without a deploy; a bad one changes nothing, and is told."""
    put(aws, {"token": TOKEN})
    now = SimpleNamespace(seconds=float(NOW))
    lambda_handler = build_handler({"WECHAT_ACCOUNT": NAME}, clock=lambda: now.seconds)

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

"""What every test runs with: the sample account, no network, and a way to read what was printed."""

import json
import logging
import os
import sys
from collections.abc import Callable, Generator
from typing import Any

import pytest
from hypothesis import settings
from pytest_socket import disable_socket

from tests.default import AS_SHIPPED
from tests.wechat import signature
from wechat_aws.telemetry import SERVICE
from wechat_sim.platform import sample

_THEIRS = ("AWS_", "DEDUP_", "POWERTOOLS_", "WECHAT_", "COLUMNS", "PYTEST_ADDOPTS")


def leave_home() -> None:
    """Forget how the developer has set up AWS, the function and the terminal, and use the sample account."""
    for name in [name for name in os.environ if name.startswith(_THEIRS)]:
        del os.environ[name]
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        os.environ[name] = os.devnull
    for name in ("NO_PROXY", "no_proxy"):  # the proxy itself stays: what is installed comes through it
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"]))
    os.environ["WECHAT_ACCOUNT"] = sample.ACCOUNT_JSON


settings.register_profile("thorough", max_examples=100, deadline=None)
settings.register_profile("quick", max_examples=20, deadline=None)
settings.load_profile("thorough")

leave_home()  # now: importing `handler` builds it


def pytest_configure(config: pytest.Config) -> None:
    """As shipped, a warning is an error wherever it comes from; beside a user's code, as pyproject.toml says."""
    if AS_SHIPPED:
        config.addinivalue_line("filterwarnings", "error")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Unit tests open no sockets; a test that needs one on this machine is marked with `enable_socket`.

    What an earlier test's function has all logging written with writes to this test's output.
    """
    _write_to_stdout(logging.getLogger())
    if "enable_socket" not in item.keywords:
        disable_socket(allow_unix_socket=True)


SECRETS = (
    sample.TOKEN,
    sample.ENCODING_AES_KEY,
    sample.ECHOSTR,
    sample.ACCOUNT_ID,
    sample.FOLLOWER,
    signature(sample.TOKEN, str(sample.CLOCK), sample.NONCE),
    "你好",
    "Geheimnis",
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Whatever a test is about, it fails where anything secret was printed or logged on the way.

    The simulator is excepted: it is not deployed, and showing messages is what it is for.
    """
    report = yield
    printed = report.capstdout + report.capstderr + report.caplog
    if "tests/sim/" not in report.nodeid and any(secret in printed for secret in SECRETS):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} printed something secret"
    return report


class _Stdout:
    """What sys.stdout is when it is written to, and not when a logger was created: pytest exchanges it."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


def _write_to_stdout(logger: logging.Logger) -> None:
    for handler in logger.handlers:
        if type(handler) is logging.StreamHandler:  # pytest has added others
            handler.stream = _Stdout()


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Reads the JSON lines printed since the last call: log lines and metrics."""
    _write_to_stdout(logging.getLogger(SERVICE))

    def read() -> list[dict[str, Any]]:
        out, err = capsys.readouterr()
        assert not [secret for secret in SECRETS if secret in out + err]
        return [json.loads(line) for line in out.splitlines()]

    return read

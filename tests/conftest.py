"""What every test runs with: the sample account, no network, and a way to read what was printed."""

import json
import logging
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest
from pytest_socket import disable_socket

from simulator import sample

os.environ["WECHAT_ACCOUNT"] = sample.ACCOUNT_JSON  # importing `handler` builds it


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Unit tests open no sockets; a test that needs one on this machine is marked with `enable_socket`."""
    if "enable_socket" not in item.keywords:
        disable_socket(allow_unix_socket=True)


class _Stdout:
    """What sys.stdout is when it is written to, and not when a logger was created: pytest exchanges it."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Reads the JSON lines printed since the last call: log lines and metrics."""
    for stream in logging.getLogger("wechat-callback").handlers:
        assert isinstance(stream, logging.StreamHandler)
        stream.stream = _Stdout()
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]

"""A local AWS, anew for each module."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.local_aws import local_aws
from tests.e2e.operating import Environ


def open_to_others() -> set[str]:
    """The addresses, other than loopback ones, that something on this machine listens on, as the kernel writes them."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
    listening = {local for _, local, _, state, *_ in lines if state == "0A"}
    return {local for local in listening if not local.startswith(("0100007F:", "00000000000000000000000001000000:"))}


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environ]:
    """A local AWS that this machine alone can reach, and the environment that makes every command use it."""
    before = open_to_others()
    with local_aws(tmp_path_factory.mktemp("aws")) as variables:
        assert open_to_others() <= before
        yield os.environ | variables | {"SAM_CLI_TELEMETRY": "0"}

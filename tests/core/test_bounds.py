"""No body up to the limit takes long or much, before the signature as after it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.costly_bodies import BODIES, FREE_TEXTS, MIB, MILLISECONDS, MODES
from wechat_core import cdata
from wechat_core.xml_tree import BODY_LIMIT


@pytest.fixture(scope="module")
def measured() -> dict[tuple[str, str], tuple[int, str, float, float]]:
    """Each body in each mode, measured in processes of their own."""
    command = [sys.executable, "-m", "tests.core.costly_bodies"]
    run = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    return {(body, mode): tuple(found) for body, mode, *found in map(json.loads, run.stdout.splitlines())}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("body", BODIES)
def test_bounded(body: str, mode: str, measured: dict[tuple[str, str], tuple[int, str, float, float]]) -> None:
    """Each is answered, or refused by name, within 50 ms of CPU and 20 MiB; what nobody signed is not even read."""
    size, outcome, milliseconds, mib = measured[body, mode]
    assert BODY_LIMIT * 0.9 < size <= BODY_LIMIT
    assert milliseconds <= MILLISECONDS
    assert mib <= MIB
    if mode == "forged":
        assert outcome in ("not encrypted", "body malformed", "signature wrong")


def test_every_free_text_is_among_them() -> None:
    """The elements that a follower writes freely are attacked, each under its own name."""
    assert set(FREE_TEXTS) <= cdata._FREE

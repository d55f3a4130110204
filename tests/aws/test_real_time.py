"""A sample in real time: real processes, frozen between events, and a table behind a network that fails. `make endure`
takes it at length.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from harness.fault_proxy import FaultProxy
from harness.real_platform import TEXTS, Platform
from harness.real_time import ONE_FAULT, ask_all, fail_one, fail_some, stage, tell


@pytest.fixture
def staged(dynalite: str, dynalite_table: Any) -> Iterator[tuple[Platform, FaultProxy]]:
    """A platform, and a network to disturb; no process has to start while a follower waits, as this machine is slow."""
    with stage(dynalite, warm=48) as staged:
        yield staged


def test_a_healthy_table(staged: tuple[Platform, FaultProxy]) -> None:
    """One run each, every answer is shown, and once, whether it took a tenth of a second or half a minute."""
    platform, proxy = staged
    counts = tell(ask_all(platform, [0.1, 2, 6, 9, 11, 13, 20, 30], at_once=8), platform, proxy)
    assert counts["shown"] == counts["messages"] == 8
    assert not {"shown twice", "double runs", "fault lines", "told to ask again", "in silence"} & set(counts), counts
    assert proxy.faults["hang"] > 0  # connections that were lost while a process was frozen


def test_one_fault(staged: tuple[Platform, FaultProxy]) -> None:
    """Whichever call fails, and however, the reply is shown; at most one of sixteen messages runs twice."""
    platform, proxy = staged
    proxy.fault = fail_one(platform, ONE_FAULT)
    counts = tell(ask_all(platform, [11.0] * 16, at_once=16), platform, proxy)
    assert counts["shown"] == counts["messages"] == 16, counts
    assert counts["double runs"] <= 1, counts
    assert not {"shown twice", "fault lines"} & set(counts), counts
    assert sum(times for fault, times in proxy.faults.items() if fault) >= 16


def test_a_table_that_fails_every_seventh_time(staged: tuple[Platform, FaultProxy]) -> None:
    """Nothing is shown twice, and whoever gets no answer is told to ask again."""
    platform, proxy = staged
    proxy.fault = fail_some(0.15)
    counts = tell(ask_all(platform, [0.1, 1, 3, 6, 9, 12, 16, 20], at_once=8), platform, proxy)
    assert counts["shown"] + counts["told to ask again"] == 8, counts
    assert counts["shown"] >= 7, counts
    assert not {"shown twice", "fault lines", "in silence"} & set(counts), counts


def test_processes_that_are_killed(dynalite: str, dynalite_table: Any) -> None:
    """One dies at six seconds and is succeeded; one runs out of the function's time, and its follower is told so."""
    with stage(dynalite, warm=12, timeout=18) as (platform, proxy), ThreadPoolExecutor(2) as pool:
        died = pool.submit(platform.ask, 0, 8.0, 6.0)
        timed_out = pool.submit(platform.ask, 1, 40.0)
        assert died.result().shown == 1
        assert TEXTS.ask_again in timed_out.result().seen
        assert not tell([died.result(), timed_out.result()], platform, proxy)["fault lines"]

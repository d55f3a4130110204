"""A run beside another, and a run with an end: in real time, as on Lambda and as on a developer's machine."""

import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from wechat_aws.dedup_time import OutOfTime, Wait, run_beside, run_within


def in_main(call: Callable[[], object]) -> object:
    """Here: pytest's thread is the main one, as Lambda's is."""
    assert threading.current_thread() is threading.main_thread()
    return call()


def in_thread(call: Callable[[], object]) -> object:
    """Beside, as the local server calls."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


WHERE = pytest.mark.parametrize("where", [in_main, in_thread])


@WHERE
def test_a_run_in_time(where: Callable[[Callable[[], object]], object]) -> None:
    """What it returns is returned, what it raises is raised, and nothing rings afterwards."""

    def fail() -> object:
        raise KeyError("mine")

    assert where(lambda: run_within(5, lambda: 7)) == 7
    with pytest.raises(KeyError, match="mine"):
        where(lambda: run_within(5, fail))
    assert where(lambda: run_within(0.05, lambda: 7)) == 7
    time.sleep(0.1)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


@WHERE
def test_a_run_that_takes_longer(where: Callable[[Callable[[], object]], object]) -> None:
    """It is left at its time, whatever it waits for."""
    started = time.monotonic()
    with pytest.raises(OutOfTime):
        where(lambda: run_within(0.1, lambda: time.sleep(2)))
    assert time.monotonic() - started < 1
    with pytest.raises(OutOfTime):
        where(lambda: run_within(-1, lambda: time.sleep(2)))


def test_a_run_is_broken_off_and_not_left_behind() -> None:
    """It ends there and then, and passes by what catches every Exception; the handler of signals is as it was."""
    ended: list[str] = []
    before = signal.getsignal(signal.SIGALRM)

    def run() -> None:
        try:
            time.sleep(2)
            ended.append("whole")
        except Exception:
            ended.append("caught")
        finally:
            ended.append("left")

    with pytest.raises(OutOfTime):
        run_within(0.05, run)
    assert ended == ["left"]
    assert signal.getsignal(signal.SIGALRM) is before


def test_a_run_beside_ends_when_it_is_told_to() -> None:
    """At once, in the middle of a wait, and what stops it waits for its end."""
    waits: list[bool] = []
    threads = threading.active_count()

    def work(wait: Wait) -> None:
        waits.append(wait(0.01))
        waits.append(wait(60))
        time.sleep(0.05)
        waits.append(wait(0))

    started = time.monotonic()
    stop = run_beside(work)
    time.sleep(0.1)
    stop()
    assert waits == [False, True, True]
    assert threading.active_count() == threads
    assert time.monotonic() - started < 5

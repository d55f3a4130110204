"""Time as de-duplication needs it, and as tests replace it: a clock, a wait, a run beside another, a run with an
end."""

import signal
import time
from collections.abc import Callable
from contextvars import copy_context
from threading import Event, Thread, current_thread, main_thread
from typing import Final, NoReturn, Protocol

from wechat_core.values import Value

type Wait = Callable[[float], bool]
"""Waits that many seconds; returns True, and sooner, where it is told to stop."""


class OutOfTime(BaseException):
    """Raised inside a run whose time is over; no Exception, so that the responder does not catch it as its own."""


class Within(Protocol):
    """Runs a function and returns its result, or raises OutOfTime after so many seconds."""

    def __call__[T](self, seconds: float, run: Callable[[], T]) -> T:
        """Run it."""


class Time(Value):
    """`clock` gives Unix seconds, `sleep` waits; `beside` runs a function in parallel, and returns what stops
    it."""

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    beside: Callable[[Callable[[Wait], None]], Callable[[], None]]
    within: Within


def run_beside(work: Callable[[Wait], None]) -> Callable[[], None]:
    """Run a function in a thread. What is returned stops it and waits for its end: no thread outlives an answer."""
    stopped = Event()
    thread = Thread(target=work, args=(stopped.wait,), daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join()

    return stop


def run_within[T](seconds: float, run: Callable[[], T]) -> T:
    """Run a function, and break it off after that many seconds.

    By a signal, for a thread cannot be broken off, and one left behind would go on inside the next invocation. Signals
    reach the main thread only, in which Lambda calls; beside it, on a developer's machine, a thread may be left behind.

    Raises:
        OutOfTime: the time is over.
    """
    if current_thread() is not main_thread():
        return _run_in_thread(seconds, run)
    previous = signal.signal(signal.SIGALRM, _ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
        return run()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _ring(*_: object) -> NoReturn:
    raise OutOfTime


def _run_in_thread[T](seconds: float, run: Callable[[], T]) -> T:
    from concurrent.futures import Future  # only here: Lambda does not come here

    outcome: Future[T] = Future()
    context = copy_context()  # what it logs has the request's id

    def work() -> None:
        try:
            outcome.set_result(context.run(run))
        except BaseException as error:
            outcome.set_exception(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome.done():
        raise OutOfTime
    return outcome.result()


REAL_TIME: Final = Time(time.time, time.sleep, run_beside, run_within)

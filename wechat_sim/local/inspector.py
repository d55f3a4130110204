"""Looks into the callback while it answers: the steps and how long each took, and what it printed."""

import contextlib
import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from types import CodeType
from typing import Any, Final, TextIO

from wechat_aws.proxy import read_request, write_response
from wechat_core.callback import Callback, verify
from wechat_core.envelope import PlainEnvelope
from wechat_core.messages import parse_message
from wechat_core.replies import render
from wechat_core.safe_mode import SafeEnvelope

_TOOL: Final = 4  # of those that sys.monitoring leaves to everybody
_STEPS: Final[dict[CodeType, str]] = {
    read_request.__code__: "read",
    verify.__code__: "verify",
    PlainEnvelope.open.__code__: "open",
    SafeEnvelope.open.__code__: "open",
    parse_message.__code__: "parse",
    Callback._respond.__code__: "respond",
    render.__code__: "render",
    PlainEnvelope.seal.__code__: "seal",
    SafeEnvelope.seal.__code__: "seal",
    write_response.__code__: "write",
}


class Step:
    """One step of the flow; one that raised has failed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.milliseconds = 0.0
        self.failed = True
        self._started = time.perf_counter()

    def end(self) -> None:
        """It returned."""
        self.milliseconds, self.failed = round((time.perf_counter() - self._started) * 1000, 3), False


class Trace:
    """What became of one request inside."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.proxy_event: Any = None
        self.proxy_response: Any = None
        self._printed = io.StringIO()

    def write(self, text: str) -> None:
        """Keep what was printed."""
        self._printed.write(text)

    def printed(self) -> tuple[list[str], list[str], list[str]]:
        """The lines of the log, of metrics, and all other lines."""
        kinds: tuple[list[str], list[str], list[str]] = [], [], []
        for line in self._printed.getvalue().splitlines():
            kinds[_kind(line)].append(line)
        return kinds


_traces: ContextVar[list[Trace] | None] = ContextVar("traces", default=None)
_current: ContextVar[Trace | None] = ContextVar("current", default=None)


@contextlib.contextmanager
def collecting() -> Iterator[list[Trace]]:
    """Traces of the requests that are made in this context."""
    traces: list[Trace] = []
    token = _traces.set(traces)
    try:
        yield traces
    finally:
        _traces.reset(token)


def traced(handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The handler, leaving a trace where somebody collects them."""

    def call(event: Any, context: Any) -> Any:
        traces = _traces.get()
        if traces is None:
            return handler(event, context)
        trace = Trace()
        traces.append(trace)
        _current.set(trace)  # of this thread's own copy of the context
        trace.proxy_event = event
        trace.proxy_response = handler(event, context)
        return trace.proxy_response

    return call


def install() -> None:
    """Watch the steps and the standard output from now on; before the handler is loaded, which keeps the output."""
    monitoring, events = sys.monitoring, sys.monitoring.events
    monitoring.use_tool_id(_TOOL, "inspector")
    monitoring.register_callback(_TOOL, events.PY_START, _started)
    monitoring.register_callback(_TOOL, events.PY_RETURN, _returned)
    for code in _STEPS:
        monitoring.set_local_events(_TOOL, code, events.PY_START | events.PY_RETURN)
    sys.stdout = _Tee(sys.stdout)


class _Tee(io.TextIOBase):
    """Prints, and keeps for the trace what a traced handler prints."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        if trace := _current.get():
            trace.write(text)
        return self._out.write(text)

    def flush(self) -> None:
        self._out.flush()


def _started(code: CodeType, _: int) -> None:
    if trace := _current.get():
        trace.steps.append(Step(_STEPS[code]))


def _returned(code: CodeType, _: int, __: object) -> None:
    if trace := _current.get():
        next(step for step in reversed(trace.steps) if step.name == _STEPS[code]).end()


def _kind(line: str) -> int:
    try:
        written = json.loads(line)
    except ValueError:
        return 2
    if not isinstance(written, dict):
        return 2
    return 1 if "_aws" in written else 0

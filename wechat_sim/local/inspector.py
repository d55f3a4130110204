"""Traces the callback while it answers: its steps and their times, what it printed and what it raised."""

import contextlib
import io
import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, TextIO

from wechat_core.callback import Begin
from wechat_sim.local.live import read_times

type Handler = Callable[[Any, Any], Any]


class Trace:
    """What happened to one request inside the callback."""

    def __init__(self, proxy_event: Any) -> None:
        self.steps: list[dict[str, Any]] = []
        self.failure: dict[str, Any] | None = None
        self.proxy_event = proxy_event
        self.proxy_response: Any = None
        self.printed = io.StringIO()
        self._began = 0.0

    def begin(self, name: str) -> None:
        """Begin a step, which ends the one before."""
        self.end("run")
        self.steps.append({"name": name, "state": "running", "milliseconds": 0.0})
        self._began = time.perf_counter()

    def end(self, state: str) -> None:
        """End the step that is running, if one is."""
        if self.steps and self.steps[-1]["state"] == "running":
            milliseconds = round((time.perf_counter() - self._began) * 1000, 3)
            self.steps[-1] |= {"state": state, "milliseconds": milliseconds}

    def as_json(self) -> dict[str, Any]:
        """What is known so far."""
        printed = self.printed.getvalue().splitlines()
        return {
            "steps": self.steps,
            "failure": self.failure,
            "proxy_event": self.proxy_event,
            "proxy_response": self.proxy_response,
            **{kind: [line for line in printed if _kind_of(line) == kind] for kind in ("log", "metrics", "printed")},
        }


_traces: Final[ContextVar[list[Trace] | None]] = ContextVar("traces", default=None)
_current: Final[ContextVar[Trace | None]] = ContextVar("current", default=None)


class Inspector:
    """Traces requests to the project in a folder, while somebody collects the traces."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> list[Trace]:
        """A list that gets the traces of the requests that this task makes from now on."""
        traces: list[Trace] = []
        _traces.set(traces)
        return traces

    def watch(self, handler: Handler) -> Handler:
        """The handler, leaving a trace where somebody collects them."""
        from wechat_aws.function import WATCH  # only here: the page for another callback needs nothing of AWS

        def call(event: Any, context: Any) -> Any:
            if (traces := _traces.get()) is None:
                return handler(event, context)
            trace = Trace(event)
            traces.append(trace)
            _current.set(trace)  # of this thread's own copy of the context
            WATCH.set(self._watch)
            trace.proxy_response = handler(event, context)
            return trace.proxy_response

        return call

    def keep_failure(self, error: BaseException) -> None:
        """Keep what the user's code raised, with its text: here only its author sees it."""
        if trace := _current.get():
            text = error.msg if isinstance(error, SyntaxError) else str(error)
            trace.failure = {"error": type(error).__name__, "text": text, "place": self._place_of(error)}

    @contextlib.contextmanager
    def _watch(self) -> Iterator[Begin]:
        """Watches the steps of this request; an exception means that the last one failed."""
        trace = _current.get()
        assert trace
        try:
            yield trace.begin
            trace.end("run")
        except Exception as error:
            trace.end("failed")
            if trace.steps[-1]["name"] == "respond" and error.__cause__:
                self.keep_failure(error.__cause__)
            raise

    def _place_of(self, error: BaseException) -> str:
        """The last line of the user's code that it passed, relative to the folder."""
        if isinstance(error, SyntaxError) and error.filename:
            return f"{Path(error.filename).name}:{error.lineno}"
        users = {str(path) for path in read_times(self._folder)}
        passed = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in users]
        return f"{Path(passed[-1].filename).relative_to(self._folder)}:{passed[-1].lineno}" if passed else ""


def keep_printed() -> None:
    """Keep from now on what a watched handler prints; before the handler is loaded, whose logger keeps the output."""
    sys.stdout = _Tee(sys.stdout)


class _Tee(io.TextIOBase):
    """Prints, and keeps for the trace what a traced handler prints."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        if trace := _current.get():
            trace.printed.write(text)
        return self._out.write(text)

    def flush(self) -> None:
        self._out.flush()


def _kind_of(line: str) -> str:
    """Whether a line is one of the log, of metrics, or another that was printed."""
    try:
        written = json.loads(line)
    except ValueError:
        written = None
    if isinstance(written, dict):
        return "metrics" if "_aws" in written else "log"
    return "printed"

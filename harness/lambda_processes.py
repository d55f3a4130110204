"""Lambda's processes: each answers one event at a time, is frozen in between, and killed in the end."""

import os
import signal
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Final

from wechat_aws.function import wire
from wechat_core.message import Message
from wechat_core.ordinary_messages import TextMessage
from wechat_core.replies import NoReply, Reply, TextReply

_CONTEXT: Final = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["harness.lambda_processes", "wechat_aws.dedup_wiring", "wechat_aws.aws_client"])


class Environment:
    """One process of the function; what it has run is added to `runs`."""

    def __init__(self, environ: Mapping[str, str], timeout: float, runs: list[str]) -> None:
        self._mine, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=serve, args=(theirs, dict(environ)), daemon=True)
        self._process.start()
        theirs.close()
        self._timeout, self._runs = timeout, runs
        self.is_dead = False

    def wait(self) -> None:
        """Wait until it has started, and freeze it."""
        assert self._mine.recv() == ("started",)
        os.kill(self._process.pid or 0, signal.SIGSTOP)

    def invoke(self, event: dict[str, Any]) -> dict[str, Any] | None:
        """The answer; None where it died or ran out of time."""
        end = time.monotonic() + self._timeout
        with suppress(EOFError, OSError):
            os.kill(self._process.pid or 0, signal.SIGCONT)
            self._mine.send(event)
            while self._mine.poll(max(0.0, end - time.monotonic())):
                match self._mine.recv():
                    case ("run", msg_id):
                        self._runs.append(msg_id)
                    case ("answer", answer):
                        os.kill(self._process.pid or 0, signal.SIGSTOP)
                        return dict(answer)
        self.kill()
        return None

    def kill(self) -> None:
        """End it in the middle of what it does."""
        self.is_dead = True
        self._process.kill()


class Function:
    """A function: an event takes a process that is free, or a new one; `warm` of them have been started before.

    `runs` are the MsgIds of what the responder has run to its end, `most` is how many events there were at once.
    """

    def __init__(self, environ: Mapping[str, str], *, timeout: float, warm: int = 0) -> None:
        self.runs: list[str] = []
        self.most = 0
        self._start = partial(Environment, environ, timeout, self.runs)
        self._all = [self._start() for _ in range(warm)]
        for environment in self._all:
            environment.wait()
        self._free = list(self._all)
        self._lock = threading.Lock()
        self._at_work = 0

    def invoke(self, event: dict[str, Any], crash_after: float | None = None) -> dict[str, Any] | None:
        """The answer; None where the process died, of itself or so many seconds after it began."""
        with self._lock:
            environment = self._free.pop() if self._free else None
            self._at_work += 1
            self.most = max(self.most, self._at_work)
        if environment is None:
            environment = self._start()
            self._all.append(environment)
            environment.wait()
        if crash_after is not None:
            threading.Timer(crash_after, environment.kill).start()
        answer = environment.invoke(event)
        with self._lock:
            self._at_work -= 1
            if not environment.is_dead:
                self._free.append(environment)
        return answer

    def close(self) -> None:
        """Kill all processes."""
        for environment in self._all:
            environment.kill()


def serve(connection: Connection, environ: Mapping[str, str]) -> None:
    """What a process does: answer events until it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    def respond(message: Message) -> Reply:
        """Take the seconds that the message says."""
        if not isinstance(message, TextMessage):
            return NoReply()
        time.sleep(float(message.content.rpartition(" ")[2]) if message.content.startswith("take ") else 0.05)
        connection.send(("run", message.msg_id))
        return TextReply(f"re {message.msg_id}")

    lambda_handler = wire(respond, environ)
    connection.send(("started",))
    while True:
        event = connection.recv()
        connection.send(("answer", lambda_handler(event, None)))

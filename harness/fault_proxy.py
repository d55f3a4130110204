"""A proxy in front of DynamoDB that delays, loses and refuses calls, and counts them; for tests against real
sockets."""

import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from wechat_core.values import Value

_RESET: Final = struct.pack("ii", 1, 0)
_THROTTLED: Final = b'{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}'


class Asked(Value):
    """One call, as it passed: whose item, what for, and the number of calls of that kind for that item before it."""

    key: str
    kind: str
    number: int


def kind_of(operation: str, payload: dict[str, Any]) -> str:
    """What a call is for: read, claim, keep, beat, take over, release, take, note, drop, or other."""
    if operation == "GetItem":
        return "read"
    change, names = payload.get("UpdateExpression", ""), payload.get("ExpressionAttributeNames", {})
    values, condition = payload.get("ExpressionAttributeValues", {}), payload.get("ConditionExpression", "")
    kinds = {
        "keep": "#reply = if_not_exists" in change,
        "claim": "ADD #deliveries" in change,
        "take over": "#beat = " in condition,
        "release": {"S": "-"} in values.values(),
        "take": "#taken_by" in names,
        "note": "ADD #queue" in change,
        "drop": "DELETE #queue" in change,
        "beat": "#beat" in names,
    }
    return next((kind for kind, applies in kinds.items() if applies), "other")


class FaultProxy(ThreadingHTTPServer):
    """Listens on this machine, and passes calls on, each with the fault that `fault` chooses for it.

    `fault` gives "" for nothing, or one of reset before, reset after, throttle, error, hang; `latency` the seconds
    that a call takes besides. A connection that was silent for `forgets_after` seconds is lost, and neither end is
    told. `kinds` counts calls by item and kind.
    """

    request_queue_size = 256

    def __init__(
        self, upstream: str, *, latency: Callable[[], float] = lambda: 0.0, forgets_after: float = 60.0
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.fault: Callable[[Asked], str] = lambda asked: ""
        self.upstream, self.latency, self.forgets_after = upstream.removeprefix("http://"), latency, forgets_after
        self.kinds: Counter[tuple[str, str]] = Counter()
        self.faults: Counter[str] = Counter()
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._lock = threading.Lock()

    def count(self, operation: str, payload: dict[str, Any]) -> Asked:
        """Count a call."""
        key, kind = payload.get("Key", {}).get("id", {}).get("S", ""), kind_of(operation, payload)
        with self._lock:
            self.kinds[key, kind] += 1
            return Asked(key, kind, self.kinds[key, kind])

    def handle_error(self, *_: Any) -> None:
        """A killed process leaves its connections in the middle of anything."""


class _Connection(BaseHTTPRequestHandler):
    """One connection of a client, and one of ours behind it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FaultProxy

    def setup(self) -> None:
        super().setup()
        self._upstream = HTTPConnection(self.server.upstream, timeout=10)
        self._last = time.monotonic()

    def finish(self) -> None:
        self._upstream.close()
        super().finish()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = self.server.count(self.headers["X-Amz-Target"].rpartition(".")[2], json.loads(body))
        time.sleep(self.server.latency())
        is_lost = time.monotonic() - self._last > self.server.forgets_after
        fault = "hang" if is_lost else self.server.fault(asked)
        self.server.faults[fault] += 1
        match fault:
            case "hang":
                time.sleep(5)
                self.close_connection = True
            case "reset before":
                self._reset()
            case "throttle":
                self._answer(400, _THROTTLED)
            case "error":
                self._answer(500, b"{}")
            case _:
                self._pass_on(body, loses_answer=fault == "reset after")
        self._last = time.monotonic()

    def _pass_on(self, body: bytes, *, loses_answer: bool) -> None:
        self._upstream.request("POST", self.path, body, dict(self.headers))
        response = self._upstream.getresponse()
        answer = response.read()
        if loses_answer:
            self._reset()
        else:
            self._answer(response.status, answer)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        socket.close(self.connection.detach())
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing: what passed is counted."""

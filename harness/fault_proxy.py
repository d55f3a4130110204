"""A proxy in front of DynamoDB that delays, loses and refuses calls, and counts them; for tests against real
sockets."""

import json
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

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


class FaultProxy:
    """Listens on this machine, and passes calls on, each with the fault that `fault` chooses for it.

    `fault` gives "" for nothing, or one of reset before, reset after, throttle, error, hang; `latency` the seconds
    that a call takes besides. A connection that was silent for `forgets_after` seconds is lost, and neither end is
    told. `calls` counts by item.
    """

    def __init__(
        self, upstream: str, *, latency: Callable[[], float] = lambda: 0.0, forgets_after: float = 60.0
    ) -> None:
        self.fault: Callable[[Asked], str] = lambda asked: ""
        self.latency, self.forgets_after = latency, forgets_after
        self.calls: Counter[str] = Counter()
        self.kinds: Counter[tuple[str, str]] = Counter()
        self.faults: Counter[str] = Counter()
        self._upstream = urlsplit(upstream)
        self._lock = threading.Lock()
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                _Connection(proxy, self.request).serve()

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def count(self, operation: str, payload: dict[str, Any]) -> Asked:
        """Count a call."""
        key, kind = payload.get("Key", {}).get("id", {}).get("S", ""), kind_of(operation, payload)
        with self._lock:
            self.calls[key] += 1
            asked = Asked(key, kind, self.kinds[key, kind] + 1)
            self.kinds[key, kind] += 1
        return asked

    def connect(self) -> socket.socket:
        """A connection to what is behind."""
        return socket.create_connection((self._upstream.hostname, self._upstream.port), timeout=10)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed process leaves its connections in the middle of anything."""


class _Connection:
    """One connection of a client, and one of ours behind it."""

    def __init__(self, proxy: FaultProxy, client: socket.socket) -> None:
        self._proxy, self._client = proxy, client
        self._last = time.monotonic()

    def serve(self) -> None:
        """Pass on what comes, to the end of the connection."""
        with self._proxy.connect() as upstream:
            while (request := _receive(self._client)) and self._answer(request, upstream):
                self._last = time.monotonic()

    def _answer(self, request: tuple[dict[str, str], bytes, bytes], upstream: socket.socket) -> bool:
        headers, head, body = request
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        asked = self._proxy.count(operation, json.loads(body))
        time.sleep(self._proxy.latency())
        is_lost = time.monotonic() - self._last > self._proxy.forgets_after
        fault = "hang" if is_lost else self._proxy.fault(asked)
        self._proxy.faults[fault] += 1
        if fault == "hang":
            time.sleep(5)
            return False
        if fault == "reset before":
            return self._reset()
        if fault in ("throttle", "error"):
            answer = _THROTTLED if fault == "throttle" else b"{}"
            return self._send(b"400 Bad Request" if fault == "throttle" else b"500 Internal Server Error", answer)
        upstream.sendall(head + body)
        answered = _receive(upstream)
        if answered is None or fault == "reset after":
            return self._reset()
        self._client.sendall(answered[1] + answered[2])
        return True

    def _send(self, status: bytes, body: bytes) -> bool:
        self._client.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))
        return True

    def _reset(self) -> bool:
        self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._client.close()
        return False


def _receive(connection: socket.socket) -> tuple[dict[str, str], bytes, bytes] | None:
    """A request or an answer: its headers, its head as it came, its body; None where the connection has ended."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            part = connection.recv(65536)
        except OSError:
            return None
        if not part:
            return None
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")[1:]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return headers, head + b"\r\n\r\n", body

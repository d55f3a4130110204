"""A server that answers as a test says, and keeps what it was asked."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any, NamedTuple

import httpx

from harness.servers import serve


class Asked(NamedTuple):
    """A request as it came; the names of headers are in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


type Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One connection; what it does with each request is the server's next behaviour, the last one ever after."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_POST(self) -> None:
        """Any request."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(Asked(self.path, {n.lower(): v for n, v in self.headers.items()}, body))
        behaviours = self.server.behaviours
        behave = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        behave(self)

    do_GET = do_POST  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Its behaviours, what it was asked, and its address; by TLS where there is a context."""

    daemon_threads = True

    def __init__(self, *behaviours: Behaviour, tls: SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours = list(behaviours)
        self.asked: list[Asked] = []
        self.url = f"http://127.0.0.1:{self.server_port}"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
            self.url = f"https://localhost:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


@contextmanager
def serving(*behaviours: Behaviour, tls: SSLContext | None = None) -> Iterator[Server]:
    """Run a server."""
    server = Server(*behaviours, tls=tls)
    with serve(server):
        yield server


def answers(status: int, content: bytes | dict[str, Any], headers: Mapping[str, str] | None = None) -> Behaviour:
    """Answer so."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()

    def behave(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def says(content: object, **choice: Any) -> Behaviour:
    """Answer as a model that says this."""
    message = {"role": "assistant", "content": content, **choice.pop("message", {})}
    return answers(200, {"choices": [{"index": 0, "finish_reason": "stop", "message": message, **choice}]})


def drips(piece: bytes, *, times: int, every: float = 0.1, then: bytes = b"") -> Behaviour:
    """Answer, but slowly: a piece again and again, and then the rest."""

    def behave(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        for _ in range(times):
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(every)
        handler.wfile.write(then)
        handler.close_connection = True

    return behave


def chunks(start: bytes, *, then: bytes = b"", times: int = 1, poured: list[int] | None = None) -> Behaviour:
    """Answer in chunks, which start so, and then more, so many times; notes the bytes of it that have been sent."""

    def behave(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(start)
        handler.close_connection = True
        for _ in range(times):
            handler.wfile.write(then)
            if poured is not None:
                poured.append(len(then))

    return behave


def drips_headers(handler: Handler) -> None:
    """Never come to the end of the headers."""
    for number in range(100):
        handler.wfile.write(f"{'HTTP/1.1 200 OK' if not number else f'X-{number}: 1'}\r\n".encode())
        handler.wfile.flush()
        time.sleep(0.1)


def hangs_up(handler: Handler) -> None:
    """Answer nothing and close the connection."""
    handler.close_connection = True


def hangs(handler: Handler) -> None:
    """Answer nothing for a while."""
    time.sleep(5)
    handler.close_connection = True


def talks_nonsense(handler: Handler) -> None:
    """Answer in another protocol."""
    handler.wfile.write(b"SSH-2.0\r\n\r\n")
    handler.close_connection = True


def forwards(url: str, *, after: float) -> Behaviour:
    """Answer as the server at that base URL does, but only after so many seconds."""

    def behave(handler: Handler) -> None:
        time.sleep(after)
        asked = handler.server.asked[-1]
        headers = {name: value for name, value in asked.headers.items() if name in ("content-type", "authorization")}
        answer = httpx.post(f"{url}/chat/completions", headers=headers, content=asked.body, trust_env=False)
        answers(answer.status_code, answer.content)(handler)

    return behave

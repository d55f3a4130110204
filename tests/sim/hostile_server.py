"""A server that is no callback: it keeps what it is sent, and answers what a test has it answer, byte for byte."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from urllib.parse import parse_qsl, urlsplit

type Answer = Callable[[socket.socket, bytes], None]


class Recorder:
    """The URL of a server, and the target of every request that reached it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/wechat"
        self.targets: list[str] = []

    def queries(self) -> list[dict[str, str]]:
        """The parameters of every request."""
        return [dict(parse_qsl(urlsplit(target).query)) for target in self.targets]


@contextlib.contextmanager
def recording(answer: Answer) -> Iterator[Recorder]:
    """A server whose every connection gets this answer, one request each."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        recorder = Recorder(server.getsockname()[1])
        serving = threading.Thread(target=_serve, args=(server, recorder, answer), daemon=True)
        serving.start()
        try:
            yield recorder
        finally:
            server.shutdown(socket.SHUT_RDWR)
            serving.join()


def _serve(server: socket.socket, recorder: Recorder, answer: Answer) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        threading.Thread(target=_answer_one, args=(connection, recorder, answer), daemon=True).start()


def _answer_one(connection: socket.socket, recorder: Recorder, answer: Answer) -> None:
    with connection, contextlib.suppress(OSError):
        head = connection.recv(65536)
        if head:
            recorder.targets.append(head.split(b" ", 2)[1].decode())
            answer(connection, head)


def refuse(*, ahead: float = 0.0, after: float = 0.0, date: str = "", body: bytes = b"no") -> Answer:
    """Answers 403, after so many seconds, by a clock that is so far ahead, or with a Date of one's choice."""

    def answer(connection: socket.socket, _: bytes) -> None:
        time.sleep(after)
        told = date or formatdate(time.time() + ahead, usegmt=True)
        head = f"HTTP/1.1 403 Forbidden\r\nDate: {told}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)

    return answer


def pour(piece: bytes, *headers: str) -> Answer:
    """Answers 200 and this, again and again without an end."""

    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall("\r\n".join(["HTTP/1.1 200 OK", *headers, "Connection: close", "", ""]).encode())
        while True:
            connection.sendall(piece)

    return answer


def drip(connection: socket.socket, _: bytes) -> None:
    """Answers a byte every so often, and never comes to an end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b".")
        time.sleep(0.3)

"""A server that misbehaves to order, over TLS where it has a certificate."""

import json
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

type Fault = Callable[["Server", socket.socket], None]


class Server:
    """Meets the requests of all connections with its faults, one after another, and the rest with the last."""

    def __init__(self, *faults: Fault, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.over = Event()
        self._faults = list(faults)
        self._open: list[socket.socket] = []
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()

    def stop(self) -> None:
        """End every connection, and the waiting for more."""
        self.over.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            while thread.is_alive():
                for connection in self._open:
                    with suppress(OSError):
                        socket.socket.shutdown(connection, socket.SHUT_RDWR)
                thread.join(0.1)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connections += 1
                self._threads.append(Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            self._open.append(connection)
            if self._first(connection) or not self._tls:
                self._converse(connection)
            else:
                with self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as secured:
                    self._open.append(secured)
                    secured.do_handshake()
                    self._converse(secured)

    def _first(self, connection: socket.socket) -> bool:
        """Meet the connection itself, where the fault is one of connections."""
        if getattr(self._faults[0], "at_once", False):
            self._next()(self, connection)
            return True
        return False

    def _converse(self, connection: socket.socket) -> None:
        while request := _request(connection):
            self.requests.append(request)
            self._next()(self, connection)

    def _next(self) -> Fault:
        return self._faults.pop(0) if len(self._faults) > 1 else self._faults[0]


def _request(connection: socket.socket) -> bytes:
    """One whole request; nothing where the client has gone."""
    received = b""
    while b"\r\n\r\n" not in received:
        if not (more := connection.recv(65536)):
            return b""
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def serving(*faults: Fault, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server for as long as it is used."""
    server = Server(*faults, tls=tls)
    try:
        yield server
    finally:
        server.stop()


def http(status: int, body: bytes, *headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def answer(status: int = 200, content: object = None, *headers: str) -> Fault:
    """Answer, as a service does; bytes as they are."""
    body = content if isinstance(content, bytes) else json.dumps({} if content is None else content).encode()
    return send(http(status, body, *headers))


def send(raw: bytes, *, close: bool = False) -> Fault:
    """Send these bytes, and close then or not."""

    def fault(server: Server, connection: socket.socket) -> None:
        connection.sendall(raw)
        if close:
            connection.shutdown(socket.SHUT_RDWR)

    return fault


def refuse(code: str, status: int = 400) -> Fault:
    """Refuse in a service's way."""
    return answer(status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "Geheimnis"})


def hang(server: Server, connection: socket.socket) -> None:
    """Say nothing, neither now nor later, and keep the connection open: what a freeze leaves of one."""
    server.over.wait()


def drip(raw: bytes, seconds: float = 0.02) -> Fault:
    """Send one byte at a time, for ever."""

    def fault(server: Server, connection: socket.socket) -> None:
        for byte in raw:
            if server.over.wait(seconds):
                return
            connection.sendall(bytes([byte]))

    return fault


def reset(server: Server, connection: socket.socket) -> None:
    """Break the connection off."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def at_once(fault: Fault) -> Fault:
    """The same before any request, and before TLS."""

    def first(server: Server, connection: socket.socket) -> None:
        fault(server, connection)

    first.at_once = True  # type: ignore[attr-defined]
    return first

"""An HTTP connection that is kept alive, with a deadline for every wait, however slowly the peer sends."""

from collections.abc import Callable, Mapping
from http.client import HTTPResponse, IncompleteRead
from io import BufferedReader, RawIOBase
from select import POLLIN, poll
from socket import SOCK_STREAM, getaddrinfo, socket
from ssl import SSLContext
from time import monotonic
from typing import Any, Final

from wechat_aws.aws_settings import Endpoint

ANSWER_LIMIT: Final = 1 << 20
"""Bytes of an answer that are read; a parameter has 8 KB, an item 400."""


class Connection:
    """A connection to a service; deadlines are `time.monotonic`'s.

    Raises:
        OSError: there is no connection, or not in time. Only the resolver may take longer: nothing ends that wait.
    """

    def __init__(self, endpoint: Endpoint, tls: SSLContext, *, deadline: float, resolve: Any = getaddrinfo) -> None:
        self._deadline = deadline
        self._open(resolve(endpoint.name, endpoint.port, type=SOCK_STREAM))
        if endpoint.secure:  # its time is that of the handshake as a whole
            self._socket: socket = tls.wrap_socket(self._in_time(), server_hostname=endpoint.name)

    def __del__(self) -> None:
        if hasattr(self, "_socket"):
            self._socket.close()

    def is_idle(self) -> bool:
        """Whether a request may be sent: it has not been closed, and nothing unexpected has come."""
        incoming = poll()
        incoming.register(self._socket, POLLIN)
        return not incoming.poll(0)

    def post(self, headers: Mapping[str, str], body: bytes, *, deadline: float) -> tuple[int, bytes, bool]:
        """Send a request; the status and body of its answer, and whether the connection may be used again.

        Raises:
            OSError: the connection is lost, or the deadline has passed.
            HTTPException, ValueError: the answer is not HTTP, cut short or too long.
        """
        self._deadline = deadline
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._in_time().sendall(f"POST / HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        response = HTTPResponse(self, method="POST")  # type: ignore[arg-type]  # it needs `makefile` and no more
        response.begin()
        answer = response.read(ANSWER_LIMIT)
        if not (response.isclosed() or response.will_close):
            raise IncompleteRead(answer)
        return response.status, answer, not response.will_close

    def makefile(self, mode: str) -> BufferedReader:
        """What the peer sends, for one response to read."""
        return BufferedReader(_Incoming(self._in_time))

    def _open(self, addresses: list[Any]) -> None:
        """Connect to the first of a host's addresses that lets us; it has at least one."""
        for family, kind, protocol, _, address in addresses:
            self._socket = socket(family, kind, protocol)
            try:
                return self._in_time().connect(address)
            except OSError as error:
                self._socket.close()
                failure = error
        raise failure

    def _in_time(self) -> socket:
        """The socket, whose next wait ends at the deadline."""
        if (left := self._deadline - monotonic()) <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        return self._socket


class _Incoming(RawIOBase):
    """Reads a socket as a file is read, which ends where no answer with its head can reach."""

    def __init__(self, in_time: Callable[[], socket]) -> None:
        self._in_time = in_time
        self._left = 2 * ANSWER_LIMIT

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        received = self._in_time().recv_into(buffer[: self._left])
        self._left -= received
        return received

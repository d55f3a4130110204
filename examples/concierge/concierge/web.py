"""One HTTP request by the standard library: bounded in time as a whole, and in size, and sent nowhere else."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from socket import SHUT_RDWR, socket
from threading import Event, Timer
from time import monotonic
from urllib.parse import urlsplit

from wechat_core.values import Value

from .model import NoAnswer


class Response(Value):
    """An answer; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def request(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None, seconds: float, limit: int
) -> Response:
    """The answer to a request. It follows no redirect, so what the headers hold reaches this host alone.

    Args:
        seconds: for everything, however slowly the other side speaks; only a name server may take longer.
        limit: bytes of the largest body that is read.

    Raises:
        NoAnswer: there is none.
    """
    end = monotonic() + seconds
    try:
        response = _exchange(method, url, {"Connection": "close", **headers}, body, end, limit)
    except TimeoutError:
        raise NoAnswer("timed out") from None
    except (OSError, HTTPException) as error:  # a text of theirs may quote what was sent
        raise NoAnswer(f"connection failed ({type(error).__name__})") from None
    except ValueError:
        raise NoAnswer("the key or the URL has characters that cannot be sent") from None
    if len(response.body) > limit:
        raise NoAnswer(f"the answer is over {limit} bytes")
    return response


def _exchange(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, end: float, limit: int
) -> Response:
    parts = urlsplit(url)
    with closing(_connection(parts.scheme, parts.netloc, end - monotonic())) as connection:
        connection.connect()
        with _shut_down_at(end, connection.sock):
            connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
            with connection.getresponse() as response:
                content = _read(response, limit + 1)
                if response.length and len(content) <= limit:
                    raise IncompleteRead(content)
    return Response(response.status, {name.lower(): value for name, value in response.getheaders()}, content)


def _read(response: HTTPResponse, size: int) -> bytes:
    """At most so many bytes of a body, which `read` does not promise: it would read a chunk of -1 bytes for ever."""
    buffer = bytearray(size)
    read = response.readinto(buffer)
    return bytes(buffer[:read])


def _connection(scheme: str, netloc: str, seconds: float) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(netloc, timeout=seconds, context=_authorities())
    return HTTPConnection(netloc, timeout=seconds)


@cache
def _authorities() -> ssl.SSLContext:
    return ssl.create_default_context()  # once: it reads a hundred certificates


@contextmanager
def _shut_down_at(end: float, peer: socket) -> Iterator[None]:
    """Let nobody wait for a peer after `end`: a socket's own time-out starts anew with each byte.

    Raises:
        TimeoutError: it was.
    """
    late = Event()

    def shut_down() -> None:
        late.set()
        peer.shutdown(SHUT_RDWR)

    timer = Timer(max(end - monotonic(), 0), shut_down)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        if late.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
    if late.is_set():
        raise TimeoutError

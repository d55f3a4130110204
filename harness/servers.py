"""Servers on this machine, for as long as they are used: in a thread of this process, or as one of their own."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from socketserver import BaseServer
from typing import Any

import uvicorn

_PATIENCE = 60


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nothing listens on, all different."""
    with ExitStack() as stack:
        servers = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [server.getsockname()[1] for server in servers]


@contextmanager
def serve(server: BaseServer) -> Iterator[None]:
    """A server of the standard library's, in a thread."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serve_app(app: Any, **config: Any) -> Iterator[int]:
    """An ASGI application, in a thread; gives its port."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", date_header=False, lifespan="off", **config))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def run_server(command: Sequence[str], port: int, log: Path = Path(os.devnull), **how: Any) -> Iterator[int]:
    """A command that listens on a port, and writes to a log if there is one; gives its process's id, once it listens.

    It is killed in the end, with all that it has started. `how` is for `Popen`.

    Raises:
        RuntimeError: it does not listen; the text has its log.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True, **how)
    try:
        give_up = time.monotonic() + _PATIENCE
        while not _is_listening(port):
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"{command} does not listen on {port}:\n{log.read_text('utf-8', 'replace')}")
            time.sleep(0.005)
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _is_listening(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False

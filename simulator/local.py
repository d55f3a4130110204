"""Runs the local server until it is interrupted."""

import contextlib
import errno
import importlib.util
import socket
import sys
import time
from pathlib import Path

import click
import uvicorn

from simulator import inspector, sample
from simulator.account import Console
from simulator.inbound import signed_query
from simulator.live import LiveHandler
from simulator.server import CALLBACK_PATH, create_app


def serve(host: str, port: int, console: Console, max_age: int) -> None:
    """Listen until interrupted; stops with one line where the handler does not start or the port is taken."""
    inspector.install()
    live = LiveHandler(_folder(), is_sample=console.is_sample)
    listening = _listen(host, port)
    _introduce(_url(host, listening.getsockname()[1]), console, max_age)
    app = create_app(live, console, live.set_mode)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    with listening, contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def _folder() -> Path:
    """Where handler.py is: in the folder that this was started in, or where the project is installed from."""
    spec = importlib.util.find_spec("handler")
    if not spec or not spec.origin:
        sys.exit("there is no handler.py here: change into the project's folder")
    return Path(spec.origin).parent


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(f"port {port} is in use: choose another, for example with: make run PORT={port + 1}")
        sys.exit(f"cannot listen on {host}, port {port}: {error.strerror}")


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _introduce(url: str, console: Console, max_age: int) -> None:
    """Say where to go and how to try it; a configured token stays out, and so does what is signed with it."""
    whose = f"the sample account, token {sample.TOKEN}" if console.is_sample else "the one in WECHAT_ACCOUNT"
    click.echo(f"chat page  {url}/\ncallback   {url}{CALLBACK_PATH}\naccount    {whose}")
    if console.is_sample:
        query = signed_query(sample.TOKEN, timestamp=int(time.time()), nonce=sample.NONCE, echostr=sample.ECHOSTR)
        good_for = f", signed for the next {max_age} seconds" if max_age else ""
        click.echo(f"\nThe check of the URL{good_for}:\ncurl '{url}{CALLBACK_PATH}?{query}'")
    click.echo("\nEach request leaves a line of the log and one of metrics here. Stop with Ctrl+C.\n")

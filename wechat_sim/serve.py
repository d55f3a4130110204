"""The local server: the callback behind its real handler, and a page that plays WeChat.

Every request to the callback, from the page or from elsewhere, becomes a proxy event and goes through `lambda_handler`.
"""

import asyncio
import base64
import contextlib
import errno
import importlib.util
import socket
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import click
import uvicorn
from starlette.applications import Starlette
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from wechat_sim.local import inspector
from wechat_sim.local.inspector import traced
from wechat_sim.local.live import LiveHandler
from wechat_sim.local.proxy_events import HttpRequest, http_api_event
from wechat_sim.page.chat import Chat
from wechat_sim.page.guard import check_origin, key_for, read_body
from wechat_sim.platform import sample
from wechat_sim.platform.console import Console, Mode
from wechat_sim.platform.inbound import signed_query

type LambdaHandler = Callable[[Any, Any], dict[str, Any]]

CALLBACK_PATH: Final = "/wechat"


class LambdaCallback:
    """The callback as an ASGI application; every method passes, so that the handler is the one to refuse."""

    def __init__(self, lambda_handler: LambdaHandler) -> None:
        self._lambda_handler = lambda_handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        check_origin(request)
        event = http_api_event(await _received(request))
        context = SimpleNamespace(aws_request_id=str(uuid.uuid4()))
        # in a thread, so that requests overlap as they do on Lambda, and one goes on when the platform has hung up
        answer = await asyncio.to_thread(self._lambda_handler, event, context)
        await _response(answer)(scope, receive, send)


def create_app(
    lambda_handler: LambdaHandler, console: Console, set_mode: Callable[[Mode], None] = lambda _: None, key: str = ""
) -> Starlette:
    """The callback at `CALLBACK_PATH` and the chat page at `/`, which signs as the console says for who has the key."""
    callback = ExceptionMiddleware(LambdaCallback(traced(lambda_handler)))
    chat = Chat(callback, CALLBACK_PATH, console, set_mode, key)
    return Starlette(routes=[Route(CALLBACK_PATH, callback), *chat.routes])


async def _received(request: Request) -> HttpRequest:
    return HttpRequest(
        method=request.method,
        host=request.url.hostname or "",
        path=request.url.path,
        query=request.scope["query_string"].decode("latin-1"),
        headers=tuple(request.headers.items()),
        body=await read_body(request),
        source_ip=request.client.host if request.client else "",
        request_id=str(uuid.uuid4()),
        received=time.time(),
    )


def _response(answer: dict[str, Any]) -> Response:
    body = base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"]
    return Response(body, answer["statusCode"], answer["headers"])


def serve(host: str, port: int, console: Console, max_age: int) -> None:
    """Listen until interrupted; stops with one line where the handler does not start or the port is taken."""
    inspector.install()
    live = LiveHandler(_folder(), is_sample=console.is_sample)
    listening = _listen(host, port)
    key = key_for(host)
    introduce(_url(host, listening.getsockname()[1]), console, max_age, key)
    app = create_app(live, console, live.set_mode, key)
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


def introduce(url: str, console: Console, max_age: int, key: str = "") -> None:
    """Say where to go and how to try it; a configured token stays out, and so does what is signed with it."""
    whose = f"the sample account, token {sample.TOKEN}" if console.is_sample else "the one in WECHAT_ACCOUNT"
    click.echo(f"chat page  {url}/{key and f'#key={key}'}\ncallback   {url}{CALLBACK_PATH}\naccount    {whose}")
    if key:
        click.echo("everybody in your network can reach the callback; the chat page takes the key in its URL")
    if console.is_sample:
        query = signed_query(sample.TOKEN, timestamp=int(time.time()), nonce=sample.NONCE, echostr=sample.ECHOSTR)
        good_for = f", signed for the next {max_age} seconds" if max_age else ""
        click.echo(f"\nThe check of the URL{good_for}:\ncurl '{url}{CALLBACK_PATH}?{query}'")
    click.echo("\nEach request leaves a line of the log and one of metrics here. Stop with Ctrl+C.\n")

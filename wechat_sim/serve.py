"""The local server: a page that plays WeChat to this project's callback, behind its real handler, or to anybody's."""

import contextlib
import errno
import importlib.util
import os
import shlex
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from wechat_aws.dedup_wiring import MEMORY
from wechat_sim.doctor.address import open_client
from wechat_sim.local.asgi import LambdaCallback, LambdaHandler
from wechat_sim.local.inspector import Inspector, keep_printed
from wechat_sim.local.live import LiveHandler
from wechat_sim.page.chat import Chat, Target
from wechat_sim.page.guard import key_for, read_guarded
from wechat_sim.platform import sample
from wechat_sim.platform.console import Console
from wechat_sim.platform.inbound import sign_query
from wechat_sim.stop import stop
from wechat_sim.texts import ENGLISH, Language, word

CALLBACK_PATH: Final = "/wechat"


def create_app(
    lambda_handler: LambdaHandler, console: Console, url: str = "http://127.0.0.1:8000", key: str = "", **abilities: Any
) -> Starlette:
    """The callback at `CALLBACK_PATH`, and at `/` the chat page, for visitors who have the key.

    `abilities` are fields of `Target`: what the page can do with it.
    """
    target = Target(
        url=url + CALLBACK_PATH,
        connect=lambda: httpx.AsyncClient(transport=httpx.ASGITransport(app)),  # without a network between
        **abilities,
    )
    callback = LambdaCallback(lambda_handler, read_guarded)
    app = Starlette(routes=[Route(CALLBACK_PATH, callback), *Chat(target, console, key).routes])
    return app


def serve_project(host: str, port: int, console: Console, max_age: int, language: Language) -> None:
    """Serve this project's callback and the page for it, until interrupted.

    Raises:
        Stop: there is no project here, or the address cannot be listened on.
    """
    folder = _find_project()
    inspector = Inspector(folder)
    keep_printed()
    os.environ.setdefault("LOG_ERROR_TEXT", "true")  # it quotes only the developer's own messages here
    live = LiveHandler(folder, os.environ, is_sample=console.is_sample, on_failure=inspector.keep_failure)
    with _listen(host, port) as listening:
        url, key = _url_of(listening), key_for(host)
        introduce(url, console, max_age, key, language)
        app = create_app(
            inspector.watch(live),
            console,
            url,
            key,
            command="make run",
            file=str(folder / "handler.py"),
            switches=_switches(live),
            collect=inspector.collect,
            set_mode=live.set_mode,
        )
        _run(app, listening)


def serve_page(host: str, port: int, console: Console, url: str, language: Language) -> None:
    """Serve the page for a callback that runs elsewhere, until interrupted.

    Raises:
        Stop: the address cannot be listened on.
    """
    with _listen(host, port) as listening:
        key = key_for(host)
        page = word("page_at", language, url=_page_url(_url_of(listening), key))
        click.echo(f"{page}\n{word('callback_at', language, url=url)}\n\n{word('stop', language)}\n")
        target = Target(
            url=url,
            command=f"wechat-sim serve --url {shlex.quote(url)}",
            connect=lambda: open_client(url),
        )
        _run(Starlette(routes=Chat(target, console, key).routes), listening)


def _switches(live: LiveHandler) -> dict[str, Callable[[bool], None]]:
    """The options of the callback: de-duplication in memory, unless a table is configured."""
    if os.environ.get("DEDUP_TABLE", "").strip():
        return {}
    return {"dedup": lambda on: live.set_variable("DEDUP_TABLE", MEMORY if on else "")}


def _run(app: Starlette, listening: socket.socket) -> None:
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])


def _find_project() -> Path:
    """Where handler.py is: in the folder that this was started in, or where the project is installed from."""
    spec = importlib.util.find_spec("handler")
    if not spec or not spec.origin:
        raise stop("no_project")
    return Path(spec.origin).parent


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise stop("port_in_use", port=port, other=port + 1) from None
        raise stop("cannot_listen", host=host, port=port, why=os.strerror(error.errno or 0)) from None


def _url_of(listening: socket.socket) -> str:
    """The URL on this machine."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _page_url(url: str, key: str) -> str:
    return f"{url}/#key={key}" if key else f"{url}/"


def introduce(url: str, console: Console, max_age: int, key: str = "", language: Language = ENGLISH) -> None:
    """Print where to go and how to try it, without a configured token or anything signed with it."""

    def tell(name: str, **values: object) -> str:
        return word(name, language, **values)

    whose = tell("sample_account", token=sample.TOKEN) if console.is_sample else tell("own_account")
    callback = tell("callback_at", url=url + CALLBACK_PATH)
    click.echo("\n".join((tell("page_at", url=_page_url(url, key)), callback, tell("account_is", whose=whose))))
    if key:
        click.echo(tell("open_to_network"))
    if console.is_sample:
        query = sign_query(sample.TOKEN, timestamp=int(time.time()), nonce=sample.NONCE, echostr=sample.ECHOSTR)
        heading = tell("check_of_url_for", seconds=max_age) if max_age else tell("check_of_url")
        click.echo(f"\n{heading}\ncurl '{url}{CALLBACK_PATH}?{query}'")
    click.echo(f"\n{tell('each_request')}\n")

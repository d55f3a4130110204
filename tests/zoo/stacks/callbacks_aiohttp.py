"""Callbacks as people write them with aiohttp: each under its name."""

import hashlib
import os
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

from aiohttp import web

TOKEN = "SampleToken"


def is_signed(request: web.Request) -> bool:
    query = request.query
    parts = sorted([TOKEN, query["timestamp"], query["nonce"]])
    return hashlib.sha1("".join(parts).encode()).hexdigest() == query["signature"]


def as_text(echostr: str) -> web.Response:
    return web.Response(text=echostr)


def as_reply(xml: str) -> web.Response:
    return web.Response(text=xml, content_type="application/xml")


def callback(
    verify: Callable[[str], web.Response] = as_text, reply: Callable[[str], web.Response] = as_reply, time: str = "1"
) -> Any:
    async def view(request: web.Request) -> web.Response:
        if not is_signed(request):
            raise web.HTTPForbidden
        if request.method == "GET":
            return verify(request.query["echostr"])
        root = ET.fromstring(await request.read())
        if root.findtext("MsgType") != "text" or not root.findtext("Content"):
            return web.Response(text="success")
        return reply(
            f"<xml><ToUserName>{root.findtext('FromUserName')}</ToUserName><FromUserName>{root.findtext('ToUserName')}"
            f"</FromUserName><CreateTime>{time}</CreateTime><MsgType>text</MsgType><Content>{root.findtext('Content')}"
            "</Content></xml>"
        )

    return view


@web.middleware
async def ask_for_password(request: web.Request, handler: Any) -> Any:
    raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})


CALLBACKS = {
    "plain": callback(),
    "binary-type": callback(verify=lambda echostr: web.Response(body=echostr.encode())),
    "float-time": callback(time="1795143600.123"),
    "json": callback(verify=web.json_response),
    "created": callback(verify=lambda echostr: web.Response(text=echostr, status=201)),
    "empty": callback(verify=lambda _: web.Response()),
    "no-content": callback(reply=lambda _: web.Response(status=204)),
    "reply-as-json": callback(reply=web.json_response),
    "before-reply": callback(reply=lambda xml: web.Response(text=f"DEBUG sent\n{xml}")),
    "bom-in-reply": callback(reply=lambda xml: web.Response(text=f"\ufeff{xml}")),
}

if __name__ == "__main__":
    app = web.Application()
    for name, view in CALLBACKS.items():
        app.router.add_route("*", f"/wx/{name}", view)
    private = web.Application(middlewares=[ask_for_password])
    private.router.add_route("*", "/callback", callback())
    app.add_subapp("/wx/password", private)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)

"""Callbacks as people write them with Tornado: each under its name."""

import asyncio
import hashlib
import os
from xml.etree import ElementTree as ET

from tornado.web import Application, HTTPError, RequestHandler

TOKEN = "SampleToken"


class Plain(RequestHandler):
    def check_xsrf_cookie(self) -> None: ...

    def prepare(self) -> None:
        parts = sorted([TOKEN, self.get_argument("timestamp"), self.get_argument("nonce")])
        if hashlib.sha1("".join(parts).encode()).hexdigest() != self.get_argument("signature"):
            raise HTTPError(403)

    async def get(self) -> None:
        self.write(self.get_argument("echostr"))

    async def post(self) -> None:
        root = ET.fromstring(self.request.body)
        if root.findtext("MsgType") != "text" or not root.findtext("Content"):
            self.write("success")
            return
        self.write(
            f"<xml><ToUserName>{root.findtext('FromUserName')}</ToUserName><FromUserName>{root.findtext('ToUserName')}"
            "</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>hi</Content></xml>"
        )


class Dictionary(Plain):
    async def get(self) -> None:
        self.write({"echostr": self.get_argument("echostr")})


class Guarded(Plain):
    def check_xsrf_cookie(self) -> None:
        RequestHandler.check_xsrf_cookie(self)


class GetOnly(Plain):
    post = RequestHandler._unimplemented_method


class Sluggish(Plain):
    async def post(self) -> None:
        await asyncio.sleep(6)
        await super().post()


class Streamed(Plain):
    async def get(self) -> None:
        for digit in self.get_argument("echostr"):
            self.write(digit)
            await self.flush()


async def main() -> None:
    handlers = {"plain": Plain, "streamed": Streamed, "dictionary": Dictionary, "xsrf": Guarded}
    handlers |= {"get-only": GetOnly, "sluggish": Sluggish}
    Application([(f"/wx/{name}", handler) for name, handler in handlers.items()], xsrf_cookies=True).listen(
        int(os.environ["PORT"]), "127.0.0.1"
    )
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

"""Callbacks of others, on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from harness.servers import serve
from tests.wechat import fields, signature

_REPLY = (
    "<xml><ToUserName><![CDATA[{}]]></ToUserName><FromUserName><![CDATA[{}]]></FromUserName>"
    "<CreateTime>1795143600</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{}]]></Content></xml>"
)


class _Server(HTTPServer):
    """Says nothing of what fails in it, for a command that runs here has the same standard error."""

    def handle_error(self, *_: Any) -> None:
        """Hang up."""


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server on this machine; yields its URL."""
    server = _Server(("127.0.0.1", 0), handler)
    with serve(server):
        yield f"http://127.0.0.1:{server.server_port}/wechat"


class Foreign(BaseHTTPRequestHandler):
    """Somebody's callback with the token `TheirToken`: it greets, and says so much more each time."""

    greeting = "hello"

    def is_signed(self) -> bool:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.echostr = query.get("echostr", "")
        return query["signature"] == signature("TheirToken", query["timestamp"], query["nonce"])

    def answer(self, body: str, *, content_type: str) -> None:
        signed = self.is_signed()
        self.send_response(200 if signed else 403)
        self.send_header("Content-Type", content_type)
        self.end_headers()
        self.wfile.write((body if signed else "wrong").encode())

    def do_GET(self) -> None:
        self.is_signed()
        self.answer(self.echostr, content_type="text/plain")

    def do_POST(self) -> None:
        message = fields(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(
            _REPLY.format(message["FromUserName"], message["ToUserName"], f"{self.greeting} {message['Content']}"),
            content_type="text/xml",
        )

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

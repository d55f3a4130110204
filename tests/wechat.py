"""The platform's side for tests: it signs with code of its own, so that agreement proves something."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from wechat_aws.function import LambdaHandler, wire
from wechat_core import Responder, echo
from wechat_core.exchange import Request

TOKEN = "SampleToken"
NOW = 1795143600
NONCE = "1372623149"
PLAIN_ENVIRON = {"WECHAT_ACCOUNT": json.dumps({"token": TOKEN})}
TO, FROM = "gh_3b91f0c8d2a4", "oK7x1t9mQ2rVbN7yZpLhWcE4sUaA"


def vectors(name: str) -> list[dict[str, Any]]:
    """Published cases, each with its source: a file of tests/vectors."""
    found: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors" / f"{name}.json").read_text("utf-8"))
    return found


def signature(token: str, timestamp: str, nonce: str, *more: str) -> str:
    """The platform's signature, written from its documentation."""
    return hashlib.sha1("".join(sorted([token, timestamp, nonce, *more])).encode()).hexdigest()


def build_handler(environ: Mapping[str, str], respond: Responder = echo, **more: Any) -> LambdaHandler:
    """The function around the echo, whatever handler.py names, or around another responder."""
    return wire(respond, environ, **more)


def query(
    token: str = TOKEN, timestamp: str = str(NOW), nonce: str = NONCE, **more: str
) -> tuple[tuple[str, str], ...]:
    """A correctly signed query."""
    signed = {"signature": signature(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    return tuple((signed | more).items())


def message(msg_type: str, body: str, msg_id: str = "<MsgId>24731180562347919</MsgId>") -> bytes:
    """A message as the platform writes it."""
    return (
        f"<xml><ToUserName><![CDATA[{TO}]]></ToUserName>\n<FromUserName><![CDATA[{FROM}]]></FromUserName>\n"
        f"<CreateTime>{NOW}</CreateTime>\n<MsgType><![CDATA[{msg_type}]]></MsgType>\n{body}{msg_id}</xml>"
    ).encode("utf-8", "surrogatepass")


def text(content: str) -> bytes:
    """A text message; like the platform, it escapes nothing."""
    return message("text", f"<Content><![CDATA[{content}]]></Content>\n")


def post(body: bytes, **signed: str) -> Request:
    """A correctly signed message."""
    return Request("POST", query(**signed), body)


def proxy_event(method: str, pairs: tuple[tuple[str, str], ...], body: bytes | None = None) -> dict[str, Any]:
    """A request as an HTTP API hands it over."""
    return {
        "version": "2.0",
        "rawQueryString": urlencode(pairs, errors="surrogateescape"),
        "requestContext": {"http": {"method": method}},
        "body": None if body is None else body.decode("utf-8", "surrogatepass"),
        "isBase64Encoded": False,
    }


def fields(xml: bytes | str) -> Mapping[str, str]:
    """The elements of a reply as another parser sees them, nested ones by their path."""
    found: dict[str, str] = {}

    def walk(element: ET.Element, prefix: str) -> None:
        for child in element:
            name = f"{prefix}{child.tag}"
            found[name] = child.text or ""
            walk(child, f"{name}/")

    walk(ET.fromstring(xml), "")
    return found

"""The proxy events in events/: input for `sam local invoke -e`, and what the tests run through the handler."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from wechat_sim.local.proxy_events import HttpRequest, http_api_event, rest_api_event
from wechat_sim.platform import sample
from wechat_sim.platform.console import SAMPLE, Console
from wechat_sim.platform.delivery import CHECK_HEADERS, HEADERS
from wechat_sim.platform.inbound import sign_query, write_message, write_request

DIRECTORY: Final = Path(__file__).parent.parent / "events"
MESSAGES: Final = ("text", "image", "voice", "video", "shortvideo", "location", "link")
EVENTS: Final = ("subscribe", "scan", "click", "location", "scancode_waitmsg_qr", "templatesendjobfinish_ok")

_HOST: Final = "id.execute-api.us-east-1.amazonaws.com"
_SOURCE_IP: Final = "203.0.113.7"
_FORGER: Final = Console(sample.WRONG_TOKEN, sample.ENCODING_AES_KEY, sample.APP_ID)


def sample_events() -> dict[str, str]:
    """The text of each file, by its name."""
    return {f"{name}.json": json.dumps(event, ensure_ascii=False, indent=2) + "\n" for name, event in _events()}


def list_stale(directory: Path) -> list[str]:
    """The names of files that are not there, not ours, or other than we would write them."""
    ours = sample_events()
    theirs = {path.name: path.read_text("utf-8") for path in directory.glob("*.json")}
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def write_events(directory: Path) -> None:
    """Write every file, and remove those that are not ours."""
    directory.mkdir(exist_ok=True)
    for path in directory.glob("*.json"):
        path.unlink()
    for name, text in sample_events().items():
        (directory / name).write_text(text, "utf-8")


def _events() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "verify", http_api_event(_verification())
    for name in (*MESSAGES, *(f"event_{event}" for event in EVENTS)):
        yield name, http_api_event(_push(_message(name)))
    text, safe = _message("text"), SAMPLE.replace(mode="safe")
    yield "unknown", http_api_event(_push(_message("text", MsgType="hologram")))
    yield "forged", http_api_event(_push(text, _FORGER))
    yield "text_base64", http_api_event(_push(text, content_type="application/octet-stream"))
    yield "rest_verify", rest_api_event(_verification())
    yield "rest_text", rest_api_event(_push(text))
    yield "safe_text", http_api_event(_push(text, safe))
    yield "safe_event_click", http_api_event(_push(_message("event_click"), safe))
    yield "safe_forged", http_api_event(_push(text, _FORGER.replace(mode="safe")))
    yield "compatible_text", http_api_event(_push(text, SAMPLE.replace(mode="compatible")))


def _message(name: str, **fields: str) -> bytes:
    return write_message(name, fields, follower=sample.FOLLOWER, created=sample.CLOCK, msg_id=sample.MSG_ID)


def _verification() -> HttpRequest:
    query = sign_query(sample.TOKEN, timestamp=sample.CLOCK, nonce=sample.NONCE, echostr=sample.ECHOSTR)
    return _request("GET", query, CHECK_HEADERS)


def _push(xml: bytes, console: Console = SAMPLE, *, content_type: str = "text/xml") -> HttpRequest:
    query, body = write_request(console, xml, timestamp=sample.CLOCK, nonce=sample.NONCE, salt=sample.SALT)
    return _request("POST", query, HEADERS | {"Content-Type": content_type, "Content-Length": str(len(body))}, body)


def _request(method: str, query: str, headers: Mapping[str, str], body: bytes = b"") -> HttpRequest:
    forwarded = {"X-Forwarded-For": _SOURCE_IP, "X-Forwarded-Port": "443", "X-Forwarded-Proto": "https"}
    return HttpRequest(
        method=method,
        host=_HOST,
        path="/wechat",
        query=query,
        headers=tuple(({"Host": _HOST} | dict(headers) | forwarded).items()),
        body=body,
        source_ip=_SOURCE_IP,
        request_id="JKJaXmPLvHcESHA=",
        received=sample.CLOCK,
    )

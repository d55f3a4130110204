"""The proxy events in events/: input for `sam local invoke -e`, and what the tests run through the handler."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from simulator import sample
from simulator.inbound import signed_query, write_encrypted, write_message
from simulator.platform import HEADERS
from simulator.proxy_events import HttpRequest, http_api_event, rest_api_event

DIRECTORY: Final = Path(__file__).parent.parent / "events"

_HOST: Final = "id.execute-api.us-east-1.amazonaws.com"
_SOURCE_IP: Final = "203.0.113.7"


def sample_events() -> dict[str, str]:
    """The text of each file, by its name."""
    return {f"{name}.json": json.dumps(event, ensure_ascii=False, indent=2) + "\n" for name, event in _events()}


def differing(directory: Path) -> list[str]:
    """The names of files that are not there, not ours, or other than we would write them."""
    ours = sample_events()
    theirs = {path.name: path.read_text("utf-8") for path in directory.glob("*.json")}
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def write_events(directory: Path) -> None:
    """Write every file, and remove those that are not ours."""
    directory.mkdir(exist_ok=True)
    ours = sample_events()
    for name in differing(directory):
        if name in ours:
            (directory / name).write_text(ours[name], "utf-8")
        else:
            (directory / name).unlink()


def _events() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "verify", http_api_event(_verification())
    for msg_type, content in sample.MESSAGES.items():
        yield msg_type, http_api_event(_push(_message(msg_type, content)))
    text = _message("text", sample.MESSAGES["text"])
    for name, content in sample.EVENTS.items():
        yield f"event_{name}", http_api_event(_push(_event(content)))
    yield "unknown", http_api_event(_push(_message("hologram", {"Title": "明天的消息类型"})))
    yield "forged", http_api_event(_push(text, token="NotTheToken"))
    yield "text_base64", http_api_event(_push(text, content_type="application/octet-stream"))
    yield "rest_verify", rest_api_event(_verification())
    yield "rest_text", rest_api_event(_push(text))
    yield "safe_text", http_api_event(_push_encrypted(text))
    yield "safe_event_click", http_api_event(_push_encrypted(_event(sample.EVENTS["click"])))
    yield "safe_forged", http_api_event(_push_encrypted(text, token="NotTheToken"))
    yield "compatible_text", http_api_event(_push_encrypted(text, plain=text))


def _message(msg_type: str, content: sample.Content) -> bytes:
    return write_message(msg_type, content, created=sample.CLOCK, msg_id=sample.MSG_ID)


def _event(content: sample.Content) -> bytes:
    return write_message("event", content, created=sample.CLOCK, msg_id=None)


def _verification() -> HttpRequest:
    query = signed_query(sample.TOKEN, timestamp=sample.CLOCK, nonce=sample.NONCE, echostr=sample.ECHOSTR)
    return _request("GET", query, {name: value for name, value in HEADERS.items() if name != "Content-Type"})


def _push(body: bytes, *, token: str = sample.TOKEN, content_type: str = "text/xml") -> HttpRequest:
    query = signed_query(token, timestamp=sample.CLOCK, nonce=sample.NONCE, openid=sample.FOLLOWER)
    return _request("POST", query, HEADERS | {"Content-Type": content_type, "Content-Length": str(len(body))}, body)


def _push_encrypted(xml: bytes, *, plain: bytes = b"", token: str = sample.TOKEN) -> HttpRequest:
    body, ciphertext = write_encrypted(xml, plain=plain)
    query = signed_query(
        token, timestamp=sample.CLOCK, nonce=sample.NONCE, openid=sample.FOLLOWER, ciphertext=ciphertext
    )
    return _request("POST", query, HEADERS | {"Content-Length": str(len(body))}, body)


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

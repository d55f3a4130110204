import base64
from typing import Any

import pytest

from wechat_aws.proxy import read_request
from wechat_core.exchange import Request
from wechat_sim.local.proxy_events import HttpRequest, http_api_event, is_textual, rest_api_event


def request(**parts: Any) -> HttpRequest:
    """A request with some parts of its own."""
    usual: dict[str, Any] = {
        "method": "POST",
        "host": "id.execute-api.us-east-1.amazonaws.com",
        "path": "/wechat",
        "query": "",
        "headers": (("Content-Type", "text/xml"),),
        "body": b"",
        "source_ip": "203.0.113.7",
        "request_id": "1",
        "received": 1795143600.25,
    }
    return HttpRequest(**(usual | parts))


def test_a_text_body_stays_text() -> None:
    """A body of a textual type is a string of the event, readable."""
    event = http_api_event(request(body="<xml>你好</xml>".encode()))
    assert (event["body"], event["isBase64Encoded"]) == ("<xml>你好</xml>", False)


def test_a_binary_body_comes_as_base64_and_is_read_back_whole() -> None:
    """Every byte of a body that is no text survives the way through the event."""
    event = http_api_event(request(headers=(("Content-Type", "application/octet-stream"),), body=bytes(range(256))))
    assert (event["body"], event["isBase64Encoded"]) == (base64.b64encode(bytes(range(256))).decode(), True)
    assert read_request(event).body == bytes(range(256))


@pytest.mark.parametrize(
    ("content_type", "textual"),
    [
        ("text/xml", True),
        ("Text/Plain; charset=utf-8", True),
        ("application/json", True),
        ("application/javascript", True),
        ("application/xml; charset=utf-8", True),
        ("application/x-www-form-urlencoded", False),
        ("application/octet-stream", False),
        ("", False),
    ],
)
def test_textual_types(content_type: str, textual: bool) -> None:
    """An HTTP API encodes all bodies but those of text/* and three named types."""
    assert is_textual(content_type) is textual


def test_repeated_parameters_and_headers() -> None:
    """An HTTP API joins what is repeated with commas and lowers the names; the raw query stays as it came."""
    event = http_api_event(request(query="a=1&a=2&b=&c=%2B", headers=(("X-A", "1"), ("x-a", "2"))))
    assert event["rawQueryString"] == "a=1&a=2&b=&c=%2B"
    assert event["queryStringParameters"] == {"a": "1,2", "b": "", "c": "+"}
    assert event["headers"] == {"x-a": "1,2"}
    assert read_request(event).query == (("a", "1"), ("a", "2"), ("b", ""), ("c", "+"))


def test_a_request_without_query_and_body() -> None:
    """What is empty is left out, as API Gateway does."""
    event = http_api_event(request(method="GET"))
    assert "body" not in event
    assert "queryStringParameters" not in event
    assert (event["requestContext"]["time"], event["requestContext"]["timeEpoch"]) == (
        "20/Nov/2026:03:00:00 +0000",
        1795143600250,
    )


@pytest.mark.parametrize("form", [http_api_event, rest_api_event])
def test_both_payloads_are_read_alike(form: Any) -> None:
    """The handler's reader gets the same request out of either payload."""
    event = form(request(query="a=1&a=2&b=%E4%BD%A0", body="你好".encode()))
    assert read_request(event) == Request("POST", (("a", "1"), ("a", "2"), ("b", "你")), "你好".encode())


def test_a_rest_api_keeps_both_forms_of_the_query() -> None:
    """Payload 1.0 has the last value of each parameter, and all of them."""
    event = rest_api_event(request(query="a=1&a=2"))
    assert event["queryStringParameters"] == {"a": "2"}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}

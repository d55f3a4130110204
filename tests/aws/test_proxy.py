"""Proxy events are read as they were sent, and answered as every payload version understands."""

from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wechat_aws.proxy import read_request, write_response
from wechat_core.errors import InvalidRequest
from wechat_core.exchange import SUCCESS, Request, Response


def v2(query: object = "", body: object = None, **more: object) -> dict[str, Any]:
    """An event of payload 2.0, as an HTTP API and a Function URL send it."""
    return {
        "version": "2.0",
        "requestContext": {"http": {"method": "POST"}},
        "rawQueryString": query,
        "body": body,
    } | more


def v1(**more: object) -> dict[str, Any]:
    """An event of payload 1.0, as a REST API sends it."""
    return {"httpMethod": "POST", "body": None, "requestContext": {"httpMethod": "POST"}} | more


@pytest.mark.parametrize(
    ("event", "request_"),
    [
        (v2(), Request("POST")),
        (v2(None), Request("POST")),
        ({"requestContext": {"http": {"method": "GET"}}}, Request("GET")),
        (v2("a=1&b=2&a=3"), Request("POST", (("a", "1"), ("b", "2"), ("a", "3")))),
        (v2("a=%E4%BD%A0%2B+&b=&c"), Request("POST", (("a", "你+ "), ("b", ""), ("c", "")))),
        (v2("a=%FF"), Request("POST", (("a", "\udcff"),))),
        (v2("a=1,2"), Request("POST", (("a", "1,2"),))),
        (v2(body="你好"), Request("POST", (), "你好".encode())),
        (v2(body="5L2g", isBase64Encoded=True), Request("POST", (), "你".encode())),
        (v2(body="5L2g", isBase64Encoded=False), Request("POST", (), b"5L2g")),
        (v2(body="\ud800"), Request("POST", (), b"\xed\xa0\x80")),
        (v1(), Request("POST")),
        (v1(multiValueQueryStringParameters=None, queryStringParameters=None), Request("POST")),
        (
            v1(multiValueQueryStringParameters={"a": ["1", "2"], "b": None}, queryStringParameters={"a": "2"}),
            Request("POST", (("a", "1"), ("a", "2"))),
        ),
        (v1(queryStringParameters={"a": "1"}), Request("POST", (("a", "1"),))),
        (v1(body="5L2g", isBase64Encoded=True), Request("POST", (), "你".encode())),
    ],
)
def test_reads(event: dict[str, Any], request_: Request) -> None:
    """Both payloads give the same request, with repeats kept apart and bytes as they were sent."""
    assert read_request(event) == request_


@given(
    st.lists(
        st.sampled_from([*"ab=&%+;,/4F", "%41", "%26", "%3D", "%FF", "%E4%BD%A0", "é", "\ud800"]), max_size=40
    ).map("".join)
)
def test_reads_a_query_as_the_standard_library_does(raw: str) -> None:
    """Escaped or not: a query that has nothing to unescape is split without the standard library's help."""
    expected = parse_qsl(raw, keep_blank_values=True, errors="surrogateescape")
    assert read_request(v2(raw)).query == tuple(expected)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({}, "not a proxy event"),
        (None, "not a proxy event"),
        ([], "not a proxy event"),
        ({"key1": "value1"}, "not a proxy event"),
        ({"requestContext": None}, "not a proxy event"),
        ({"httpMethod": 7}, "not a proxy event"),
        (v2("&".join(["a=1"] * 51)), "query malformed"),
        (v2("&" * 50), "query malformed"),
        ({"httpMethod": "GET", "multiValueQueryStringParameters": {"signature": 5}}, "query malformed"),
        ({"httpMethod": "GET", "multiValueQueryStringParameters": {"signature": "abc"}}, "query malformed"),
        (v2(body={"a": 1}), "body malformed"),
        (v2(body="a", isBase64Encoded=True), "body malformed"),
        (v2(body="é", isBase64Encoded=True), "body malformed"),
    ],
)
def test_refuses_other_events(event: object, reason: str) -> None:
    """A test event out of the Lambda console, say, is refused with a line that says what to send."""
    with pytest.raises(InvalidRequest) as caught:
        read_request(event)
    assert caught.value.reason == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)
PARTS = ("httpMethod", "multiValueQueryStringParameters", "queryStringParameters", "rawQueryString", "body")


@given(st.fixed_dictionaries({}, optional={name: JSON | st.text() for name in (*PARTS, "isBase64Encoded")}))
def test_whatever_an_event_holds_is_read_or_refused(parts: dict[str, object]) -> None:
    """Of either payload: no value in the place of another escapes as another error, and it is the sender's fault."""
    for event in (parts, {"httpMethod": "POST"} | parts, v2("") | parts):
        try:
            assert isinstance(read_request(event), Request)
        except InvalidRequest as error:
            assert error.status == 400


def test_writes() -> None:
    """The response always has its whole shape, so that neither payload's rules for guessing apply."""
    assert write_response(SUCCESS) == {
        "statusCode": 200,
        "headers": {"content-type": "text/plain; charset=utf-8"},
        "body": "success",
        "isBase64Encoded": False,
    }
    assert write_response(Response(405, b""))["headers"]["allow"] == "GET, POST"
    binary = write_response(Response(200, b"\xff"))
    assert (binary["body"], binary["isBase64Encoded"]) == ("/w==", True)

"""Proxy events: what API Gateway and Function URLs pass to a Lambda function, and expect back.

HTTP API and Function URL send payload 2.0, REST API payload 1.0; each is read by its own fields, so that a template may
switch from one to another. Path and stage are ignored: the route has been chosen by the time we are called.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any, Final

from wechat_core.errors import InvalidRequest
from wechat_core.exchange import Request, Response

ARRIVED: Final = ContextVar("arrived", default=0.0)
"""When API Gateway got the request that is being answered, in Unix seconds; 0 if unknown."""
_MOST_PARAMETERS: Final = 50  # the platform sends six; your own URL may add some


def read_request(event: Any) -> Request:
    """The request in a proxy event of payload 2.0 or 1.0.

    Raises:
        InvalidRequest: it is no proxy event, or its query or body is malformed.
    """
    match event:
        case {"requestContext": {"http": {"method": str(method)}}}:
            return Request(method, _read_raw_query(event.get("rawQueryString")), _body(event))
        case {"httpMethod": str(method)}:
            return Request(method, tuple(_read_decoded_query(event)), _body(event))
    raise InvalidRequest("not a proxy event", "call through API Gateway, or invoke with a file of events/")


def read_arrival(event: Any) -> float:
    """When API Gateway got the request, in Unix seconds: before a cold start; 0 where the event does not say."""
    match event:
        case {"requestContext": {"timeEpoch": int(milliseconds)} | {"requestTimeEpoch": int(milliseconds)}}:
            return milliseconds / 1000
    return 0.0


def write_response(response: Response) -> dict[str, Any]:
    """The proxy response, in the one form that every payload version understands."""
    headers = {"content-type": response.content_type}
    if response.status == 405:
        headers["allow"] = "GET, POST"
    try:
        body, encoded = response.body.decode(), False
    except UnicodeDecodeError:
        body, encoded = base64.b64encode(response.body).decode(), True
    return {"statusCode": response.status, "headers": headers, "body": body, "isBase64Encoded": encoded}


def _read_raw_query(raw: object) -> tuple[tuple[str, str], ...]:
    """Payload 2.0 joins repeated parameters with commas in its decoded form, so the raw one is read."""
    if not isinstance(raw, str):
        return ()
    if raw.count("&") >= _MOST_PARAMETERS:
        raise InvalidRequest("query malformed", f"send at most {_MOST_PARAMETERS} parameters")
    if "%" not in raw and "+" not in raw:
        return tuple(field.partition("=")[::2] for field in raw.split("&") if field)
    from urllib.parse import parse_qsl  # only here: importing it is slow, and the platform escapes nothing

    return tuple(parse_qsl(raw, keep_blank_values=True, errors="surrogateescape"))


def _read_decoded_query(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    match event:
        case {"multiValueQueryStringParameters": dict(parameters)}:
            for name, values in parameters.items():
                if not isinstance(values, list | None):
                    raise InvalidRequest("query malformed", "the values of a parameter are a list")
                yield from ((name, str(value)) for value in values or ())
        case {"queryStringParameters": dict(parameters)}:
            yield from ((name, str(value)) for name, value in parameters.items())


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not isinstance(body, str):
        raise InvalidRequest("body malformed", "a proxy event's body is a string")
    if not event.get("isBase64Encoded"):
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        raise InvalidRequest("body malformed", "isBase64Encoded is set and the body is not Base64") from None

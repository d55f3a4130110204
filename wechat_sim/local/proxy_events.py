"""Turns HTTP requests into proxy events, as API Gateway does.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs

from wechat_core.values import Value

_ACCOUNT: Final = "123456789012"
_TEXTUAL: Final = {"application/json", "application/javascript", "application/xml"}


class HttpRequest(Value):
    """A request as received; `headers` in their order, `received` in Unix seconds."""

    method: str
    host: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str
    request_id: str
    received: float


def http_api_event(request: HttpRequest) -> dict[str, Any]:
    """Payload 2.0: what an HTTP API and a Function URL hand to the function."""
    headers = _lower_names(request.headers)
    parameters = {name: ",".join(values) for name, values in parse_qs(request.query, keep_blank_values=True).items()}
    route = f"{request.method} {request.path}"
    moment = datetime.fromtimestamp(request.received, UTC)
    http = {
        "method": request.method,
        "path": request.path,
        "protocol": "HTTP/1.1",
        "sourceIp": request.source_ip,
        "userAgent": headers.get("user-agent", ""),
    }
    context = {
        "accountId": _ACCOUNT,
        "apiId": request.host.partition(".")[0],
        "domainName": request.host,
        "domainPrefix": request.host.partition(".")[0],
        "http": http,
        "requestId": request.request_id,
        "routeKey": route,
        "stage": "$default",
        "time": f"{moment:%d/%b/%Y:%H:%M:%S +0000}",
        "timeEpoch": int(request.received * 1000),
    }
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        **({"queryStringParameters": parameters} if parameters else {}),
        "requestContext": context,
        **_body(request.body, binary=not is_textual(headers.get("content-type", ""))),
    }


def rest_api_event(request: HttpRequest) -> dict[str, Any]:
    """Payload 1.0: what a REST API hands to the function; without binary media types every body is text."""
    parameters = parse_qs(request.query, keep_blank_values=True)
    headers = dict(request.headers)
    context = {
        "accountId": _ACCOUNT,
        "apiId": request.host.partition(".")[0],
        "domainName": request.host,
        "httpMethod": request.method,
        "identity": {"sourceIp": request.source_ip, "userAgent": headers.get("User-Agent", "")},
        "path": f"/prod{request.path}",
        "protocol": "HTTP/1.1",
        "requestId": request.request_id,
        "requestTimeEpoch": int(request.received * 1000),
        "resourcePath": request.path,
        "stage": "prod",
    }
    return {
        "resource": request.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in parameters.items()} or None,
        "multiValueQueryStringParameters": parameters or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": context,
        "body": None,
        **_body(request.body, binary=False),
    }


def is_textual(content_type: str) -> bool:
    """Whether an HTTP API passes a body of this type on as text; every other one comes as Base64."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type.startswith("text/") or media_type in _TEXTUAL


def _lower_names(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Header names in lower case, repeated ones joined."""
    joined: dict[str, list[str]] = {}
    for name, value in headers:
        joined.setdefault(name.lower(), []).append(value)
    return {name: ",".join(values) for name, values in joined.items()}


def _body(body: bytes, *, binary: bool) -> dict[str, Any]:
    if not body:
        return {"isBase64Encoded": False}
    text = base64.b64encode(body).decode() if binary else body.decode("utf-8", "replace")
    return {"body": text, "isBase64Encoded": binary}

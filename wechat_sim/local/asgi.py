"""The handler as a web application: every request becomes a proxy event and goes through `lambda_handler`."""

import asyncio
import base64
import time
import uuid
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wechat_sim.local.proxy_events import HttpRequest, http_api_event

type LambdaHandler = Callable[[Any, Any], dict[str, Any]]


class LambdaCallback:
    """The callback as an ASGI application; every method passes, so that the handler itself refuses.

    `read_body` gives the body of a request, or refuses the request with an HTTPException.
    """

    def __init__(
        self, lambda_handler: LambdaHandler, read_body: Callable[[Request], Awaitable[bytes]] = Request.body
    ) -> None:
        self._lambda_handler, self._read_body = lambda_handler, read_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        event = http_api_event(_describe(request, await self._read_body(request)))
        context = SimpleNamespace(aws_request_id=str(uuid.uuid4()))
        # in a thread, so that requests overlap as they do on Lambda, and one goes on when the platform has hung up
        answer = await asyncio.to_thread(self._lambda_handler, event, context)
        body = base64.b64decode(answer["body"]) if answer["isBase64Encoded"] else answer["body"]
        await Response(body, answer["statusCode"], answer["headers"])(scope, receive, send)


def _describe(request: Request, body: bytes) -> HttpRequest:
    return HttpRequest(
        method=request.method,
        host=request.url.hostname or "",
        path=request.url.path,
        query=request.scope["query_string"].decode("latin-1"),
        headers=tuple(request.headers.items()),
        body=body,
        source_ip=request.client.host if request.client else "",
        request_id=str(uuid.uuid4()),
        received=time.time(),
    )

"""One HTTP exchange, free of any framework: a `Request` in, a `Response` out."""

from wechat_core.errors import InvalidRequest
from wechat_core.values import Value

_LONGEST_PARAMETER = 256  # a signature has 40 characters, an echostr about 20


class Request(Value):
    """An HTTP request of the platform: the query as decoded pairs in their order, the body as received bytes.

    Bytes of the query that are not UTF-8 are kept as surrogate escapes.
    """

    method: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def parameter(self, name: str) -> str:
        """The one value of a query parameter.

        Raises:
            InvalidRequest: it is absent, empty, repeated, longer than any that the platform sends, or no text.
        """
        values = dict(self.query)
        value = values.get(name, "")
        if len(values) < len(self.query) and sum(key == name for key, _ in self.query) > 1:
            raise InvalidRequest(f"{name} repeated", "the platform sends it once")
        if not value:
            raise InvalidRequest(f"{name} missing", "the platform sends it with every request of this kind")
        if len(value) > _LONGEST_PARAMETER:
            raise InvalidRequest(f"{name} too long", f"the platform sends less than {_LONGEST_PARAMETER} characters")
        try:
            value.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            raise InvalidRequest(f"{name} malformed", "the platform sends ASCII") from None
        return value


class Response(Value):
    """An HTTP response to the platform."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


SUCCESS = Response(200, b"success")
"""The acknowledgement that stops retries and shows the follower nothing; never encrypted.

https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
"""

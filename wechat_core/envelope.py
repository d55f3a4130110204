"""Envelopes, which surround a message in transit: `open` checks and unwraps a request, `seal` wraps a reply.

The mode is configuration and never chosen by the request: there is one envelope for each, and a callback has one.
"""

from typing import Final, Protocol

from wechat_core.errors import InvalidRequest
from wechat_core.exchange import Request, Response
from wechat_core.signature import check_fresh, check_signature
from wechat_core.values import Value
from wechat_core.xml_tree import BODY_LIMIT

XML: Final = "application/xml; charset=utf-8"


class Opened(Value):
    """The XML of a message, and the index of the token and of the key that opened it; 0 is the newest."""

    xml: bytes
    token: int = 0
    key: int = 0


class Envelope(Protocol):
    """One mode of the platform."""

    @property
    def mode(self) -> str:
        """The mode's name, for the log."""

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens that are accepted, newest first."""

    @property
    def max_age(self) -> int:
        """Seconds that a request's timestamp may be away from now; 0 for any."""

    def open(self, request: Request, *, now: int) -> Opened:
        """Check the request and take the message's XML out; raises RejectedRequest or UnreadableMessage."""

    def seal(self, xml: bytes, opened: Opened, *, now: int) -> Response:
        """Wrap a reply's XML the way the message it answers was wrapped."""


class PlainEnvelope(Value):
    """Plain mode (明文模式). The signature covers the time and the nonce, not the body."""

    tokens: tuple[str, ...]
    max_age: int
    mode = "plain"

    def open(self, request: Request, *, now: int) -> Opened:
        return Opened(request.body, check_sender(request, self, now=now), 0)

    def seal(self, xml: bytes, opened: Opened, *, now: int) -> Response:
        return Response(200, xml, XML)


def check_sender(request: Request, envelope: Envelope, *, now: int) -> int:
    """The index of the token that signed the request, by the signature that every mode carries.

    Raises:
        InvalidRequest: a parameter or the body does not have the platform's shape.
        InvalidSignature: signed with no token of ours, or too old.
    """
    check_size(request)
    signature, timestamp = request.parameter("signature"), request.parameter("timestamp")
    token = check_signature(signature, envelope.tokens, timestamp, request.parameter("nonce"))
    check_fresh(timestamp, now=now, max_age=envelope.max_age)
    return token


def check_size(request: Request) -> None:
    """Refuse a body over `BODY_LIMIT` before anything is done with it.

    Raises:
        InvalidRequest: with status 413.
    """
    if len(request.body) > BODY_LIMIT:
        raise InvalidRequest("body too large", f"the platform sends less than {BODY_LIMIT} bytes", status=413)

"""What both envelopes promise alike."""

import pytest

from tests.safe import SAFE, Sent
from tests.wechat import NOW, TOKEN, post
from wechat_core.envelope import Envelope, Opened, PlainEnvelope
from wechat_core.exchange import Response
from wechat_core.xml_tree import BODY_LIMIT

PLAIN = PlainEnvelope((TOKEN,), 300)


@pytest.mark.parametrize("envelope", [PLAIN, SAFE], ids=lambda envelope: envelope.mode)
def test_a_reply_goes_out_as_xml(envelope: Envelope) -> None:
    """The answer has status 200 exactly, and says that it is XML in UTF-8."""
    sealed = envelope.seal(b"<xml/>", Opened(b""), now=NOW)
    assert sealed == Response(200, sealed.body, "application/xml; charset=utf-8")


def test_the_largest_body_is_read() -> None:
    """The limit itself is allowed, in plain and in safe mode."""
    body = b"<xml/>".ljust(BODY_LIMIT)
    assert PLAIN.open(post(body), now=NOW).xml == body
    sent = Sent()
    request = sent.request()
    assert SAFE.open(request.replace(body=request.body.ljust(BODY_LIMIT)), now=NOW) == SAFE.open(request, now=NOW)


def test_plain_mode_opens_with_no_key() -> None:
    """Nothing but the token is told of, so that nobody is warned of an old key where there is none."""
    old = PlainEnvelope(("NewToken", TOKEN), 300)
    assert old.open(post(b"<xml/>"), now=NOW) == Opened(b"<xml/>", token=1, key=0)

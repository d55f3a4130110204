"""What a refusal tells the operator, who has nothing but the log: what is wrong, and what to do about it."""

from collections.abc import Callable

import pytest

from tests.safe import APP_ID, KEY, SAFE, Sent
from tests.wechat import NOW, TOKEN, post, query, text
from wechat_core.envelope import PlainEnvelope
from wechat_core.errors import WeChatError
from wechat_core.exchange import Request
from wechat_core.safe_mode import decrypt
from wechat_core.xml_tree import BODY_LIMIT, read_xml

PLAIN = PlainEnvelope((TOKEN,), 300)
TOO_LARGE = b" " * (BODY_LIMIT + 1)


def unencrypted() -> Request:
    return Request("POST", tuple(Sent().query.items()), text("hi"))


REFUSALS: list[tuple[Callable[[], object], str]] = [
    (
        lambda: PLAIN.open(Request("POST", query("other"), b""), now=NOW),
        "signature wrong: use the same token here and in the WeChat console",
    ),
    (
        lambda: PLAIN.open(Request("POST", query(timestamp="now"), b""), now=NOW),
        "timestamp malformed: the platform sends decimal seconds",
    ),
    (
        lambda: PLAIN.open(post(b""), now=NOW + 301),
        "timestamp stale: send it anew, set the clock, or widen WECHAT_MAX_AGE_SECONDS",
    ),
    (lambda: PLAIN.open(post(TOO_LARGE), now=NOW), "body too large: the platform sends less than 262144 bytes"),
    (
        lambda: SAFE.open(unencrypted(), now=NOW),
        "not encrypted: a key is configured: set the WeChat console to safe mode, or remove the key",
    ),
    (
        lambda: SAFE.open(unencrypted().replace(body=b"<xml>"), now=NOW),
        "body malformed: the platform sends <xml>…</xml>, without a DOCTYPE",
    ),
    (
        lambda: decrypt("", key=KEY, app_id=APP_ID),
        "ciphertext wrong: use the EncodingAESKey and the AppID of the WeChat console",
    ),
    (lambda: read_xml(TOO_LARGE), "too large: no message of the platform is over 262144 bytes"),
    (lambda: read_xml(b"<xml>"), "not XML: the body is not a well-formed document without a DOCTYPE"),
    (lambda: read_xml(b"<html/>"), "not a message: the root element is not <xml>"),
    (
        lambda: read_xml(b"<xml>" + b"<A>" * 40),
        "too complex: no message of the platform has as many or as deep elements",
    ),
]


@pytest.mark.parametrize(("refused", "told"), REFUSALS, ids=[told for _, told in REFUSALS])
def test_a_refusal_says_what_to_do(refused: Callable[[], object], told: str) -> None:
    """Each text is the reason, which the operators' page lists, and a hint at what to do, to the letter."""
    with pytest.raises(WeChatError) as caught:
        refused()
    assert str(caught.value) == told
    assert f"{caught.value.reason}: {caught.value.hint}" == told

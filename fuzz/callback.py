"""Coverage-guided fuzzing of the whole core: any authentic body, in either mode, is answered or refused by name.

Run by `make fuzz`; the inputs it starts from are in seeds/, the words it combines in xml.dict.
"""

import hashlib
import sys
import time
from xml.etree import ElementTree

import atheris

with atheris.instrument_imports(include=["wechat_core", "xml.etree", "defusedxml"]):
    import wechat_core.safe_mode
    from wechat_core import Callback, echo
    from wechat_core.envelope import PlainEnvelope
    from wechat_core.errors import WeChatError
    from wechat_core.exchange import SUCCESS, Request

TOKEN, KEY, APP_ID, NOW = "SampleToken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx2c2769f8efd9abc2", 1795143600
SALT = b"0123456789abcdef"
SECONDS_AT_MOST = 1  # instrumented code runs an order slower than the code that ships

PLAIN = Callback(PlainEnvelope((TOKEN,), 300), echo)
SAFE = Callback(wechat_core.safe_mode.SafeEnvelope((TOKEN,), (KEY,), APP_ID, 300, lambda count: SALT[:count]), echo)


def signed(*more: str) -> str:
    """A signature that is right, so that everything behind it is reached."""
    return hashlib.sha1("".join(sorted([TOKEN, str(NOW), "1", *more])).encode()).hexdigest()


def plain(body: bytes) -> Request:
    """The bytes as a message in plain mode."""
    return Request("POST", (("signature", signed()), ("timestamp", str(NOW)), ("nonce", "1")), body)


def safe(xml: bytes) -> Request:
    """The bytes as a message in safe mode, encrypted as they should be."""
    ciphertext = wechat_core.safe_mode.encrypt(xml, key=KEY, app_id=APP_ID, salt=SALT)
    pairs = (("msg_signature", signed(ciphertext)), ("timestamp", str(NOW)), ("nonce", "1"))
    return Request("POST", pairs, f"<xml><Encrypt>{ciphertext}</Encrypt></xml>".encode())


def test_one_input(data: bytes) -> None:
    """Fail on any other exception, on slowness, and on a reply that is not XML."""
    started = time.monotonic()
    for callback, request in ((PLAIN, plain(data)), (SAFE, safe(data)), (SAFE, plain(data))):
        try:
            answer = callback.answer(request, now=NOW)
        except WeChatError:
            continue
        if answer.response != SUCCESS:
            ElementTree.fromstring(answer.response.body)  # noqa: S314  (our own)
        if answer.message is None or len(answer.message.key) != 64:
            raise AssertionError("a message without a key")
    if time.monotonic() - started > SECONDS_AT_MOST:
        raise AssertionError("too slow")


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()

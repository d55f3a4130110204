"""Coverage-guided fuzzing of the whole core: any body, in either mode, is answered or refused, soon and in little.

Run by `make fuzz`; the inputs it starts from are in seeds/, the words it combines in xml.dict. An input that starts
with the byte 0 is a program of `grammar`, for a body as long as any that is read.
"""

import hashlib
import resource
import sys
import time
from xml.etree import ElementTree

import atheris

from fuzz.grammar import write_document

with atheris.instrument_imports(include=["wechat_core", "defusedxml"]):
    import wechat_core.safe_mode
    from wechat_core import Callback, echo
    from wechat_core.envelope import PlainEnvelope
    from wechat_core.errors import WeChatError
    from wechat_core.exchange import SUCCESS, Request
    from wechat_core.xml_tree import BODY_LIMIT

TOKEN, KEY, APP_ID, NOW = "SampleToken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx2c2769f8efd9abc2", 1795143600
SALT = b"0123456789abcdef"
SECONDS_AT_MOST = 0.5  # of CPU, for each: instrumented code runs an order slower than the code that ships
MIB_AT_MOST = 20

PLAIN = Callback(PlainEnvelope((TOKEN,), 300), echo)
SAFE = Callback(wechat_core.safe_mode.SafeEnvelope((TOKEN,), (KEY,), APP_ID, 300, lambda count: SALT[:count]), echo)
INSIDE = BODY_LIMIT * 3 // 4 - 200  # Base64 makes four bytes of three


def sign_query(*more: str) -> str:
    """A signature that is right, so that everything behind it is reached."""
    return hashlib.sha1("".join(sorted([TOKEN, str(NOW), "1", *more])).encode()).hexdigest()


def plain(body: bytes) -> Request:
    """The bytes as a message in plain mode."""
    return Request("POST", (("signature", sign_query()), ("timestamp", str(NOW)), ("nonce", "1")), body)


def safe(xml: bytes) -> Request:
    """The bytes as a message in safe mode, encrypted as they should be."""
    ciphertext = wechat_core.safe_mode.encrypt(xml, key=KEY, app_id=APP_ID, salt=SALT)
    pairs = (("msg_signature", sign_query(ciphertext)), ("timestamp", str(NOW)), ("nonce", "1"))
    return Request("POST", pairs, f"<xml><Encrypt>{ciphertext}</Encrypt></xml>".encode())


def test_one_input(data: bytes) -> None:
    """Answer the body as it is, encrypted, and unsigned in safe mode."""
    body = write_document(data[1:], BODY_LIMIT) if data[:1] == b"\0" and data[1:] else data
    for callback, request in ((PLAIN, plain(body)), (SAFE, safe(body[:INSIDE])), (SAFE, plain(body))):
        answer_in_bounds(callback, request)


def answer_in_bounds(callback: Callback, request: Request) -> None:
    """Fail on any other exception, on slowness, on size, and on a reply that is not XML."""
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        answer = callback.answer(request, now=NOW)
        if answer.response != SUCCESS:
            ElementTree.fromstring(answer.response.body)  # noqa: S314  (our own)
        if answer.message is None or len(answer.message.key) != 64:
            raise AssertionError("a message without a key")
    except WeChatError:
        pass
    if time.process_time() - started > SECONDS_AT_MOST:
        raise AssertionError("too slow")
    if (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 > MIB_AT_MOST:
        raise AssertionError("too large")


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()

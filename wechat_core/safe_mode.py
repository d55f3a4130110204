"""Safe and compatible mode (安全模式, 兼容模式): what is sent is encrypted, and signed over the ciphertext.

Only what is inside the ciphertext is ever read: the plain fields that compatible mode puts beside it are signed by
nobody. Importing this imports `cryptography`, so it is imported where a key is configured and nowhere else.
https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption.html
"""

from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from wechat_core.envelope import XML, Opened, check_size
from wechat_core.errors import InvalidRequest, InvalidSignature
from wechat_core.exchange import Request, Response
from wechat_core.signature import check_fresh, check_signature, sign
from wechat_core.values import Value
from wechat_core.xml_tree import JSON_HINT, Tree, write_xml

_BLOCK: Final = 32  # of the padding; the cipher's own block is 16
_SALT: Final = 16
_LENGTH: Final = 4


class SafeEnvelope(Value):
    """Safe mode; compatible mode is the same, since a key that is configured is a key that is required.

    `keys` are the console's EncodingAESKeys, newest first; `entropy` gives that many unpredictable bytes.
    """

    tokens: tuple[str, ...]
    keys: tuple[str, ...]
    app_id: str
    max_age: int
    entropy: Callable[[int], bytes]
    mode = "safe"

    def open(self, request: Request, *, now: int) -> Opened:
        """Raises InvalidRequest or InvalidSignature, the latter for everything that a forger could learn from."""
        check_size(request)
        signature, timestamp, nonce = (request.parameter(name) for name in ("msg_signature", "timestamp", "nonce"))
        ciphertext = _find_ciphertext(request.body)
        token = check_signature(signature, self.tokens, timestamp, nonce, ciphertext)
        check_fresh(timestamp, now=now, max_age=self.max_age)
        for index, key in enumerate(self.keys):
            try:
                return Opened(decrypt(ciphertext, key=key, app_id=self.app_id), token, index)
            except InvalidSignature:
                continue
        raise _wrong()

    def seal(self, xml: bytes, opened: Opened, *, now: int) -> Response:
        """Encrypt with the key, and sign with the token, that the message came with."""
        ciphertext = encrypt(xml, key=self.keys[opened.key], app_id=self.app_id, salt=self.entropy(_SALT))
        nonce = str(int.from_bytes(self.entropy(4)))
        signature = sign(self.tokens[opened.token], str(now), nonce, ciphertext)
        sealed: Tree = {"Encrypt": [ciphertext], "MsgSignature": [signature], "TimeStamp": [now], "Nonce": [nonce]}
        return Response(200, write_xml(sealed), XML)


def encrypt(xml: bytes, *, key: str, app_id: str, salt: bytes) -> str:
    """The ciphertext of a document, in Base64.

    Args:
        key: the EncodingAESKey, 43 characters.
        salt: 16 unpredictable bytes.
    """
    plain = salt + len(xml).to_bytes(_LENGTH) + xml + app_id.encode()
    padding = _BLOCK - len(plain) % _BLOCK
    encryptor = _cipher(key).encryptor()
    encrypted = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    return b2a_base64(encrypted, newline=False).decode()


def decrypt(ciphertext: str, *, key: str, app_id: str) -> bytes:
    """The document in a ciphertext.

    Raises:
        InvalidSignature: it is not Base64, not encrypted with this key, or for another AppID: one text for all.
    """
    try:
        encrypted = a2b_base64(ciphertext, strict_mode=True)
    except ValueError:
        raise _wrong() from None
    if not encrypted or len(encrypted) % _BLOCK:
        raise _wrong()
    decryptor = _cipher(key).decryptor()
    padded = decryptor.update(encrypted) + decryptor.finalize()
    padding = padded[-1]
    if not 1 <= padding <= _BLOCK or padded[-padding:] != bytes([padding]) * padding:
        raise _wrong()
    content = padded[_SALT:-padding]
    end = _LENGTH + int.from_bytes(content[:_LENGTH])
    if len(content) < end or content[end:] != app_id.encode():
        raise _wrong()
    return content[_LENGTH:end]


def _wrong() -> InvalidSignature:
    return InvalidSignature("ciphertext wrong", "use the EncodingAESKey and the AppID of the WeChat console")


@cache
def _cipher(key: str) -> Cipher[modes.CBC]:
    # the 43rd character has two spare bits, which the console does not clear: this decoder ignores them, as it must
    secret = a2b_base64(f"{key}=")
    return Cipher(algorithms.AES(secret), modes.CBC(secret[:16]))


def _find_ciphertext(body: bytes) -> str:
    """The text of `Encrypt`, and nothing else of a body that nobody has vouched for yet.

    The last one counts: the platform writes it last, behind what followers wrote in compatible mode.
    """
    document = body.strip(b"\xef\xbb\xbf \t\r\n")
    if document.startswith(b"<?xml"):
        document = document.partition(b"?>")[2].lstrip()
    if document.startswith(b"{"):
        raise InvalidRequest("body is JSON", JSON_HINT)
    if not (document.startswith(b"<xml>") and document.endswith(b"</xml>")):
        raise InvalidRequest("body malformed", "the platform sends <xml>…</xml>, without a DOCTYPE")
    _, opening, text = document.rpartition(b"<Encrypt>")
    text, closing, _ = text.partition(b"</Encrypt>")
    if not (opening and closing):
        raise InvalidSignature(
            "not encrypted", "a key is configured: set the WeChat console to safe mode, or remove the key"
        )
    text = text.strip()
    if text.startswith(b"<![CDATA[") and text.endswith(b"]]>"):
        text = text[9:-3].strip()
    return text.decode("utf-8", "surrogateescape")

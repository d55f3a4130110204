"""The platform's signature, and how old a signed request may be."""

from hashlib import sha1
from hmac import compare_digest

from wechat_core.errors import InvalidRequest, InvalidSignature


def sign(*parts: str) -> str:
    """The platform's signature over the token, the timestamp, the nonce and, in safe mode, the ciphertext.

    SHA-1 of the sorted parts, joined; 40 lower-case hexadecimal digits.
    https://developers.weixin.qq.com/doc/service/guide/dev/push/
    """
    return sha1(_bytes("".join(sorted(parts)))).hexdigest()


def check_signature(signature: str, tokens: tuple[str, ...], *signed: str) -> int:
    """The index of the token that signed; all of them are tried, in a time that does not tell which.

    Raises:
        InvalidSignature: none of them did.
    """
    matches = [compare_digest(_bytes(signature), sign(token, *signed).encode()) for token in tokens]
    if True not in matches:
        raise InvalidSignature("signature wrong", "use the same token here and in the WeChat console")
    return matches.index(True)


def check_fresh(timestamp: str, *, now: int, max_age: int) -> None:
    """Refuse a request that was signed more than `max_age` seconds before or after `now`; 0 accepts any.

    Raises:
        InvalidRequest: the timestamp is no decimal number of seconds.
        InvalidSignature: it lies outside the window.
    """
    if not max_age:
        return
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 20):
        raise InvalidRequest("timestamp malformed", "the platform sends decimal seconds")
    if abs(now - int(timestamp)) > max_age:
        raise InvalidSignature("timestamp stale", "send it anew, set the clock, or widen WECHAT_MAX_AGE_SECONDS")


def _bytes(text: str) -> bytes:
    """The bytes as received: `Request` keeps those that are not UTF-8 as surrogate escapes."""
    return text.encode("utf-8", "surrogateescape")

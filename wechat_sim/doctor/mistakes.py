"""The mistakes that people make with token and signature, each as the way in which a mistaken callback signs."""

import secrets
from collections.abc import Callable
from hashlib import md5, sha1, sha256
from typing import Final

from wechat_core.signature import sign
from wechat_core.values import Value
from wechat_sim.doctor import findings
from wechat_sim.doctor.findings import Finding
from wechat_sim.doctor.handshake import Sign, Signed, sign_properly
from wechat_sim.platform.inbound import choose_nonce

type ChooseNonce = Callable[[], str]


class Mistake(Value):
    """The finding for a callback that accepts this signature; `nonce` makes a nonce that reveals the mistake."""

    finding: Finding
    sign: Sign
    nonce: ChooseNonce = choose_nonce
    in_milliseconds: bool = False


def choose_low_nonce() -> str:
    """A nonce that comes before today's timestamps, as text and as a number."""
    return str(10**9 + secrets.randbelow(6 * 10**8))


def choose_high_nonce() -> str:
    """A nonce that comes after today's timestamps as text, and before them as a number."""
    return str(9 * 10**8 + secrets.randbelow(10**8))


NONCES: Final = (choose_low_nonce, choose_high_nonce, choose_high_nonce, choose_low_nonce)
"""For requests that are repeated: high and low in no regular order."""


def _spoil_token(finding: Finding, spoil: Callable[[str], str]) -> Mistake:
    return Mistake(finding, lambda its: sign(spoil(its.token), its.timestamp, its.nonce))


def _leave_unsorted(order: str, nonce: ChooseNonce = choose_nonce) -> Mistake:
    def sign_in_order(its: Signed) -> str:
        parts = {"token": its.token, "timestamp": its.timestamp, "nonce": its.nonce}
        return sha1("".join(parts[name] for name in order.split(", ")).encode()).hexdigest()

    return Mistake(findings.UNSORTED.replace(detail=order), sign_in_order, nonce)


def _join_with(separator: str) -> Mistake:
    finding = findings.JOINED.replace(detail=repr(separator))
    return Mistake(finding, lambda its: sha1(_join(its, separator)).hexdigest())


def _join(its: Signed, separator: str = "") -> bytes:
    return separator.join(sorted([its.token, its.timestamp, its.nonce])).encode()


MISTAKES: Final = (
    _spoil_token(findings.TOKEN_WITH_LF, "{}\n".format),
    _spoil_token(findings.TOKEN_WITH_CR, "{}\r".format),
    _spoil_token(findings.TOKEN_WITH_CR, "{}\r\n".format),
    _spoil_token(findings.TOKEN_WITH_BLANK, "{} ".format),
    _spoil_token(findings.TOKEN_WITH_BLANK, " {}".format),
    _spoil_token(findings.TOKEN_IN_QUOTES, '"{}"'.format),
    _spoil_token(findings.TOKEN_IN_QUOTES, "'{}'".format),
    _spoil_token(findings.TOKEN_WITH_BOM, "\ufeff{}".format),
    _spoil_token(findings.TOKEN_IN_OTHER_CASE, str.lower),
    _spoil_token(findings.TOKEN_IN_OTHER_CASE, str.upper),
    _spoil_token(findings.TOKEN_IN_OTHER_CASE, str.capitalize),
    _leave_unsorted("token, timestamp, nonce"),
    _leave_unsorted("timestamp, nonce, token", choose_low_nonce),
    _leave_unsorted("nonce, timestamp, token", choose_high_nonce),
    _leave_unsorted("token, nonce, timestamp"),
    Mistake(findings.UPPER_CASE_HEX, lambda its: sign_properly(its).upper()),
    Mistake(findings.OTHER_HASH.replace(detail="MD5"), lambda its: md5(_join(its)).hexdigest()),
    Mistake(findings.OTHER_HASH.replace(detail="SHA-256"), lambda its: sha256(_join(its)).hexdigest()),
    Mistake(findings.ECHOSTR_SIGNED, lambda its: sign(its.token, its.timestamp, its.nonce, its.echostr)),
    # the present in milliseconds: to a callback that counts seconds it is a time after the year 58,000
    Mistake(findings.MILLISECONDS, sign_properly, in_milliseconds=True),
    *map(_join_with, (",", "&", " ", "\n", "-", "_", "|")),
)
"""All of them, the likely ones first."""

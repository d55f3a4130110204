"""The mistakes that people make with token and signature, each as the way in which a mistaken callback signs."""

import secrets
from collections.abc import Callable, Iterator
from hashlib import md5, sha1, sha256
from typing import Final

from wechat_core.values import Value
from wechat_sim.doctor import findings
from wechat_sim.doctor.findings import Finding
from wechat_sim.doctor.handshake import Sign, Signed
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


def list_mistakes() -> list[Mistake]:
    """All of them, the likely ones first."""
    return [*_spoil_token(), *_MISTAKES, *(_join_with(separator) for separator in (",", "&", " ", "\n", "-", "_", "|"))]


def _spoil_token() -> Iterator[Mistake]:
    spoiled: list[tuple[Finding, Callable[[str], str]]] = [
        (findings.TOKEN_WITH_LF, lambda token: f"{token}\n"),
        (findings.TOKEN_WITH_CR, lambda token: f"{token}\r"),
        (findings.TOKEN_WITH_CR, lambda token: f"{token}\r\n"),
        (findings.TOKEN_WITH_BLANK, lambda token: f"{token} "),
        (findings.TOKEN_WITH_BLANK, lambda token: f" {token}"),
        (findings.TOKEN_IN_QUOTES, lambda token: f'"{token}"'),
        (findings.TOKEN_IN_QUOTES, lambda token: f"'{token}'"),
        (findings.TOKEN_WITH_BOM, lambda token: f"\ufeff{token}"),
        (findings.TOKEN_IN_OTHER_CASE, str.lower),
        (findings.TOKEN_IN_OTHER_CASE, str.upper),
        (findings.TOKEN_IN_OTHER_CASE, str.capitalize),
    ]
    for finding, spoil in spoiled:
        yield Mistake(finding, _with_token(spoil))


def _with_token(spoil: Callable[[str], str]) -> Sign:
    return lambda its: _sha1("".join(sorted([spoil(its.token), its.timestamp, its.nonce])))


def _join_with(separator: str) -> Mistake:
    finding = findings.JOINED.replace(detail=repr(separator))
    return Mistake(finding, lambda its: _sha1(separator.join(sorted([its.token, its.timestamp, its.nonce]))))


def _sha1(text: str) -> str:
    return sha1(text.encode()).hexdigest()


def _order(its: Signed, *more: str) -> bytes:
    return "".join(sorted([its.token, its.timestamp, its.nonce, *more])).encode()


_MISTAKES: Final = (
    Mistake(
        findings.UNSORTED.replace(detail="token, timestamp, nonce"),
        lambda its: _sha1(f"{its.token}{its.timestamp}{its.nonce}"),
    ),
    Mistake(
        findings.UNSORTED.replace(detail="timestamp, nonce, token"),
        lambda its: _sha1(f"{its.timestamp}{its.nonce}{its.token}"),
        choose_low_nonce,
    ),
    Mistake(
        findings.UNSORTED.replace(detail="nonce, timestamp, token"),
        lambda its: _sha1(f"{its.nonce}{its.timestamp}{its.token}"),
        choose_high_nonce,
    ),
    Mistake(
        findings.UNSORTED.replace(detail="token, nonce, timestamp"),
        lambda its: _sha1(f"{its.token}{its.nonce}{its.timestamp}"),
    ),
    Mistake(
        findings.UPPER_CASE_HEX,
        lambda its: sha1(_order(its)).hexdigest().upper(),
    ),
    Mistake(
        findings.OTHER_HASH.replace(detail="MD5"),
        lambda its: md5(_order(its)).hexdigest(),
    ),
    Mistake(
        findings.OTHER_HASH.replace(detail="SHA-256"),
        lambda its: sha256(_order(its)).hexdigest(),
    ),
    Mistake(findings.ECHOSTR_SIGNED, lambda its: sha1(_order(its, its.echostr)).hexdigest()),
    # the present in milliseconds: to a callback that counts seconds it is a time after the year 58,000
    Mistake(
        findings.MILLISECONDS,
        lambda its: _sha1("".join(sorted([its.token, its.timestamp, its.nonce]))),
        in_milliseconds=True,
    ),
)

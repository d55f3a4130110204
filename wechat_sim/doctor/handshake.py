"""The check of the URL (GET), as WeChat's console makes it when the settings are submitted.

https://developers.weixin.qq.com/doc/service/guide/dev/push/
"""

import re
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Final

import httpx

from wechat_core.signature import sign
from wechat_core.values import Value
from wechat_sim.doctor import findings
from wechat_sim.doctor.findings import Finding
from wechat_sim.doctor.front import find_front, find_page
from wechat_sim.platform.delivery import CHECK_HEADERS, with_query
from wechat_sim.platform.fetching import HttpAnswer, fetch_answer
from wechat_sim.platform.reading import is_compressed
from wechat_sim.platform.verdict import Cause, excerpt, in_short

_USUAL_TYPES: Final = ("text/", "application/xml")
_OLD_TLS: Final = re.compile("PROTOCOL|TOO_SMALL|TOO_WEAK|LEGACY")
_ALERT: Final = re.compile("(SSL|TLS)V[0-9]+_|UNEXPECTED_EOF")  # how OpenSSL names what the other side says
_BOM: Final = b"\xef\xbb\xbf"
_BY_STATUS: Final = {
    **dict.fromkeys((404, 410), findings.NO_SUCH_PATH),
    **dict.fromkeys((405, 501), findings.NO_GET),
}


class Signed(Value):
    """What a callback may build a signature from."""

    token: str
    timestamp: str
    nonce: str
    echostr: str


type Sign = Callable[[Signed], str]


class Handshake(Value):
    """One check of the URL and its answer; `finding` is what is wrong with it."""

    answer: HttpAnswer
    finding: Finding | None

    @property
    def is_verified(self) -> bool:
        """Whether WeChat's console would take the URL."""
        return not (self.finding and self.finding.is_fault)

    @property
    def is_refused(self) -> bool:
        """Whether the signature may be what is wrong."""
        by_signature = (findings.REFUSED_SOMEWHERE.id, findings.NO_ECHOSTR.id, findings.FAILS.id)
        return self.finding is not None and self.finding.id in by_signature


def sign_properly(its: Signed) -> str:
    """Sign as the platform does: without echostr."""
    return sign(its.token, its.timestamp, its.nonce)


async def shake(client: httpx.AsyncClient, url: str, query: str, *, echostr: str, patience: float) -> Handshake:
    """Check a URL once, with a signed query that has this echostr."""
    try:
        request = httpx.Request("GET", with_query(url, query), headers=CHECK_HEADERS)
        answer = await fetch_answer(client, request, patience)
    except httpx.ConnectError as error:
        return Handshake(HttpAnswer(), _examine_connection(error))
    if answer.failure:
        gone = findings.TOO_SLOW if answer.failure == Cause.TOO_LATE else findings.BROKEN_OFF
        return Handshake(answer, gone.replace(detail=answer.detail))
    return Handshake(answer, examine_answer(answer, echostr, url))


def examine_answer(answer: HttpAnswer, echostr: str, url: str) -> Finding | None:
    """What is wrong with an answer to the check of a URL."""
    if answer.status != 200:
        return _examine_status(answer, url)
    if is_compressed(answer.body, answer.header("content-encoding")):
        return findings.COMPRESSED.replace(detail=answer.header("content-encoding"))
    if answer.body != echostr.encode():
        return _examine_body(answer, echostr, url).replace(detail=excerpt(answer.body))
    content_type = answer.header("content-type")
    is_usual = not content_type or content_type.lower().startswith(_USUAL_TYPES)
    return None if is_usual else findings.ODD_TYPE.replace(detail=content_type)


def _examine_status(answer: HttpAnswer, url: str) -> Finding:
    if front := find_front(answer, url):
        return front
    refused = findings.REFUSED_SOMEWHERE if 400 <= answer.status < 500 else findings.OTHER_STATUS
    found = _BY_STATUS.get(answer.status, findings.FAILS if answer.status >= 500 else refused)
    return found.replace(detail=in_short(answer.status, answer.body))


def _examine_body(answer: HttpAnswer, echostr: str, url: str) -> Finding:
    """What is wrong with a body that is not echostr."""
    body, bare = answer.body, answer.body.strip()
    if echostr.encode() in body:
        return _examine_surroundings(body, echostr.encode())
    if bare.strip(b'"') == b64encode(echostr.encode()):
        return findings.IN_BASE64
    if re.fullmatch(rb'"?[\d.e+]+"?', bare[:40], re.IGNORECASE) and _is_rounded(bare, echostr):
        return findings.ROUNDED
    return find_front(answer, url) or find_page(answer) or findings.NO_ECHOSTR


def _examine_surroundings(body: bytes, echostr: bytes) -> Finding:
    bare = body.strip()
    if body.strip(_BOM + b" \t\r\n") == echostr and _BOM in body:
        return findings.WITH_BOM
    if bare == echostr:
        return findings.WITH_BLANKS
    if bare.strip(b"\"'") == echostr:
        return findings.JSON_QUOTED
    if bare.startswith((b"{", b"[")):
        return findings.IN_JSON
    return findings.IN_HTML if b"<" in body else findings.WITH_MORE


def _is_rounded(number: bytes, echostr: str) -> bool:
    try:
        return abs(float(number.strip(b'"')) / float(echostr) - 1) < 1e-6
    except ValueError:
        return False


def _examine_connection(error: httpx.ConnectError) -> Finding:
    """Why there is no connection."""
    for cause in _unwind(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return _examine_certificate(cause)
            case ssl.SSLError(reason=str(reason)) if _OLD_TLS.search(reason):
                return findings.TLS_TOO_OLD.replace(detail=reason)
            case ssl.SSLError(reason=str(reason)) if _ALERT.match(reason):
                return findings.TLS_BREAKS_OFF.replace(detail=reason)
            case ssl.SSLError():
                return findings.NO_TLS
            case ConnectionResetError():
                return findings.TLS_BREAKS_OFF
    return findings.NOBODY_LISTENS


def _examine_certificate(error: ssl.SSLCertVerificationError) -> Finding:
    by_code = {10: findings.CERTIFICATE_EXPIRED, 62: findings.CERTIFICATE_OF_ANOTHER_HOST}
    by_code[64] = findings.CERTIFICATE_OF_ANOTHER_HOST  # the host is an IP address
    return by_code.get(error.verify_code, findings.CERTIFICATE_UNTRUSTED).replace(detail=error.verify_message)


def _unwind(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__

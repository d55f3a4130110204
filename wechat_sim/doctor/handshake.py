"""The check of the URL (GET), as WeChat's console makes it when the settings are submitted.

https://developers.weixin.qq.com/doc/service/guide/dev/push/
"""

import secrets
import ssl
from collections.abc import Iterator
from typing import Final

import httpx

from wechat_core.values import Value
from wechat_sim.doctor import findings
from wechat_sim.doctor.findings import Finding
from wechat_sim.platform.delivery import CHECK_HEADERS, PATIENCE, fetch_answer, with_query
from wechat_sim.platform.inbound import signed_query
from wechat_sim.platform.verdict import Cause, Verdict, excerpt, in_short

_GOOD_TYPES: Final = ("text/", "application/xml")
_BOM: Final = b"\xef\xbb\xbf"


class Handshake(Value):
    """One check of the URL; `finding` is what is wrong with its answer."""

    milliseconds: float
    finding: Finding | None = None
    status: int = 0
    content_type: str = ""
    received: bytes = b""
    date: str = ""

    @property
    def refused(self) -> bool:
        """Whether the signature may be what is wrong."""
        by_signature = (findings.WRONG_TOKEN.id, findings.NO_ECHOSTR.id)
        return self.finding is not None and self.finding.id in by_signature


async def shake(client: httpx.AsyncClient, url: str, token: str, *, now: int, patience: float = PATIENCE) -> Handshake:
    """Check a URL once, with a token, at a time in Unix seconds."""
    echostr = str(10**18 + secrets.randbelow(9 * 10**18))
    query = signed_query(token, timestamp=now, nonce=str(secrets.randbelow(10**10)), echostr=echostr)
    try:
        answer, milliseconds = await fetch_answer(
            client, httpx.Request("GET", with_query(url, query), headers=CHECK_HEADERS), patience
        )
    except httpx.ConnectError as error:
        return Handshake(0, _judge_connection(error))
    if isinstance(answer, Verdict):
        gone = findings.TOO_SLOW if answer.cause == Cause.TOO_LATE else findings.BROKEN_OFF
        return Handshake(milliseconds, gone.replace(detail=answer.detail))
    finding = _judge_status(answer) or _judge_body(answer, echostr.encode())
    return Handshake(
        milliseconds,
        finding,
        status=answer.status_code,
        content_type=answer.headers.get("content-type", ""),
        received=answer.content,
        date=answer.headers.get("date", ""),
    )


def _judge_connection(error: httpx.ConnectError) -> Finding:
    """Why there is no connection."""
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return findings.BAD_CERTIFICATE.replace(detail=cause.verify_message)
            case ssl.SSLError():
                return findings.NO_TLS
    return findings.NOBODY_LISTENS


def _judge_status(response: httpx.Response) -> Finding | None:
    """What is wrong with a status other than 200."""
    status, detail = response.status_code, in_short(response.status_code, response.content)
    if status == 200:
        return None
    if response.has_redirect_location:
        return findings.REDIRECTED.replace(detail=response.headers["location"])
    if _is_of_a_gateway(response):
        return findings.GATEWAY_REFUSES.replace(detail=detail)
    known = {404: findings.NO_SUCH_PATH, 405: findings.NO_GET, 501: findings.NO_GET, 429: findings.THROTTLED}
    refused = (
        findings.WRONG_TOKEN if 400 <= status < 500 else findings.FAILS if status >= 500 else findings.OTHER_STATUS
    )
    return known.get(status, refused).replace(detail=detail)


def _is_of_a_gateway(response: httpx.Response) -> bool:
    """Whether a refusal is one of API Gateway's own."""
    told = response.content in (b'{"message":"Forbidden"}', b'{"message":"Missing Authentication Token"}')
    return response.status_code in (401, 403) and (told or "x-amzn-errortype" in response.headers)


def _judge_body(response: httpx.Response, echostr: bytes) -> Finding | None:
    body, content_type = response.content, response.headers.get("content-type", "")
    if "content-encoding" in response.headers:
        return findings.COMPRESSED.replace(detail=response.headers["content-encoding"])
    if body != echostr:
        return _judge_other(body, echostr).replace(detail=excerpt(body))
    if content_type and not content_type.lower().startswith(_GOOD_TYPES):
        return findings.ODD_TYPE.replace(detail=content_type)
    return None


def _judge_other(body: bytes, echostr: bytes) -> Finding:
    if echostr not in body:
        return findings.NO_ECHOSTR
    if body.removeprefix(_BOM) == echostr:
        return findings.WITH_BOM
    if body.strip() == echostr:
        return findings.WITH_BLANKS
    if body.strip().strip(b"\"'") == echostr:
        return findings.JSON_QUOTED
    return findings.IN_HTML if b"<" in body else findings.WITH_MORE


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__

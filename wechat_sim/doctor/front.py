"""What stands in front of a callback, recognized by what it answers instead of the callback.

Used only where the answer is not what the callback should give, so such a word in a reply does not matter.
"""

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from wechat_core.values import Value
from wechat_sim.doctor import findings
from wechat_sim.doctor.findings import Finding
from wechat_sim.platform.fetching import HttpAnswer
from wechat_sim.platform.verdict import excerpt, in_short

_READ: Final = 16 * 1024  # bytes of a page that are searched
_ERRORS: Final = range(400, 600)
_REFUSALS: Final = (401, 403, 407)
_NEVER: Final = "(?!)"


class _Sign(Value):
    finding: Finding
    statuses: tuple[int, ...] | range
    headers: str = _NEVER
    body: str = _NEVER

    def shows_in(self, answer: HttpAnswer, headers: str, body: str) -> bool:
        return answer.status in self.statuses and bool(
            re.search(self.headers, headers, re.IGNORECASE | re.MULTILINE) or re.search(self.body, body, re.IGNORECASE)
        )


_ANY: Final = range(200, 600)
_SIGNS: Final = (
    _Sign(
        findings.NEEDS_TLS,
        _ERRORS,
        body="plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|plain HTTP to an SSL-enabled"
        "|combination of host and port requires TLS",
    ),
    _Sign(
        findings.HOST_NOT_ALLOWED,
        _ERRORS,
        body=r"DisallowedHost|Invalid HTTP_HOST header|Invalid host header|Blocked (request\. This )?hosts?\b"
        r"|Host not allowed|Invalid Hostname|<h1>Bad Request \(400\)</h1>",
    ),
    _Sign(
        findings.CHALLENGED,
        _ANY,
        headers="^cf-mitigated: challenge|^x-amzn-waf-action: (challenge|captcha)",
        body=r"Just a moment\.\.\.|cf-chl|captcha|人机验证|滑动验证|verify (that )?you are (a )?human"
        "|Checking your browser|acw_sc__v2|_Incapsula_Resource|安全验证",
    ),
    _Sign(
        findings.NOT_FILED,
        _ANY,
        headers="^server: beaver",
        body="(未|没有|尚未|未完成|未进行)备案|备案.{0,20}(阻断|拦截|已注销|失效)|Non-compliance ICP Filing",
    ),
    _Sign(findings.UPSTREAM_DOWN, (502, 503, 504, *range(520, 528), 530), body=""),
    _Sign(
        findings.TUNNEL_PAGE,
        _ANY,
        headers="^ngrok-error-code:",
        body=r"ERR_NGROK_\d+|You are about to visit|loca\.lt|localtunnel|cpolar|natapp"
        "|Faithfully yours, frp|花生壳|Tunnel .{0,60}not found",
    ),
    _Sign(
        findings.FIREWALL_BLOCKS,
        _ERRORS,
        headers="^(x-sucuri-block|x-waf-[a-z-]+):|^server: (safedog|yunsuo|cloudwaf)",
        body=r"Request blocked|been blocked|Web Application Firewall|\bWAF\b|应用防火墙"
        "|(访问|请求).{0,20}(被拦截|被阻断)|安全狗|云锁"
        r"|errors\.aliyun\.com|Mod_?Security|requested URL was rejected|Sucuri|btwaf|Attention Required! \| Cloudflare"
        r"|error code: 10\d\d|Access Denied.{0,300}Reference",
    ),
    _Sign(
        findings.AUTHORIZATION_REQUIRED, _REFUSALS, headers="^(www|proxy)-authenticate:", body="Authentication Required"
    ),
    _Sign(
        findings.GATEWAY_REFUSES,
        _REFUSALS,
        headers="^(x-amzn-errortype|x-ca-error-(code|message)):",
        body=r'^\{"message": ?"(Forbidden|Missing Authentication Token|Unauthorized|User is not authorized.*)"\}$'
        "|No API key found|missing subscription key|does not have permission to get URL"
        "|<center>(nginx|openresty|tengine)|<address>Apache|permission to access this resource",
    ),
    _Sign(findings.THROTTLED, (429,), body=""),
)
_LOGIN: Final = re.compile(r"log[-_]?[io]n|sign[-_]?in|\bauth|sso|passport|session|/cas\b", re.IGNORECASE)
_HTML: Final = re.compile(r"\s*(<!--.*?-->\s*)?<(!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_CRASH: Final = re.compile(
    r"(Fatal|Parse|syntax) error|Traceback \(most recent|Uncaught |Unhandled \w*(Error|Exception)|stack trace",
    re.IGNORECASE,
)


def find_front(answer: HttpAnswer, url: str) -> Finding | None:
    """What answers instead of the callback at a URL, if it can be recognized."""
    if (location := answer.header("location")) and 300 <= answer.status < 400:
        without_query = location.partition("?")[0]  # the query holds what was signed
        return _find_redirect(url, location).replace(detail=excerpt(without_query.encode()))
    body = answer.body[:_READ].decode("utf-8", "replace").strip()
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    for sign in _SIGNS:
        if sign.shows_in(answer, headers, body):
            return sign.finding.replace(detail=in_short(answer.status, answer.body))
    return None


def find_page(answer: HttpAnswer) -> Finding | None:
    """A web page, or an error message, that comes with status 200."""
    if crash := quote_crash(answer):
        return findings.FAILS.replace(detail=crash)
    is_page = _HTML.match(answer.body[:_READ].decode("utf-8", "replace"))
    return findings.WEB_PAGE.replace(detail=excerpt(answer.body)) if is_page else None


def quote_crash(answer: HttpAnswer) -> str:
    """What an answer says about a failure though its status is 200; empty if nothing."""
    text = answer.body[:_READ].decode("utf-8", "replace")
    crash = _CRASH.search(text)
    return excerpt(text[crash.start() :].encode()) if crash else ""


def _find_redirect(url: str, location: str) -> Finding:
    try:
        here, there = urlsplit(url), urlsplit(urljoin(url, location))
    except ValueError:
        return findings.REDIRECTED
    if re.search("webblock|beian|/icp", location, re.IGNORECASE):
        return findings.NOT_FILED
    if here.netloc == there.netloc and here.path != there.path and here.path.rstrip("/") == there.path.rstrip("/"):
        return findings.REDIRECTS_TO_SLASH
    if (here.scheme, there.scheme, here.hostname, here.path) == ("http", "https", there.hostname, there.path):
        return findings.REDIRECTS_TO_HTTPS
    return findings.REDIRECTS_TO_LOGIN if _LOGIN.search(f"{there.hostname}{there.path}") else findings.REDIRECTED

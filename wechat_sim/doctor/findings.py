"""What can be wrong with a callback: for each cause one sentence that says what to change."""

from typing import Final

from wechat_core.values import Value

# what the console says, by its return code
INVALID_URL: Final = "无效的URL (-201)"
UNREACHABLE: Final = "请求URL超时 (-301)"
NOT_VERIFIED: Final = "token验证失败 (-302)"
FOLLOWERS: Final = "该公众号提供的服务出现故障，请稍后再试 (to followers; the console says nothing)"


class Finding(Value):
    """A cause and its mend; `heard` is what WeChat says when it comes to that, `detail` what was seen this time.

    A mere warning lets WeChat verify the URL and deliver messages all the same.
    """

    cause: str
    mend: str
    heard: str = ""
    warning: bool = False
    detail: str = ""


# the way to the callback
NOT_A_URL: Final = Finding("this is no URL of a callback", "write http:// or https://, a host and a path", INVALID_URL)
WRONG_PORT: Final = Finding(
    "WeChat calls ports 80 and 443 only", "put the callback behind one of them, and leave the port out", INVALID_URL
)
NO_HOST: Final = Finding(
    "the host's name does not resolve", "check its spelling and its DNS record: it needs an A record", UNREACHABLE
)
NOBODY_LISTENS: Final = Finding(
    "nothing listens there", "start the callback, and open its port in the firewall or security group", UNREACHABLE
)
NO_TLS: Final = Finding(
    "what listens there does not speak TLS", "serve HTTPS on this port, or begin the URL with http://", UNREACHABLE
)
BAD_CERTIFICATE: Final = Finding(
    "the TLS certificate is not valid for this host",
    "install one from a public authority, for this very name, with its intermediate certificates",
    UNREACHABLE,
)
TOO_SLOW: Final = Finding(
    "the callback takes longer than the 5 seconds that WeChat waits",
    "answer sooner, and do slow work later",
    UNREACHABLE,
)
BROKEN_OFF: Final = Finding(
    "the connection breaks off before an answer", "look into the log of the callback or its proxy", UNREACHABLE
)

# the answer to the check of the URL
REDIRECTED: Final = Finding(
    "the URL redirects, and WeChat does not follow", "enter the URL that it leads to", NOT_VERIFIED
)
NO_SUCH_PATH: Final = Finding(
    "there is nothing at this path", "add the callback's path to the URL, /wechat for example", NOT_VERIFIED
)
GATEWAY_REFUSES: Final = Finding(
    "the gateway refuses before the callback is reached",
    "let everyone call this route: no authorizer, key or IAM; check the stage and the path",
    NOT_VERIFIED,
)
NO_GET: Final = Finding("the callback does not take GET", "route GET to it as well as POST", NOT_VERIFIED)
FAILS: Final = Finding("the callback fails", "look into its log", NOT_VERIFIED)
THROTTLED: Final = Finding("the callback is throttled", "raise the gateway's rate limit", NOT_VERIFIED)
WRONG_TOKEN: Final = Finding(
    "the callback has another token",
    "make the token in its settings that of the console, letter by letter",
    NOT_VERIFIED,
)
CLOCK_SKEW: Final = Finding(
    "the callback's clock is off, so every signature looks too old to it",
    "set it by NTP, and compare in UTC: timestamps are Unix seconds",
    NOT_VERIFIED,
)
JSON_QUOTED: Final = Finding(
    "echostr comes back in quotes, as JSON", "answer it as plain text: not a JSON response", NOT_VERIFIED
)
IN_HTML: Final = Finding(
    "echostr comes back inside HTML", "answer it alone: no page, layout or debug bar around it", NOT_VERIFIED
)
WITH_BOM: Final = Finding(
    "a byte order mark stands before echostr", "save the callback's files as UTF-8 without BOM", NOT_VERIFIED
)
WITH_BLANKS: Final = Finding(
    "blanks or line breaks stand around echostr", "answer its characters and nothing else, no newline", NOT_VERIFIED
)
WITH_MORE: Final = Finding(
    "something else stands around echostr", "answer it alone: no prefix, warning or log output", NOT_VERIFIED
)
NO_ECHOSTR: Final = Finding(
    "the answer is not echostr", "answer a GET with the value of its echostr parameter", NOT_VERIFIED
)
COMPRESSED: Final = Finding(
    "the answer is compressed, which WeChat did not ask for", "switch compression off for this path", NOT_VERIFIED
)
ODD_TYPE: Final = Finding("the content type is none that works for sure", "answer echostr as text/plain", NOT_VERIFIED)
OTHER_STATUS: Final = Finding("the status is not 200", "answer the check of the URL with 200", NOT_VERIFIED)
UNCHECKED: Final = Finding(
    "the callback takes a signature made with another token: anybody can write to it",
    "compare the signature with your own, and refuse the rest with 403",
    warning=True,
)

# the answer to a message
NO_POST: Final = Finding("the callback does not take POST", "route POST to it as well as GET", FOLLOWERS)
POST_REFUSED: Final = Finding(
    "the callback refuses the message, though it takes the token",
    "if it has an EncodingAESKey, set the console to safe mode and say --mode safe here; if not, look into its log",
    FOLLOWERS,
)
CSRF: Final = Finding(
    "a guard against cross-site requests refuses the message", "exempt the callback's path from CSRF checks", FOLLOWERS
)
POST_UNREAD: Final = Finding(
    "the callback wants something else than XML", "read the raw body of the request: WeChat sends text/xml", FOLLOWERS
)
IS_PLAIN: Final = Finding(
    "the callback is in plain mode, the console is not",
    "give it the EncodingAESKey and the AppID, or set the console to plain mode (明文模式)",
    FOLLOWERS,
)
IS_SAFE: Final = Finding(
    "the callback reads encrypted messages only, and the console is in plain mode",
    "set the console to safe mode (安全模式)",
    FOLLOWERS,
)
WRONG_KEY: Final = Finding(
    "the callback has another EncodingAESKey or AppID", "make both those of the console", FOLLOWERS
)
BAD_REPLY: Final = Finding("the reply is malformed", "see what is wrong with it, beside", FOLLOWERS)
POST_FAILS: Final = FAILS.replace(
    mend="look into its log; in safe mode a wrong EncodingAESKey or AppID can be the reason", heard=FOLLOWERS
)
POST_TOO_SLOW: Final = TOO_SLOW.replace(heard=FOLLOWERS)
POST_BROKEN_OFF: Final = BROKEN_OFF.replace(heard=FOLLOWERS)
POST_THROTTLED: Final = THROTTLED.replace(heard=FOLLOWERS)
POST_REDIRECTED: Final = REDIRECTED.replace(heard=FOLLOWERS)
FORGERY_TAKEN: Final = Finding(
    "the callback replies to a message that WeChat did not sign",
    "check the signature of POST as well as of GET",
    warning=True,
)

# the time it took
ALMOST_TOO_SLOW: Final = Finding(
    "the callback is close to the 5 seconds that WeChat waits",
    "make it faster: a follower's network adds to it",
    warning=True,
)
COLD_START: Final = Finding(
    "the first answer took long, the next ones did not: a cold start",
    "give the function more memory, or provisioned concurrency",
    warning=True,
)

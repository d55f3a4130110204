"""What can be wrong with a callback: ids whose sentences, and what to change, stand in texts.json."""

from typing import Final, Literal

from wechat_core.values import Value
from wechat_sim.platform.texts import ENGLISH, Language, explain_cause, hint_at, quote_console

# what WeChat's console says to a fault, or the follower reads
_INVALID_URL: Final = "invalid_url"
_UNREACHABLE: Final = "unreachable"
_NOT_VERIFIED: Final = "not_verified"
FAULT_LINE: Final = "fault_line"


class Finding(Value):
    """A cause by its id; `console` is the id of what WeChat says when it comes to that, `detail` what was seen.

    With a warning WeChat verifies the URL and delivers messages all the same; a note is worth knowing.
    """

    id: str
    console: str = ""
    level: Literal["fault", "warning", "note"] = "fault"
    detail: str = ""

    def cause(self, language: Language = ENGLISH) -> str:
        """What is wrong, in a sentence."""
        return explain_cause(self.id, language)

    def hint(self, language: Language = ENGLISH) -> str:
        """What to change."""
        return hint_at(self.id, language)

    def console_message(self, language: Language = ENGLISH) -> str:
        """What WeChat says."""
        return quote_console(self.console, language)

    @property
    def is_fault(self) -> bool:
        """Whether the callback does not work."""
        return self.level == "fault"


def _warn(identifier: str) -> Finding:
    return Finding(identifier, level="warning")


# the way to the callback
NOT_A_URL: Final = Finding("not_a_url", _INVALID_URL)
WRONG_PORT: Final = Finding("wrong_port", _INVALID_URL)
NO_HOST: Final = Finding("no_host", _UNREACHABLE)
NOBODY_LISTENS: Final = Finding("nobody_listens", _UNREACHABLE)
NO_TLS: Final = Finding("no_tls", _UNREACHABLE)
BAD_CERTIFICATE: Final = Finding("certificate_untrusted", _UNREACHABLE)
TOO_SLOW: Final = Finding("too_slow", _UNREACHABLE)
SLOW_START: Final = Finding("slow_start", _UNREACHABLE)
BROKEN_OFF: Final = Finding("connection_breaks", _UNREACHABLE)

# the answer to the check of the URL
REDIRECTED: Final = Finding("redirected", _NOT_VERIFIED)
NO_SUCH_PATH: Final = Finding("no_such_path", _NOT_VERIFIED)
GATEWAY_REFUSES: Final = Finding("gateway_refuses", _NOT_VERIFIED)
NO_GET: Final = Finding("no_get", _NOT_VERIFIED)
FAILS: Final = Finding("fails", _NOT_VERIFIED)
THROTTLED: Final = Finding("throttled", _NOT_VERIFIED)
WRONG_TOKEN: Final = Finding("wrong_token", _NOT_VERIFIED)
CLOCK_SKEW: Final = Finding("clock_off", _NOT_VERIFIED)
JSON_QUOTED: Final = Finding("json_quoted", _NOT_VERIFIED)
IN_HTML: Final = Finding("in_html", _NOT_VERIFIED)
WITH_BOM: Final = Finding("with_bom", _NOT_VERIFIED)
WITH_BLANKS: Final = Finding("with_blanks", _NOT_VERIFIED)
WITH_MORE: Final = Finding("with_more", _NOT_VERIFIED)
NO_ECHOSTR: Final = Finding("no_echostr", _NOT_VERIFIED)
COMPRESSED: Final = Finding("compressed", _NOT_VERIFIED)
ODD_TYPE: Final = _warn("odd_type")
OTHER_STATUS: Final = Finding("other_status", _NOT_VERIFIED)
UNCHECKED: Final = _warn("unchecked")

# the answer to a message
NO_POST: Final = Finding("no_post", FAULT_LINE)
POST_REFUSED: Final = Finding("post_refused", FAULT_LINE)
CSRF: Final = Finding("csrf", FAULT_LINE)
POST_UNREAD: Final = Finding("post_unread", FAULT_LINE)
IS_PLAIN: Final = Finding("is_plain", FAULT_LINE)
IS_SAFE: Final = Finding("is_safe", FAULT_LINE)
WRONG_KEY: Final = Finding("wrong_key", FAULT_LINE)
POST_FAILS: Final = Finding("post_fails", FAULT_LINE)
POST_TOO_SLOW: Final = TOO_SLOW.replace(console=FAULT_LINE)
POST_BROKEN_OFF: Final = BROKEN_OFF.replace(console=FAULT_LINE)
POST_THROTTLED: Final = THROTTLED.replace(console=FAULT_LINE)
POST_REDIRECTED: Final = REDIRECTED.replace(console=FAULT_LINE)
FORGERY_TAKEN: Final = _warn("forgery_taken")

# the time it took
ALMOST_TOO_SLOW: Final = _warn("almost_too_slow")
COLD_START: Final = _warn("cold_start")

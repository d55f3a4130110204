"""What can be wrong with a callback: ids, whose sentences and hints are in texts.json."""

from typing import Final, Literal

from wechat_core.values import Value
from wechat_sim.phrases import explain_detail
from wechat_sim.platform.verdict import Cause, Note
from wechat_sim.texts import ENGLISH, Language, explain_cause, word

# what WeChat's console says about a fault, or the follower reads
_INVALID_URL: Final = "invalid_url"
_UNREACHABLE: Final = "unreachable"
_NOT_VERIFIED: Final = "not_verified"
SHOWS_FAULT_LINE: Final = "fault_line"


class Finding(Value):
    """A cause by its id; `console` is the id of what WeChat says when it comes to that, `detail` what was seen.

    `because` is the id of another cause, where what was seen comes from that.

    With a warning WeChat verifies the URL and delivers messages all the same; a note is worth knowing.
    """

    id: str
    console: str = ""
    level: Literal["fault", "warning", "note"] = "fault"
    detail: str = ""
    because: str = ""

    def seen(self, language: Language = ENGLISH) -> str:
        """What was seen, and why it is so."""
        because, detail = explain_cause(self.because, language), explain_detail(self.detail, language)
        return word("detailed", language, cause=because, detail=detail) if because and detail else because or detail

    @property
    def is_fault(self) -> bool:
        """Whether the callback does not work."""
        return self.level == "fault"


# the way to the callback
NOT_A_URL: Final = Finding("not_a_url", _INVALID_URL)
WRONG_PORT: Final = Finding("wrong_port", _INVALID_URL)
NO_HOST: Final = Finding("no_host", _UNREACHABLE)
PRIVATE_ADDRESS: Final = Finding("private_address", level="warning")
NOBODY_LISTENS: Final = Finding("nobody_listens", _UNREACHABLE)
NO_TLS: Final = Finding("no_tls", _UNREACHABLE)
NEEDS_TLS: Final = Finding("needs_tls", _UNREACHABLE)
TLS_TOO_OLD: Final = Finding("tls_too_old", _UNREACHABLE)
TLS_BREAKS_OFF: Final = Finding("tls_breaks_off", _UNREACHABLE)
CERTIFICATE_EXPIRED: Final = Finding("certificate_expired", _UNREACHABLE)
CERTIFICATE_OF_ANOTHER_HOST: Final = Finding("certificate_of_another_host", _UNREACHABLE)
CERTIFICATE_UNTRUSTED: Final = Finding("certificate_untrusted", _UNREACHABLE)
TOO_SLOW: Final = Finding("too_slow", _UNREACHABLE)
SLOW_START: Final = Finding("slow_start", _UNREACHABLE)
BROKEN_OFF: Final = Finding("connection_breaks", _UNREACHABLE)

# what stands in front of it
REDIRECTED: Final = Finding("redirected", _NOT_VERIFIED)
REDIRECTS_TO_LOGIN: Final = Finding("redirects_to_login", _NOT_VERIFIED)
REDIRECTS_TO_SLASH: Final = Finding("redirects_to_slash", _NOT_VERIFIED)
REDIRECTS_TO_HTTPS: Final = Finding("redirects_to_https", _NOT_VERIFIED)
NO_SUCH_PATH: Final = Finding("no_such_path", _NOT_VERIFIED)
GATEWAY_REFUSES: Final = Finding("gateway_refuses", _NOT_VERIFIED)
AUTHORIZATION_REQUIRED: Final = Finding("authorization_required", _NOT_VERIFIED)
CHALLENGED: Final = Finding("challenged", _NOT_VERIFIED)
TUNNEL_PAGE: Final = Finding("tunnel_page", _NOT_VERIFIED)
NOT_FILED: Final = Finding("not_filed", _NOT_VERIFIED)
FIREWALL_BLOCKS: Final = Finding("firewall_blocks", _NOT_VERIFIED)
HOST_NOT_ALLOWED: Final = Finding("host_not_allowed", _NOT_VERIFIED)
WEB_PAGE: Final = Finding("web_page", _NOT_VERIFIED)
UPSTREAM_DOWN: Final = Finding("upstream_down", _NOT_VERIFIED)
THROTTLED: Final = Finding("throttled", _NOT_VERIFIED)

# a refusal of the check of the URL
NOTHING_COMES_BACK: Final = Finding("nothing_comes_back", _NOT_VERIFIED)
WRONG_TOKEN: Final = Finding("wrong_token", _NOT_VERIFIED)
REFUSED_SOMEWHERE: Final = Finding("refused_somewhere", _NOT_VERIFIED)
WANTS_OTHER_PARAMETERS: Final = Finding("wants_other_parameters", _NOT_VERIFIED)
REFUSED_OTHERWISE: Final = Finding("refused_otherwise", _NOT_VERIFIED)
CLOCK_OFF: Final = Finding("clock_off", _NOT_VERIFIED)
TOKEN_WITH_BLANK: Final = Finding("token_with_blank", _NOT_VERIFIED)
TOKEN_WITH_CR: Final = Finding("token_with_cr", _NOT_VERIFIED)
TOKEN_WITH_LF: Final = Finding("token_with_lf", _NOT_VERIFIED)
TOKEN_IN_QUOTES: Final = Finding("token_in_quotes", _NOT_VERIFIED)
TOKEN_WITH_BOM: Final = Finding("token_with_bom", _NOT_VERIFIED)
TOKEN_IN_OTHER_CASE: Final = Finding("token_in_other_case", _NOT_VERIFIED)
UNSORTED: Final = Finding("unsorted", _NOT_VERIFIED)
JOINED: Final = Finding("joined", _NOT_VERIFIED)
UPPER_CASE_HEX: Final = Finding("upper_case_hex", _NOT_VERIFIED)
OTHER_HASH: Final = Finding("other_hash", _NOT_VERIFIED)
MILLISECONDS: Final = Finding("milliseconds", _NOT_VERIFIED)
ECHOSTR_SIGNED: Final = Finding("echostr_signed", _NOT_VERIFIED)
UNEVEN: Final = Finding("uneven", _NOT_VERIFIED)

# the answer to the check of the URL
NO_GET: Final = Finding("no_get", _NOT_VERIFIED)
FAILS: Final = Finding("fails", _NOT_VERIFIED)
INTERMITTENT: Final = Finding("intermittent", _NOT_VERIFIED)
OTHER_STATUS: Final = Finding("other_status", _NOT_VERIFIED)
JSON_QUOTED: Final = Finding("json_quoted", _NOT_VERIFIED)
IN_JSON: Final = Finding("in_json", _NOT_VERIFIED)
IN_HTML: Final = Finding("in_html", _NOT_VERIFIED)
IN_BASE64: Final = Finding("in_base64", _NOT_VERIFIED)
ROUNDED: Final = Finding("rounded", _NOT_VERIFIED)
WITH_BOM: Final = Finding("with_bom", _NOT_VERIFIED)
WITH_BLANKS: Final = Finding("with_blanks", _NOT_VERIFIED)
WITH_MORE: Final = Finding("with_more", _NOT_VERIFIED)
NO_ECHOSTR: Final = Finding("no_echostr", _NOT_VERIFIED)
COMPRESSED: Final = Finding("compressed", _NOT_VERIFIED)
ODD_TYPE: Final = Finding("odd_type", level="warning")
UNCHECKED: Final = Finding("unchecked", level="warning")
FAILS_ON_FORGERY: Final = Finding("fails_on_forgery", level="warning")

# the answer to a message; what is wrong with a reply has the id of the verdict on it
NO_POST: Final = Finding("no_post", SHOWS_FAULT_LINE)
POST_REFUSED: Final = Finding("post_refused", SHOWS_FAULT_LINE)
CSRF: Final = Finding("csrf", SHOWS_FAULT_LINE)
POST_UNREAD: Final = Finding("post_unread", SHOWS_FAULT_LINE)
BODY_TOO_LARGE: Final = Finding("body_too_large", SHOWS_FAULT_LINE)
IS_PLAIN: Final = Finding("is_plain", SHOWS_FAULT_LINE)
IS_SAFE: Final = Finding("is_safe", SHOWS_FAULT_LINE)
WRONG_KEY: Final = Finding("wrong_key", SHOWS_FAULT_LINE)
POST_FAILS: Final = Finding("post_fails", SHOWS_FAULT_LINE)
POST_TOO_SLOW: Final = TOO_SLOW.replace(console=SHOWS_FAULT_LINE)
POST_BROKEN_OFF: Final = BROKEN_OFF.replace(console=SHOWS_FAULT_LINE)
POST_INTERMITTENT: Final = INTERMITTENT.replace(console=SHOWS_FAULT_LINE)
FORGERY_TAKEN: Final = Finding(Cause.FORGERY_TAKEN, level="warning")
TEXT_TOO_LONG: Final = Finding(Cause.TEXT_TOO_LONG, level="warning")
ODD_TIME: Final = Finding(Note.ODD_TIME, level="warning")
ODD_START: Final = Finding(Note.ODD_START, level="warning")
OTHER_MESSAGE_FAILS: Final = Finding("other_message_fails", SHOWS_FAULT_LINE, level="warning")
LARGE_BODY_FAILS: Final = Finding("large_body_fails", level="warning")
RUNS_AGAIN: Final = Finding("runs_again", level="note")
NO_REPLY: Final = Finding("no_reply", level="note")

# the time it took
ALMOST_TOO_SLOW: Final = Finding("almost_too_slow", level="warning")
COLD_START: Final = Finding("cold_start", level="warning")
CUT_SHORT: Final = Finding("cut_short", level="warning")

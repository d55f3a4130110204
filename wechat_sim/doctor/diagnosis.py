"""What is wrong with the answer to a message, when the check of the URL went well."""

import re
from typing import Final

from wechat_sim.doctor import findings
from wechat_sim.doctor.findings import SHOWS_FAULT_LINE, Finding
from wechat_sim.doctor.front import find_front, quote_crash
from wechat_sim.doctor.patient import Patient
from wechat_sim.platform import sample
from wechat_sim.platform.console import PLAIN
from wechat_sim.platform.delivery import Delivery
from wechat_sim.platform.fetching import HttpAnswer
from wechat_sim.platform.samples import read_fields
from wechat_sim.platform.verdict import Cause

_BY_CAUSE: Final[dict[str, Finding]] = {
    Cause.TOO_LATE: findings.POST_TOO_SLOW,
    Cause.BROKEN_OFF: findings.POST_BROKEN_OFF,
}
_BY_STATUS: Final = {
    **dict.fromkeys((404, 405, 410, 501), findings.NO_POST),
    **dict.fromkeys((415, 422), findings.POST_UNREAD),
    413: findings.BODY_TOO_LARGE,
    419: findings.CSRF,
}
_PAGES: Final = (Cause.NOT_XML, Cause.HTML_REPLY, Cause.STRAY_OUTPUT)
_CSRF: Final = re.compile(r"csrf|xsrf|forgery|authenticity|Page Expired", re.IGNORECASE)
_WANTS_JSON: Final = re.compile(
    r"JSON.{0,40}(parse|decode|error|invalid)|(parse|decode|invalid|expect).{0,40}JSON|Unexpected token", re.IGNORECASE
)


async def diagnose(delivery: Delivery, patient: Patient) -> Finding | None:
    """The cause, if there is one; the patient may be sent another message, in another mode."""
    found = delivery.verdict
    if found.what == "fault" and found.cause != Cause.WRONG_STATUS:
        return _explain_reply(delivery)
    if found.what == "reply" or (found.what == "nothing" and patient.console.mode == PLAIN):
        return None
    if delivery.answer.status != 200:
        if front := find_front(delivery.answer, patient.url):
            return front.replace(console=SHOWS_FAULT_LINE)
        if known := _explain_status(delivery.answer):
            return known.replace(detail=found.detail)
    return await _try_modes(delivery, patient)


def _explain_reply(delivery: Delivery) -> Finding:
    """What is wrong with a reply, or with what came in its place."""
    found = delivery.verdict
    if found.cause == Cause.NOT_ENCRYPTED and read_fields(delivery.answer.body).get("ToUserName") != sample.FOLLOWER:
        return findings.IS_PLAIN  # whoever decrypts a message knows its follower
    if found.cause in _PAGES and (crash := quote_crash(delivery.answer)):
        return findings.POST_FAILS.replace(detail=crash)
    if found.cause == Cause.HTML_REPLY and (front := find_front(delivery.answer, "")):
        return front.replace(console=SHOWS_FAULT_LINE)
    return _BY_CAUSE.get(found.cause, Finding(found.cause, SHOWS_FAULT_LINE)).replace(detail=found.detail)


def _explain_status(answer: HttpAnswer) -> Finding | None:
    """What a status other than 200 says by itself."""
    text = answer.body[:4096].decode("utf-8", "replace")
    if answer.status < 500 and _CSRF.search(text):
        return findings.CSRF
    if _WANTS_JSON.search(text):
        return findings.POST_UNREAD
    other = Finding(Cause.WRONG_STATUS, SHOWS_FAULT_LINE) if answer.status < 400 else None
    return _BY_STATUS.get(answer.status, other)


async def _try_modes(delivery: Delivery, patient: Patient) -> Finding | None:
    """The cause of a refusal, a failure or a silent acknowledgement: perhaps the mode."""
    console = patient.console
    if console.mode == PLAIN:
        safe = await patient.tell(console=console.replace(mode="safe")) if console.encoding_aes_key else None
        return findings.IS_SAFE if safe and safe.verdict.what == "reply" else _find_refusal(delivery)
    plain = await patient.tell(console=console.replace(mode=PLAIN))
    if plain.verdict.what == "reply" or (plain.answer.status == 200 and delivery.answer.status != 200):
        return findings.IS_PLAIN
    if delivery.answer.status == 200:
        return None
    found = _find_refusal(delivery)
    return findings.WRONG_KEY.replace(detail=found.detail) if found.id == findings.POST_REFUSED.id else found


def _find_refusal(delivery: Delivery) -> Finding:
    found = findings.POST_FAILS if delivery.answer.status >= 500 else findings.POST_REFUSED
    return found.replace(detail=delivery.verdict.detail)

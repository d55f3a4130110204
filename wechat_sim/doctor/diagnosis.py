"""What is wrong with the answer to a message, when the check of the URL went well."""

from collections.abc import Awaitable, Callable
from typing import Final

from wechat_sim.doctor import findings
from wechat_sim.doctor.findings import Finding
from wechat_sim.platform.console import PLAIN, Console
from wechat_sim.platform.delivery import Delivery
from wechat_sim.platform.verdict import Cause

type Deliver = Callable[[Console], Awaitable[Delivery]]

_BY_CAUSE: Final[dict[str, Finding]] = {
    Cause.TOO_LATE: findings.POST_TOO_SLOW,
    Cause.BROKEN_OFF: findings.POST_BROKEN_OFF,
    Cause.NOT_ENCRYPTED: findings.IS_PLAIN,
    Cause.REPLY_NOT_OPENED: findings.WRONG_KEY,
}
_BY_STATUS: Final = {
    **dict.fromkeys((301, 302, 303, 307, 308), findings.POST_REDIRECTED),
    **dict.fromkeys((404, 405, 501), findings.NO_POST),
    429: findings.POST_THROTTLED,
}


async def diagnose(delivery: Delivery, console: Console, deliver: Deliver) -> Finding | None:
    """The cause, if there is one; `deliver` sends another message, in another mode."""
    found = delivery.verdict
    if found.what == "fault" and found.cause != Cause.WRONG_STATUS:
        return _BY_CAUSE.get(found.cause, Finding(found.cause, findings.FAULT_LINE)).replace(detail=found.detail)
    if known := _BY_STATUS.get(delivery.status):
        return known.replace(detail=found.detail)
    if found.what == "reply" or (found.what == "nothing" and console.mode == PLAIN):
        return None
    return await _by_mode(delivery, console, deliver)


async def _by_mode(delivery: Delivery, console: Console, deliver: Deliver) -> Finding | None:
    """Refused, failed or silently acknowledged: try whether it is the mode."""
    if console.mode == PLAIN:
        safe = await deliver(console.replace(mode="safe")) if console.encoding_aes_key else None
        return findings.IS_SAFE if safe and safe.verdict.what == "reply" else _refused(delivery)
    plain = await deliver(console.replace(mode=PLAIN))
    if plain.verdict.what == "reply" or (plain.status == 200 and delivery.status != 200):
        return findings.IS_PLAIN
    if delivery.status == 200:
        return None
    found = _refused(delivery)
    return findings.WRONG_KEY.replace(detail=found.detail) if found.id == findings.POST_REFUSED.id else found


def _refused(delivery: Delivery) -> Finding:
    detail = delivery.verdict.detail
    if delivery.status >= 500:
        return findings.POST_FAILS.replace(detail=detail)
    if delivery.status in (415, 422):
        return findings.POST_UNREAD.replace(detail=detail)
    if "csrf" in delivery.received.decode("utf-8", "replace").lower():
        return findings.CSRF
    return findings.POST_REFUSED.replace(detail=detail)

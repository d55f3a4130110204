"""How the callback handles messages: a text, other types, a forged, a large and a repeated one."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

from wechat_sim.doctor import findings
from wechat_sim.doctor.diagnosis import diagnose
from wechat_sim.doctor.findings import Finding
from wechat_sim.doctor.mistakes import NONCES
from wechat_sim.doctor.patient import PING, Patient
from wechat_sim.platform.console import PLAIN
from wechat_sim.platform.delivery import Delivery
from wechat_sim.platform.inbound import Push, compose, push_of
from wechat_sim.platform.samples import samples
from wechat_sim.platform.verdict import Cause, Note

_NONCES: Final = NONCES[:3]
_ENOUGH: Final = 1.0  # times the patience, after which a message is not repeated
_LARGE: Final = 300 * 1024
_NOTED: Final = {Note.ODD_TIME: findings.ODD_TIME, Note.ODD_START: findings.ODD_START}
_MAY_PASS: Final = (findings.POST_BROKEN_OFF, findings.POST_FAILS, findings.UPSTREAM_DOWN, findings.POST_REFUSED)


type Examine = Callable[[Patient], Awaitable[list[Finding]]]


async def check_message(patient: Patient) -> list[Finding]:
    """What is wrong with the answers to a text, delivered several times as several messages."""

    started = time.monotonic()
    first = await patient.tell(nonce=_NONCES[0]())
    found = await diagnose(first, patient)
    if found and found.id not in [each.id for each in _MAY_PASS]:
        return [found]
    made = [first]
    while len(made) < len(_NONCES) and time.monotonic() - started < _ENOUGH * patient.patience:
        made.append(await patient.tell(nonce=_NONCES[len(made)]()))
    failed = [each for each in made if each.verdict.what == "fault"]
    if found and len(failed) == len(made):
        return [found]
    if failed:
        seen, told = failed[0].verdict, f"{len(failed)}/{len(made)}"
        detail = f"{told}: {seen.detail}" if seen.detail else told
        return [findings.POST_INTERMITTENT.replace(detail=detail, because="" if seen.detail else seen.cause)]
    return _warn(first)


def _warn(delivery: Delivery) -> list[Finding]:
    """What the platform lets pass, or silently drops."""
    noted = [_NOTED[note] for note in delivery.verdict.notes if note in _NOTED]
    if delivery.verdict.cause == Cause.TEXT_TOO_LONG:
        noted.append(findings.TEXT_TOO_LONG.replace(detail=delivery.verdict.detail))
    if delivery.verdict.cause == Cause.ACKNOWLEDGED:
        noted.append(findings.NO_REPLY)
    return noted


async def check_redelivery(patient: Patient) -> list[Finding]:
    """Whether a repeated message is answered, as it is where the function runs again."""
    push = compose(patient.console, "text", {"Content": PING}, now=int(time.time()))
    first, second = await patient.deliver(push), await patient.deliver(push)
    if second.verdict.what == "fault" and first.verdict.what != "fault":
        return [_warn_of(second)]
    return [findings.RUNS_AGAIN] if first.verdict.what == second.verdict.what == "reply" else []


def warn_of_fault(send: Callable[[Patient], Awaitable[Delivery]]) -> Examine:
    """A check that warns where a message is not handled."""

    async def check(patient: Patient) -> list[Finding]:
        made = await send(patient)
        return [_warn_of(made)] if made.verdict.what == "fault" else []

    return check


async def send_unknown_type(patient: Patient) -> Delivery:
    """Send a type that the platform may introduce."""
    xml = samples()["text"].write({"MsgType": "future_type"})
    return await patient.deliver(push_of(patient.console, xml, now=int(time.time())))


async def check_forgery(patient: Patient) -> list[Finding]:
    """Whether the callback accepts messages signed with another token or, in safe mode, with a wrong msg_signature."""
    found = _examine_forgery(await patient.send("text", forged=True, Content=PING))
    if found or patient.console.mode == PLAIN:
        return found
    push = compose(patient.console, "text", {"Content": PING}, now=int(time.time()))
    return _examine_forgery(await patient.deliver(_spoil_signature(push)))


def _spoil_signature(push: Push) -> Push:
    """The same message with a wrong msg_signature, though with a right signature."""
    query, name, signature = push.query.rpartition("msg_signature=")
    return push.replace(query=f"{query}{name}{signature[::-1]}", forged=True)


def _examine_forgery(delivery: Delivery) -> list[Finding]:
    if delivery.verdict.cause == Cause.FORGERY_TAKEN:
        return [findings.FORGERY_TAKEN]
    detail = delivery.verdict.detail
    return [findings.FAILS_ON_FORGERY.replace(detail=detail)] if delivery.answer.status >= 500 else []


async def check_large_body(patient: Patient) -> list[Finding]:
    """Whether a stranger's large body makes the callback fail; any refusal is fine."""
    plain = patient.console.replace(mode=PLAIN)
    made = await patient.send("text", console=plain, forged=True, Content="x" * _LARGE)
    # a proxy before a callback that refuses early says 502
    failed = made.answer.status == 500 or made.verdict.cause == Cause.TOO_LATE
    return [findings.LARGE_BODY_FAILS.replace(detail=made.verdict.detail)] if failed else []


def _warn_of(delivery: Delivery) -> Finding:
    return findings.OTHER_MESSAGE_FAILS.replace(detail=delivery.verdict.detail, because=delivery.verdict.cause)

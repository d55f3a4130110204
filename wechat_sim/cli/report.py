"""What the commands print in a terminal."""

import json
from typing import Any, Final

from wechat_sim import view
from wechat_sim.cli.terminal import pad, say
from wechat_sim.doctor import findings
from wechat_sim.doctor.examination import Check
from wechat_sim.doctor.findings import Finding
from wechat_sim.platform.delivery import Delivery, Exchange
from wechat_sim.platform.verdict import FAULT_LINE, Cause, Verdict, in_words
from wechat_sim.stop import GOOD, ILL, UNREACHABLE, USAGE
from wechat_sim.texts import ENGLISH, Language, explain_cause, hint_at, name_check, quote_console, word

_LEVELS: Final = ("fault", "warning", "note")


def print_exchange(exchange: Exchange, url: str, language: Language = ENGLISH) -> None:
    """What the follower sees first, then what went to and fro; only a fault goes to standard error."""
    found = exchange.verdict
    say(word("sees", language, what=_line(found, language)), err=found.what == "fault")
    for note in found.notes:
        say(word("noted", language, note=explain_cause(note, language)))
    sent = word("sent", language, url=url, mode=word(exchange.push.console.mode, language))
    say(f"\n{sent}\n{view.text(exchange.push.xml)}")
    for number, delivery in enumerate(exchange.deliveries, 1):
        heading = _describe_delivery(delivery, language)
        if len(exchange.deliveries) > 1:
            heading = word("delivery", language, number=number, what=heading)
        say(f"\n{heading}\n{view.text(delivery.opened)}")


def print_check(check: Check, language: Language = ENGLISH) -> None:
    """One line of a diagnosis."""
    mark = next((level for level in _LEVELS if level in {found.level for found in check.findings}), "ok")
    took = f"{check.milliseconds:.0f} ms" if check.milliseconds >= 1 else ""
    say(f"{pad(word(mark, language), 8)} {pad(name_check(check.id, language), 40)} {took}".rstrip())


def print_diagnosis(checks: list[Check], language: Language = ENGLISH) -> None:
    """The cause and its hint, and every warning, each once; or that all is well."""
    found = dict.fromkeys(_list_findings(checks))
    for finding in found:
        seen_with = [name_check(check.id, language) for check in checks if finding in check.findings]
        say(f"\n{_explain(explain_cause(finding.id, language), finding.seen(language), language)}")
        if len(seen_with) > 1 or finding.because:
            say(word("seen_with", language, what=word("comma", language).join(seen_with)))
        say(word("change", language, what=hint_at(finding.id, language)))
        if finding.console:
            say(word("console", language, what=quote_console(finding.console, language)))
    if exit_code(checks) == GOOD:
        is_private = any(finding.id == findings.PRIVATE_ADDRESS.id for finding in found)
        say(f"\n{word('well_in_private' if is_private else 'well', language)}")


def exit_code(checks: list[Check]) -> int:
    """How a diagnosis ends: good, ill, wrong usage or unreachable."""
    faults = {finding.id for finding in _list_findings(checks) if finding.is_fault}
    if findings.NOT_A_URL.id in faults:
        return USAGE
    if faults & {findings.NO_HOST.id, findings.NOBODY_LISTENS.id}:
        return UNREACHABLE
    return ILL if faults else GOOD


def describe_recorded(exchange: dict[str, Any], language: Language = ENGLISH) -> str:
    """What a follower saw of a recorded exchange, in a line."""
    seen, reply = exchange["seen"], exchange["reply"]
    if reply:
        return json.dumps(reply["elements"], ensure_ascii=False)
    why = explain_cause(seen["id"], language) if seen.get("id") in {*Cause} else str(seen.get("cause", ""))
    return _explain(FAULT_LINE if seen["what"] == "fault" else word("nothing", language), why, language)


def as_json(url: str, checks: list[Check]) -> dict[str, Any]:
    """A diagnosis for other programs."""
    listed = [
        {
            "id": check.id,
            "name": name_check(check.id),
            "milliseconds": check.milliseconds,
            "findings": [view.finding(found) for found in check.findings],
        }
        for check in checks
    ]
    return {"url": url, "ok": exit_code(checks) == GOOD, "checks": listed}


def _list_findings(checks: list[Check]) -> list[Finding]:
    return [finding for check in checks for finding in check.findings]


def _line(found: Verdict, language: Language) -> str:
    if found.what != "reply":
        what = FAULT_LINE if found.what == "fault" else word("nothing", language)
        return _explain(what, found.explain(language), language)
    words = in_words(found.reply)
    return words if found.reply.msg_type == "text" else f"[{found.reply.msg_type}] {words}"


def _explain(what: str, why: str, language: Language) -> str:
    return word("explained", language, what=what, why=why) if why else what


def _describe_delivery(delivery: Delivery, language: Language) -> str:
    name, took = "received" if delivery.answer.status else "received_nothing", f"{delivery.answer.milliseconds:.0f}"
    came = word(name, language, status=delivery.answer.status, milliseconds=took)
    return word("lost", language, what=came) if delivery.lost else came

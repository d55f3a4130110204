"""What the commands print in a terminal."""

import json
from typing import Any, Final

import click

from wechat_sim import view
from wechat_sim.cli.program import GOOD, ILL, UNREACHABLE, USAGE
from wechat_sim.cli.terminal import say
from wechat_sim.doctor import findings
from wechat_sim.doctor.examination import Check
from wechat_sim.doctor.findings import Finding
from wechat_sim.platform.delivery import Delivery, Exchange
from wechat_sim.platform.texts import ENGLISH, Language, explain_cause, name_check, word
from wechat_sim.platform.verdict import FAULT_LINE, Verdict, in_words

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON, for other programs.")
language_option = click.option(
    "--lang", "language", type=click.Choice(["en", "zh"]), help="Of what is explained. [default: the terminal's]"
)

_LEVELS: Final = ("fault", "warning", "note")


def print_exchange(exchange: Exchange, url: str, language: Language = ENGLISH) -> None:
    """What the follower sees first, then what went to and fro; only a fault goes to standard error."""
    found = exchange.verdict
    say(f"the follower sees: {_line(found, language)}", err=found.what == "fault")
    for note in found.notes:
        say(f"note: {explain_cause(note, language)}")
    say(f"\nsent to {url} in {exchange.push.console.mode} mode\n{view.text(exchange.push.xml)}")
    for number, delivery in enumerate(exchange.deliveries, 1):
        say(f"\n{_describe_delivery(delivery, number, of=len(exchange.deliveries))}\n{view.text(delivery.opened)}")


def print_check(check: Check, language: Language = ENGLISH) -> None:
    """One line of a diagnosis."""
    mark = next((level for level in _LEVELS if level in {found.level for found in check.findings}), "ok")
    took = f"{check.milliseconds:.0f} ms" if check.milliseconds >= 1 else ""
    say(f"{word(mark, language):8} {name_check(check.id, language):40} {took}".rstrip())


def print_diagnosis(checks: list[Check], language: Language = ENGLISH) -> None:
    """The cause and its hint, and every warning; or that all is well."""
    found = _list_findings(checks)
    for finding in found:
        say(f"\n{finding.cause(language)}{f' ({finding.detail})' if finding.detail else ''}")
        say(f"  {word('change', language)}: {finding.hint(language)}")
        if finding.console:
            say(f"  {word('console', language)}: {finding.console_message(language)}")
    if not is_ill(checks):
        is_private = any(finding.id == findings.PRIVATE_ADDRESS.id for finding in found)
        say(f"\n{word('well_in_private' if is_private else 'well', language)}")


def is_ill(checks: list[Check]) -> bool:
    """Whether the callback does not work."""
    return any(finding.is_fault for finding in _list_findings(checks))


def exit_code(checks: list[Check]) -> int:
    """How a diagnosis ends: good, ill, wrong usage or unreachable."""
    faults = {finding.id for finding in _list_findings(checks) if finding.is_fault}
    if findings.NOT_A_URL.id in faults:
        return USAGE
    if faults & {findings.NO_HOST.id, findings.NOBODY_LISTENS.id}:
        return UNREACHABLE
    return ILL if faults else GOOD


def describe_recorded(exchange: dict[str, Any]) -> str:
    """What a follower saw of a recorded exchange, in a line."""
    seen, reply = exchange["seen"], exchange["reply"]
    return json.dumps(reply["elements"], ensure_ascii=False) if reply else f"{seen['what']} ({seen.get('cause', '')})"


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
    return {"url": url, "ok": not is_ill(checks), "checks": listed}


def _list_findings(checks: list[Check]) -> list[Finding]:
    return [finding for check in checks for finding in check.findings]


def _line(found: Verdict, language: Language) -> str:
    if found.what == "fault":
        return f"{FAULT_LINE} ({found.explain(language)})"
    if found.what != "reply":
        return f"nothing ({found.explain(language)})"
    words = in_words(found.reply)
    return words if found.reply.msg_type == "text" else f"[{found.reply.msg_type}] {words}"


def _describe_delivery(delivery: Delivery, number: int, *, of: int) -> str:
    which = f"delivery {number}: " if of > 1 else ""
    came = f"{delivery.answer.status} in" if delivery.answer.status else "nothing in"
    return f"{which}received {came} {delivery.answer.milliseconds:.0f} ms{', lost on the way' if delivery.lost else ''}"

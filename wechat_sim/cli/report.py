"""What the commands say in a terminal."""

from typing import Any

from wechat_sim import view
from wechat_sim.cli.terminal import say
from wechat_sim.doctor.examination import Check
from wechat_sim.platform.delivery import Delivery, Exchange
from wechat_sim.platform.verdict import FAULT_LINE, Verdict, in_words


def print_exchange(exchange: Exchange, url: str) -> None:
    """What the follower sees first, then what went to and fro; only a fault goes to standard error."""
    found = exchange.verdict
    say(f"the follower sees: {_line(found)}", err=found.what == "fault")
    for note in found.notes:
        say(f"note: {note}")
    say(f"\nsent to {url} in {exchange.push.console.mode} mode\n{view.text(exchange.push.xml)}")
    for number, delivery in enumerate(exchange.deliveries, 1):
        say(f"\n{_heading(delivery, number, of=len(exchange.deliveries))}\n{view.text(delivery.opened)}")


def print_check(check: Check) -> None:
    """One line of a diagnosis."""
    mark = "ok" if not check.finding else "warning" if check.finding.warning else "FAILED"
    say(f"{mark:8} {check.name:40} {f'{check.milliseconds:.0f} ms' if check.milliseconds >= 1 else ''}".rstrip())


def print_diagnosis(checks: list[Check]) -> None:
    """The cause and its mend, and every warning; or that all is well."""
    found = [check.finding for check in checks if check.finding]
    for finding in found:
        say(f"\n{finding.cause}{f' ({finding.detail})' if finding.detail else ''}")
        say(f"  change: {finding.mend}")
        if finding.heard:
            say(f"  WeChat says: {finding.heard}")
    if not is_ill(checks):
        say("\nWeChat will verify this URL and deliver messages to it.")


def is_ill(checks: list[Check]) -> bool:
    """Whether the callback does not work."""
    return any(check.finding and not check.finding.warning for check in checks)


def as_json(url: str, checks: list[Check]) -> dict[str, Any]:
    """A diagnosis for other programs."""
    listed = [
        {
            "name": check.name,
            "milliseconds": check.milliseconds,
            "finding": view.finding(check.finding) | {"warning": check.finding.warning} if check.finding else None,
        }
        for check in checks
    ]
    return {"url": url, "ok": not is_ill(checks), "checks": listed}


def _line(found: Verdict) -> str:
    if found.what == "fault":
        return f"{FAULT_LINE} ({found.why})"
    if found.what != "reply":
        return f"nothing ({found.why})"
    words = in_words(found.reply)
    return words if found.reply.msg_type == "text" else f"[{found.reply.msg_type}] {words}"


def _heading(delivery: Delivery, number: int, *, of: int) -> str:
    which = f"delivery {number}: " if of > 1 else ""
    came = f"{delivery.status} in" if delivery.status else "nothing in"
    return f"{which}received {came} {delivery.milliseconds:.0f} ms{', lost on the way' if delivery.lost else ''}"

"""Microseconds that one message takes without any function around it: verify, parse, echo, render."""

import json
import subprocess
import sys
from typing import NamedTuple

from bench.events import is_echo, signed_event
from bench.peer_builds import INSTALLED
from harness.emulator import ARTIFACT, PYTHON, ROOT
from wechat_sim.platform import sample

_ACCOUNTS = {"plain": sample.ACCOUNT_JSON, "safe": sample.SAFE_ACCOUNT_JSON}
_NAMES = {"wechat-lambda": "ours", "wechatpy": "wechatpy", "WeRoBot": "werobot"}


class Microseconds(NamedTuple):
    """One message, in either mode."""

    plain: float
    safe: float


def per_message() -> dict[str, Microseconds]:
    """What ships and its peers, by name, in one process of the runtime's Python."""
    modes = {mode: _message(mode) for mode in _ACCOUNTS}
    command = [str(PYTHON), "-P", str(ROOT / "bench" / "in_process.py")]
    environ = {"PYTHONPATH": f"{ARTIFACT}:{INSTALLED}", "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.run(
        command, input=json.dumps(modes), env=environ, stdout=subprocess.PIPE, text=True, check=True
    )
    found = json.loads(process.stdout)
    wrong = [name for name, (reply, _) in found.items() if not is_echo(reply, safe=name.endswith("safe"))]
    if wrong:
        sys.exit(f"wrong replies: {wrong}")
    return {name: Microseconds(*(found[f"{key}, {mode}"][1] for mode in modes)) for name, key in _NAMES.items()}


def _message(mode: str) -> dict[str, object]:
    event = json.loads(signed_event("text" if mode == "plain" else "safe_text"))
    account = json.loads(_ACCOUNTS[mode])
    return {"account": account, "query": event["queryStringParameters"], "body": event["body"]}

"""Where the start goes: the time to import what ships, by who asked for it."""

import re
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from harness.emulator import ARTIFACT, PYTHON

RUNS = 9
_OURS = {"handler", "wechat_core", "wechat_aws"}
_LINE = re.compile(r"^import time: +(\d+) \| +(\d+) \| ( *)([\w.]+)$", re.MULTILINE)


def import_profile(account: str, client: Path) -> dict[str, float]:
    """Milliseconds that each package adds to the runtime's own imports, the largest first.

    A package counts with all that only it imports; our own count for themselves.
    """
    runs = [_profile(account, client) for _ in range(RUNS)]
    medians = {name: statistics.median(run.get(name, 0.0) for run in runs) for name in runs[0]}
    return dict(sorted(medians.items(), key=lambda item: -item[1]))


def _profile(account: str, client: Path) -> dict[str, float]:
    command = [str(PYTHON), "-P", "-X", "importtime", "-c", "import awslambdaric.bootstrap, handler"]
    environ = {"PYTHONPATH": f"{ARTIFACT}:{client}", "PYTHONDONTWRITEBYTECODE": "1", "WECHAT_ACCOUNT": account}
    errors = subprocess.run(command, env=environ, stderr=subprocess.PIPE, text=True, check=True).stderr
    found: dict[str, float] = defaultdict(float)
    deepest = 0
    for own, together, indent, name in reversed(_LINE.findall(errors)):  # a module stands below what it imports
        depth, package = len(indent) // 2, name.partition(".")[0]
        if depth == 0 and name != "handler":
            return found  # what the runtime imports by itself
        if depth <= deepest:
            ours = package in _OURS
            deepest = depth + 1 if ours else depth
            group = "the standard library" if package in sys.stdlib_module_names else package
            found[group] += int(own if ours else together) / 1000
    return found

"""The simulator's command line, run to its end: in this process, or where a process is what is tested, in its own."""

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from wechat_sim.cli.commands import main

ROOT = Path(__file__).parent.parent.parent
_THEIRS = ("WECHAT_", "LC_", "LANG")
USUAL = {name: value for name, value in os.environ.items() if not name.startswith(_THEIRS)} | {"PYTHONUTF8": "1"}
"""The environment of a process that nobody has given an account or a language."""
COMMAND = (sys.executable, "-u", "-m", "wechat_sim")

type Ended = subprocess.CompletedProcess[str]


def run(*arguments: str, typed: str = "", encoding: str = "utf-8", **environ: str) -> Ended:
    """Run it here, which takes a fiftieth of the time; what it does not catch is raised."""
    nothing: dict[str, str | None] = {name: None for name in os.environ if name.startswith(_THEIRS)}
    made = CliRunner(charset=encoding, env=nothing | environ).invoke(
        main, arguments, typed, prog_name="wechat-sim", catch_exceptions=False
    )
    return subprocess.CompletedProcess(arguments, made.exit_code, made.stdout, made.stderr)


def run_apart(*arguments: str, typed: str = "", **environ: str) -> Ended:
    """Run it in a process of its own, which has no terminal."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=USUAL | environ,
        input=typed,
        capture_output=True,
        text=True,
        encoding=environ.get("PYTHONIOENCODING", "utf-8"),
        timeout=60,
        start_new_session=True,
        check=False,
    )

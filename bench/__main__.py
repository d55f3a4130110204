"""Measures what ships beside its peers, in one run, and writes docs/performance.md. `make bench`."""

import sys
import tempfile
from pathlib import Path

from bench import document
from bench.functions import functions
from bench.goals import goals
from bench.import_profile import import_profile
from bench.measure import measure_all
from bench.per_message import per_message
from harness.emulator import client
from harness.local_aws import local_aws, write_aws
from harness.tls import over_tls
from wechat_sim.platform import sample

ACCOUNTS = {"plain mode": sample.ACCOUNT_JSON, "safe mode": sample.SAFE_ACCOUNT_JSON}


def main() -> None:
    """Measure, print, write it down, and fail where a goal that is held is broken."""
    with tempfile.TemporaryDirectory() as name, local_aws(Path(name)) as aws, over_tls(aws, Path(name)) as secure:
        workdir = Path(name)
        write_aws(aws)
        figures = measure_all(functions(secure), workdir)
        profiles = {mode: import_profile(account, client(workdir)) for mode, account in ACCOUNTS.items()}
    messages = per_message()
    reached = goals(figures, messages)
    tables = {
        "goals": document.goal_rows(reached),
        "functions": document.function_rows(figures),
        "messages": document.message_rows(messages),
        "imports": document.import_rows(profiles),
    }
    for section, rows in tables.items():
        print("\n".join(document.table(rows)) + "\n")
        document.write(section, rows, document.describe_machine() if section == "goals" else "")
    if broken := [goal.what for goal in reached if goal.broken]:
        sys.exit(f"over the goal: {', '.join(broken)}")


if __name__ == "__main__":
    main()

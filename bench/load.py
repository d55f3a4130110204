"""Keeps several functions busy at once with right, forged and encrypted requests. `make load DURATION=600`.

Fails where an answer is wrong, where an error is logged, and where memory grows.
"""

import statistics
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from bench import document
from bench.events import is_right, signed_event
from harness.emulator import ARTIFACT, Emulator, run_emulator
from wechat_sim.platform import sample

FUNCTIONS = {
    "plain": (sample.ACCOUNT_JSON, ("text", "verify", "forged", "event_subscribe", "text", "unknown")),
    "safe": (sample.SAFE_ACCOUNT_JSON, ("safe_text", "safe_forged", "safe_event_click", "safe_text")),
}
OF_EACH = 2
GROWTH = 0.5  # MiB between a fifth of the time, when all is warm, and the end: allocators need a little room
DOCUMENTED = 600  # seconds that a run has to last for its figures to be written down
_RENEWED = 60  # seconds after which requests are signed anew; they are accepted for 300


def run(seconds: float, workdir: Path) -> tuple[document.Rows, bool]:
    """Run it; the table, whose memory is that of the function where it grows most, and whether all went well."""
    with ExitStack() as stack, ThreadPoolExecutor() as threads:
        busy: dict[Emulator, Future[tuple[int, int]]] = {}
        deadline = time.monotonic() + seconds
        for account, names in [function for function in FUNCTIONS.values() for _ in range(OF_EACH)]:
            emulator = stack.enter_context(run_emulator(ARTIFACT, {"WECHAT_ACCOUNT": account}, workdir))
            busy[emulator] = threads.submit(_keep_busy, emulator, names, deadline)
        samples, logged = _watch(busy, deadline)
        results = [future.result() for future in busy.values()]
    requests, wrong = (sum(each) for each in zip(*results, strict=True))
    early, late, per_hour = max((_trend(each) for each in samples.values()), key=lambda trend: trend[1] - trend[0])
    errors = wrong + logged
    rows = [
        ("under load", ""),
        ("functions at a time", f"{len(busy)}"),
        ("seconds", f"{seconds:.0f}"),
        ("requests", f"{requests:,}"),
        ("requests per second", f"{requests / seconds:.0f}"),
        ("wrong answers and errors", f"{errors}"),
        ("memory after a fifth of the time", f"{early:.2f} MiB"),
        ("memory at the end", f"{late:.2f} MiB"),
        ("slope of the memory", f"{per_hour:+.2f} MiB/h"),
    ]
    return rows, not errors and late - early <= GROWTH


def _keep_busy(emulator: Emulator, names: tuple[str, ...], deadline: float) -> tuple[int, int]:
    """Send until the time is over; how many requests were sent, and how many answers were wrong."""
    sent = wrong = 0
    while (now := time.monotonic()) < deadline:
        events = [(name, signed_event(name, sent)) for name in names]
        while time.monotonic() < min(deadline, now + _RENEWED):
            for name, event in events:
                wrong += not is_right(name, emulator.post(event))
                sent += 1
    return sent, wrong


def _watch(
    emulators: dict[Emulator, Future[tuple[int, int]]], deadline: float
) -> tuple[dict[Emulator, list[float]], int]:
    """Sample their memory every second until the time is over, and count the errors they log."""
    samples: dict[Emulator, list[float]] = {emulator: [] for emulator in emulators}
    errors = 0
    while time.monotonic() < deadline:
        time.sleep(1)
        for emulator, memory in samples.items():
            memory.append(emulator.memory().now)
            errors += emulator.log.count('"level":"ERROR"') + emulator.log.count("[ERROR]")
            emulator.empty_log()
    return samples, errors


def _trend(memory: list[float]) -> tuple[float, float, float]:
    """The memory after a fifth of the time and at the end, and by how much it grows in an hour in between."""
    fifth = max(1, len(memory) // 5)
    settled = memory[fifth:]
    slope = statistics.linear_regression(range(len(settled)), settled).slope
    return statistics.median(settled[:fifth]), statistics.median(settled[-fifth:]), slope * 3600


def main() -> None:
    """Run, print, write it down where it lasted long enough, and fail where there were errors or memory grew."""
    seconds = float(sys.argv[1])
    with tempfile.TemporaryDirectory() as workdir:
        rows, is_well = run(seconds, Path(workdir))
    print("\n".join(document.table(rows)))
    if seconds >= DOCUMENTED:
        document.write("load", rows, document.describe_machine())
    if not is_well:
        sys.exit("there were errors, or memory grew")


if __name__ == "__main__":
    main()

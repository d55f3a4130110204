"""Measures functions under the emulator, interleaved: so that other load on the machine affects all of them alike."""

import re
import shutil
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from bench.events import signed_event
from bench.functions import Function
from harness.emulator import Emulator, run_emulator

COLD, WARM = 20, 300
_INIT = re.compile(r"INIT REPORT\(durationMs: ([\d.]+)\)")


class Figures(NamedTuple):
    """What was measured of one function: milliseconds of each round, MiB, and MB of the archive."""

    inits: list[float]
    firsts: list[float]
    warms: list[float]
    peak: float
    rss: float
    zipped: float


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median ratio of one round: other load on the machine affects both alike."""
    return statistics.median(own / other for own, other in zip(ours, theirs, strict=True))


def measure_all(functions: dict[str, Function], workdir: Path) -> dict[str, Figures]:
    """The figures of every function, each unpacked from its archive, as Lambda has it."""
    sizes = {name: _deploy(function, workdir / name) for name, function in functions.items()}
    functions = {name: function._replace(code=workdir / name) for name, function in functions.items()}
    starts: dict[str, list[tuple[float, float]]] = {name: [] for name in functions}
    for _ in range(COLD):
        for name, function in functions.items():
            starts[name].append(_cold(function, workdir))
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(run_emulator(function.code, function.environ, workdir, sdk=function.sdk))
            for name, function in functions.items()
        }
        warms = _warm(functions, running)
        memory = {name: emulator.memory() for name, emulator in running.items()}
    figures = {}
    for name in functions:
        inits, firsts = (list(each) for each in zip(*starts[name], strict=True))
        figures[name] = Figures(inits, firsts, warms[name], *memory[name], sizes[name])
    return figures


def _cold(function: Function, workdir: Path) -> tuple[float, float]:
    """How long a function took to start, and to answer the event that started it."""
    with run_emulator(function.code, function.environ, workdir, sdk=function.sdk) as emulator:
        first = _time_answer(emulator, function, 0)
        return float(_INIT.findall(emulator.wait_for("INIT REPORT"))[0]), first


def _warm(functions: dict[str, Function], running: dict[str, Emulator]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in functions}
    for number in range(WARM + 1):
        for name, function in functions.items():
            times[name].append(_time_answer(running[name], function, number))
    return {name: each[1:] for name, each in times.items()}


def _time_answer(emulator: Emulator, function: Function, number: int) -> float:
    """How long an event took, whose answer is right. Its number is its own, so that a table takes it for no retry."""
    event = signed_event(function.event, time.time_ns() + number)
    started = time.perf_counter()
    try:
        answer = emulator.post(event)
    except OSError as error:
        sys.exit(f"the function in {function.code} does not answer: {error}\n{emulator.log}")
    milliseconds = (time.perf_counter() - started) * 1000
    if not function.is_right(answer):
        sys.exit(f"the function in {function.code} answers wrongly: {answer!r}\n{emulator.log}")
    return milliseconds


def _deploy(function: Function, into: Path) -> float:
    """Pack a function and unpack it; the archive's size in MB.

    How a file was written decides how much of it is in memory once a part is read: a MiB, of the same library.
    """
    archive = Path(shutil.make_archive(str(into), "zip", function.code))
    shutil.unpack_archive(archive, into)
    return archive.stat().st_size / 1_000_000

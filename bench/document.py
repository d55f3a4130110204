"""Writes the same tables into docs/performance.md and its Chinese companion, between two marks."""

import os
import platform
import time
from collections.abc import Sequence
from statistics import median, quantiles

from bench.functions import FLOOR
from bench.goals import Goal
from bench.measure import Figures, ratio
from bench.per_message import Microseconds
from harness.emulator import ROOT

PAGES = ("performance.md", "performance.zh-CN.md")

type Rows = Sequence[tuple[str, ...]]


def function_rows(figures: dict[str, Figures]) -> Rows:
    """The table of functions."""
    floor = figures[FLOOR]
    head = ("function", "init", "of empty", "first answer", "warm", "of empty", "warm p99", "peak", "RSS", "zipped")
    return [head] + [
        (
            name,
            f"{median(each.inits):.0f} ms",
            f"{ratio(each.inits, floor.inits):.2f}",
            f"{median(each.firsts):.0f} ms",
            f"{median(each.warms):.2f} ms",
            f"{ratio(each.warms, floor.warms):.2f}",
            f"{quantiles(each.warms, n=100)[98]:.1f} ms",
            f"{each.peak:.1f} MiB",
            f"{each.rss:.1f} MiB",
            f"{each.zipped:.2f} MB",
        )
        for name, each in figures.items()
    ]


def message_rows(messages: dict[str, Microseconds]) -> Rows:
    """The table of microseconds per message."""
    theirs = messages["wechatpy"]
    return [("library", "plain mode", "of wechatpy", "safe mode", "of wechatpy")] + [
        (name, f"{m.plain:.0f} µs", f"{m.plain / theirs.plain:.2f}", f"{m.safe:.0f} µs", f"{m.safe / theirs.safe:.2f}")
        for name, m in messages.items()
    ]


def goal_rows(goals: list[Goal]) -> Rows:
    """The table of goals."""
    head = ("goal", "at most", "measured", "")
    return [head] + [(g.what, f"{g.most:g}", f"{g.measured:.2f}", "met" if g.met else "missed") for g in goals]


def import_rows(profiles: dict[str, dict[str, float]]) -> Rows:
    """The table of where the start goes, a column for each mode."""
    packages = dict.fromkeys(package for profile in profiles.values() for package in profile)
    cells = ((package, *(f"{profile.get(package, 0):.1f} ms" for profile in profiles.values())) for package in packages)
    return [("package", *profiles), *cells]


def describe_machine() -> str:
    """What was measured on, and when."""
    return f"{time.strftime('%Y-%m-%d')}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"


def table(rows: Rows) -> list[str]:
    """A table of Markdown that can be read as it is."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in rows]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]


def write(section: str, rows: Rows, note: str = "") -> None:
    """Put a table, and a line above it, into the section of that name, on both pages."""
    content = "\n".join([note, ""] * bool(note) + table(rows))
    for page in PAGES:
        path = ROOT / "docs" / page
        before, start, rest = path.read_text("utf-8").partition(f"<!-- {section} -->\n")
        _, end, after = rest.partition(f"\n<!-- end of {section} -->")
        path.write_text(f"{before}{start}{content}{end}{after}", "utf-8")

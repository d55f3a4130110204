"""What is said about the performance, and when the measurement fails."""

import re
from pathlib import Path

import pytest

from bench import document
from bench.functions import DEPLOYED, DEPLOYED_SAFE, FLOOR, PLAIN, WITH_TABLE
from bench.goals import Goal, goals
from bench.measure import Figures, ratio
from bench.peer_builds import PEERS
from bench.per_message import Microseconds

DOCS = Path(__file__).parent.parent / "docs"
OURS = (FLOOR, DEPLOYED, DEPLOYED_SAFE, WITH_TABLE, PLAIN)
SECTIONS = ("goals", "reasons", "functions", "messages", "imports", "load")


@pytest.mark.parametrize("page", document.PAGES)
def test_every_table_was_written(page: str) -> None:
    """Each page has every table once, between the marks by which it is written anew."""
    text = (DOCS / page).read_text("utf-8")
    for section in SECTIONS:
        (content,) = re.findall(f"<!-- {section} -->\n(.*?)\n<!-- end of {section} -->", text, re.DOTALL)
        assert content.count("|--") >= 1


def test_both_languages_have_the_same_figures() -> None:
    """The tables of the two pages were written by the same run."""
    english, chinese = (
        [re.findall(r"\d[\d.,]* (?:ms|µs|MiB|MB)|\d\.\d\d", line) for line in text.splitlines() if line.startswith("|")]
        for text in ((DOCS / page).read_text("utf-8") for page in document.PAGES)
    )
    assert english == chinese


def test_the_readme_claims_what_was_measured() -> None:
    """Its three fifths are the row that it names: as deployed, beside the leanest library."""
    (row,) = re.findall(r"init as deployed, of the leanest peer's .*", (DOCS / "performance.md").read_text("utf-8"))
    assert float(row.split("|")[2]) < 0.65
    readme = (DOCS.parent / "README.md").read_text("utf-8")
    assert "As deployed, its account read from SSM and its log written, it starts in three fifths of the time" in readme


def figures(init: float) -> Figures:
    """A function's, which differ in the start alone."""
    return Figures([init], [1], [1], 20, 20, 5)


def test_a_goal_is_measured_against_the_leanest_peer() -> None:
    """Of the peers, the one that starts fastest counts."""
    measured = {name: figures(init) for name, init in zip(OURS, (10, 20, 25, 26, 17), strict=True)}
    measured |= {name: figures(50 + index) for index, name in enumerate(PEERS)}
    found = goals(measured, {"wechat-lambda": Microseconds(10, 20), "wechatpy": Microseconds(20, 40)})
    assert [goal.measured for goal in found] == [2.0, 0.4, 2.6, 1.7, 20, 20, 1.0, 0.5, 0.5, 5]
    assert all(goal.met for goal in found)


@pytest.mark.parametrize(
    ("measured", "why", "met", "broken"),
    [(2.0, "", True, False), (2.1, "", False, False), (2.3, "", False, True), (2.3, "known", False, False)],
)
def test_the_measurement_fails_where_a_held_goal_is_broken(measured: float, why: str, met: bool, broken: bool) -> None:
    """By more than chance, and not where the document says why it is missed."""
    goal = Goal("init", 2.0, measured, why)
    assert (goal.met, goal.broken) == (met, broken)


def test_a_ratio_is_of_one_round() -> None:
    """A machine that is slow for a while is slow for both: here ours takes twice as long in every round."""
    assert ratio([20, 20, 200], [10, 10, 100]) == 2


def test_every_reason_is_given_in_chinese() -> None:
    """The reasons and the goals of both pages are translated: no English sentence is left in the Chinese tables."""
    text = (DOCS / "performance.zh-CN.md").read_text("utf-8")
    cells = [cell.strip() for line in text.splitlines() if line.startswith("| ") for cell in line.split("|")]
    assert not [cell for cell in cells if re.search(r"[a-z]+ (?:is|of|the|and|in|at) [a-z]+", cell)]

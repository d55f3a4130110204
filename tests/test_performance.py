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
SECTIONS = ("goals", "functions", "messages", "imports", "load")


@pytest.mark.parametrize("page", document.PAGES)
def test_every_table_was_written(page: str) -> None:
    """Each page has every table once, between the marks by which it is written anew."""
    text = (DOCS / page).read_text("utf-8")
    for section in SECTIONS:
        (content,) = re.findall(f"<!-- {section} -->\n(.*?)\n<!-- end of {section} -->", text, re.DOTALL)
        assert content.count("|--") >= 1


def test_both_pages_have_the_same_tables() -> None:
    """They were written by the same run."""
    english, chinese = (
        [line for line in (DOCS / page).read_text("utf-8").splitlines() if line.startswith("|")]
        for page in document.PAGES
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
    ("measured", "known", "met", "broken"),
    [(2.0, False, True, False), (2.1, False, False, False), (2.3, False, False, True), (2.3, True, False, False)],
)
def test_the_measurement_fails_where_a_held_goal_is_broken(
    measured: float, known: bool, met: bool, broken: bool
) -> None:
    """By more than chance, and not where the document says why it is missed."""
    goal = Goal("init", 2.0, measured, known)
    assert (goal.met, goal.broken) == (met, broken)


def test_a_ratio_is_of_one_round() -> None:
    """A machine that is slow for a while is slow for both: here ours takes twice as long in every round."""
    assert ratio([20, 20, 200], [10, 10, 100]) == 2

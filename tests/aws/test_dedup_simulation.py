"""Thousands of messages and everything that can go wrong, in virtual time: what followers see, and how often what
runs."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import product
from typing import Final

import pytest

from harness.emulator import ROOT
from harness.late_costs import table
from harness.virtual_platform import ASK_AGAIN, FAULT, NOTHING_MORE, Platform, kind, text
from wechat_aws.dedup_store import Change, Item
from wechat_core.message import Message
from wechat_core.replies import Reply, TextReply

FAULTS: Final = ("reset before", "reset after", "throttle", "hang")


class OneFault:
    """A message one of whose calls fails, attempts and all."""

    def __init__(self, fault: str, call: str, seconds: float, seed: int) -> None:
        self.platform = p = Platform(seed=seed)
        p.seconds = lambda message: seconds
        self._fault, self._call, self._counts, self.happened = fault, call, Counter[str](), False
        self._update = p.store.update
        p.store.update = self._disturbed  # type: ignore[method-assign]
        p.world.start(lambda: p.send(text(1)))
        p.world.run()

    def _disturbed(self, key: str, change: Change, *, timeout: float) -> Item | None:
        what = kind(change)
        self._counts[what] += 1
        fails = self._call in (what, f"{what} {self._counts[what]}") and not self.happened
        self.happened = self.happened or fails
        self.platform.faults = lambda: self._fault if fails else ""
        try:
            return self._update(key, change, timeout=timeout)
        finally:
            self.platform.faults = lambda: ""


def test_one_fault() -> None:
    """Whichever call fails, and however: each reply is shown, none twice, and nothing runs twice."""
    table = list(product(FAULTS, ("claim 1", "claim 2", "claim 3", "keep"), (6, 9, 11, 13.2), (1, 2)))
    stories = [OneFault(*case) for case in table]
    seen = Counter(reply for story in stories for _, _, reply in story.platform.shown)
    assert seen == {TextReply("re 1"): 128}
    assert sum(len(story.platform.runs) > 1 for story in stories) == 0
    assert sum(story.happened for story in stories) == 112  # after six and nine seconds there is no third delivery


class Story:
    """A follower who asks three questions, one after the other, and then fetches until there is no more."""

    def __init__(
        self, seed: int, *, faults: float = 0.0, crashes: float = 0.0, kinds: tuple[str, ...] = FAULTS
    ) -> None:
        self.platform = p = Platform(seed=seed)
        self._draw = draw = p.draw
        p.faults = lambda: draw.choice(kinds) if draw.random() < faults else ""
        self._seconds: dict[str, float] = {}
        p.seconds = self._take
        self._crashes = crashes
        self.seen: list[tuple[Message, Reply | str]] = []
        p.world.start(self._follow)
        p.world.run()

    def _take(self, message: Message) -> float:
        draw = self._draw
        ranges = [draw.uniform(0.1, 4), draw.uniform(4, 14), draw.uniform(10, 60)]
        return 0.1 if message.msg_id > "3" else self._seconds.setdefault(message.msg_id, draw.choice(ranges))

    def _follow(self) -> None:
        p, draw = self.platform, self._draw
        for number in range(1, 20):
            message = text(number, "hi" if number <= 3 else "继续", at=p.world.now)
            dying = number <= 3 and draw.random() < self._crashes
            self.seen.append((message, p.send(message, crashes=[(1, draw.uniform(0.2, 20))] if dying else [])))
            p.world.sleep(draw.uniform(0.5, 6))
            if self.seen[-1][1] == NOTHING_MORE:
                break

    def shown(self, number: int) -> int:
        """How often the answer to a question was shown."""
        return sum(reply == TextReply(f"re {number}") for _, reply in self.seen)

    def check(self) -> Iterator[str]:
        """Assert what must hold always; what has been seen."""
        missing = 0
        for number in (1, 2, 3):
            assert self.shown(number) <= 1
            missing += not self.shown(number)
            yield "shown" if self.shown(number) else "missing"
            if sum(run.msg_id == str(number) for run in self.platform.runs) > 1:
                yield "double runs"
        yield from ("fault lines" for _, reply in self.seen if reply == FAULT)
        told = sum(reply in (ASK_AGAIN, FAULT) for _, reply in self.seen)
        yield from ("untold" for _ in range(missing - told))
        yield from (what for what, _, _ in self.platform.notices)


def tell(count: int, story: Callable[[int], Story]) -> Counter[str]:
    """What is seen in so many stories."""
    seen: Counter[str] = Counter()
    for seed in range(count):
        try:
            seen.update(story(seed).check())
        except BaseException as error:
            error.add_note(f"in the story of seed {seed}")
            raise
    return seen


def test_a_healthy_store() -> None:
    """One run each, from a tenth of a second to a minute, every answer is shown, and once."""
    seen = tell(150, Story)
    assert seen["shown"] == 450
    assert not {"double runs", "fault lines", "untold", "DeadlinesMissed", "StoreFailures"} & set(seen)
    assert min(seen[what] for what in ("AnsweredLate", "Fetched", "RetriesAnswered")) >= 20, seen


@pytest.mark.thorough
def test_a_store_that_fails_every_seventh_time() -> None:
    """At least 98 answers of 100 are shown, none twice, and whoever gets none is told to ask again."""
    seen = tell(300, lambda seed: Story(seed, faults=0.15))
    assert seen["shown"] >= 0.98 * 900, seen
    assert not {"fault lines", "untold"} & set(seen), seen


@pytest.mark.parametrize("faults", [0.0, pytest.param(0.15, marks=pytest.mark.thorough)])
def test_processes_that_die(faults: float) -> None:
    """Every third process, at any time in its first twenty seconds: another runs the message, or the follower is
    told."""
    seen = tell(150, lambda seed: Story(seed, faults=faults, crashes=0.35))
    assert seen["shown"] >= 0.9 * 450, seen
    assert not {"fault lines", "untold"} & set(seen), seen
    assert min(seen["double runs"], seen["DeadlinesMissed"]) >= 5, seen


@pytest.mark.thorough
def test_a_store_that_fails_every_other_time() -> None:
    """Also where the service does what its answer is lost of, nothing is shown twice."""
    seen = tell(150, lambda seed: Story(seed, faults=0.5, kinds=(*FAULTS, "lost")))
    assert seen["shown"] >= 0.95 * 450, seen
    assert seen["StoreFailures"] >= 20, seen


@pytest.mark.parametrize("page", ["operations.md", "operations.zh-CN.md"])
def test_what_it_costs_is_what_is_told(page: str) -> None:
    """The table of executions, calls and dollars is the simulation's."""
    text_ = (ROOT / "docs" / page).read_text("utf-8")
    assert "\n".join(table()) in text_

"""The platform, a thousand messages and everything that can go wrong, in virtual time."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any, Final

from tests.virtual_time import Process, World
from wechat_aws.dedup import LEASE_SECONDS, SILENCE, deduplicated
from wechat_aws.dedup_store import MemoryStore, Record, StoreFailed
from wechat_core.message import Message
from wechat_core.messages import TextMessage
from wechat_core.replies import Reply, TextReply

NOW: Final = 1795143600.0
MESSAGE: Final = TextMessage(to_user_name="gh_1", from_user_name="o1", msg_id="1", content="hi")
LATE: Final = TextReply("still working")
LISTENS: Final = 5.0
TIMEOUT: Final = LEASE_SECONDS
"""The function's own, as in the template."""
SLACK: Final = 0.4
"""A poll, and the store's two answers around it."""
WHATEVER: Final = (
    *("heard", "unheard", "held", "late", "carried", "raised", "crashed", "taken over", "ran without the store"),
    *("RetriesJoined", "RetriesAnswered", "DeadlinesMissed", "StoreFailures"),
)
"""What the stories have to have in them, to prove anything."""


class Broken(Exception):
    """What the responder raises."""


class Run:
    """One run of the responder; `end` is when it returned, raised or was killed."""

    def __init__(self, delivery: int, start: float) -> None:
        self.delivery = delivery
        self.start = start
        self.end = start
        self.reply: Reply | None = None


class Delivery:
    """One delivery: when it arrived, and what came of it."""

    def __init__(self, number: int, arrived: float) -> None:
        self.number = number
        self.arrived = arrived
        self.answered: float | None = None
        self.answer: Reply | Broken | None = None
        self.crashed = False
        self.heard = False
        self.claim_failed = False
        self.hang_up: Callable[[], None] = lambda: None


class FaultyStore(MemoryStore):
    """A store at the other end of a network; a call may fail before it happens, or after."""

    def __init__(self, story: "Story") -> None:
        super().__init__()
        self._story = story
        self.grants: list[tuple[int, float]] = []
        self.ends: list[float] = []

    def claim(self, key: str, owner: str, *, now: float, until: float) -> Record:
        def claim() -> Record:
            record = MemoryStore.claim(self, key, owner, now=now, until=until)
            if record.owner == owner:
                self._granted(until)
            return record

        try:
            return self._over_the_network(claim)
        except StoreFailed:
            self._story.delivery.claim_failed = True
            raise

    def read(self, key: str, *, now: float) -> Record | None:
        return self._over_the_network(partial(MemoryStore.read, self, key, now=now))

    def take_over(self, key: str, owner: str, *, seen: str, until: float) -> bool:
        def take_over() -> bool:
            taken = MemoryStore.take_over(self, key, owner, seen=seen, until=until)
            if taken:
                self._granted(until)
            return taken

        return self._over_the_network(take_over)

    def keep(self, key: str, owner: str, reply: Reply) -> bool:
        return self._over_the_network(partial(self._ended, MemoryStore.keep, key, owner, reply))

    def release(self, key: str, owner: str) -> bool:
        return self._over_the_network(partial(self._ended, MemoryStore.release, key, owner))

    def _granted(self, until: float) -> None:
        """A claim is granted only when the one before is over, and its owner no longer runs."""
        story = self._story
        assert not self.ends or self.ends[-1] <= story.world.now
        claimed = {number for number, _ in self.grants}
        assert story.delivery.number not in claimed
        assert all(run.end <= story.world.now for run in story.runs if run.delivery in claimed)
        self.grants.append((story.delivery.number, story.world.now))
        self.ends.append(until)

    def _ended(self, end: Callable[..., bool], *args: Any) -> bool:
        ended = end(self, *args)
        if ended:
            self.ends[-1] = self._story.world.now if len(args) == 2 else float("inf")
        return ended

    def _over_the_network[T](self, call: Callable[[], T]) -> T:
        story, draw = self._story, self._story.draw
        story.world.sleep(draw.uniform(0.002, 0.03))
        fault = story.fault()
        if fault == "refused":
            raise StoreFailed(fault)
        if fault == "hung":
            story.world.sleep(0.4)
            raise StoreFailed(fault)
        answer = call()
        if fault == "answer lost":
            story.world.sleep(0.4)
            raise StoreFailed(fault)
        return answer


class Story:
    """What happens to one message; drawn from its seed alone."""

    def __init__(self, seed: int) -> None:
        self.draw = draw = Random(seed)
        self.world = World(NOW)
        self.store = FaultyStore(self)
        self.notices: Counter[str] = Counter()
        self.runs: list[Run] = []
        self.deliveries: list[Delivery] = []
        self.seconds = [draw.choice([draw.uniform(0, 5), draw.uniform(0, 20)]) for _ in range(3)]
        self.raises = [draw.random() < 0.15 for _ in range(3)]
        self.crash_after = [draw.uniform(0, 6) if draw.random() < 0.15 else None for _ in range(3)]
        self.faulty = draw.random() < 0.5
        self._rate = draw.choice([0.1, 0.5, 0.0])
        self._outage = NOW + draw.uniform(-5, 15), NOW + draw.uniform(0, 20)
        self._respond = deduplicated(
            self.respond,
            store=self.store,
            notice=lambda what, number, reason: self.notices.update([what]),
            late=LATE,
            clock=self.world.clock,
            sleep=self.world.sleep,
            start=self.world.start,
        )
        self.world.start(self.platform)
        self.world.run()

    @property
    def delivery(self) -> Delivery:
        """The delivery whose turn it is."""
        found = self.world.process.name
        assert isinstance(found, Delivery)
        return found

    def fault(self) -> str:
        """What is wrong with the store at the moment."""
        wrong = self.faulty and (self._outage[0] < self.world.now < self._outage[1] or self.draw.random() < self._rate)
        return self.draw.choice(["refused", "hung", "answer lost"]) if wrong else ""

    def platform(self) -> None:
        """Deliver up to three times: after five seconds without an answer, or at once after a bad one."""
        platform = self.world.task
        for number in (1, 2, 3):
            delivery = Delivery(number, self.world.now + self.draw.uniform(0.01, 0.3))
            delivery.hang_up = partial(self.world.wake, platform)
            self.deliveries.append(delivery)
            self.invoke(delivery, self.crash_after[number - 1])
            self.world.sleep(LISTENS)
            delivery.hang_up = lambda: None
            if delivery.answered is not None:
                delivery.heard = True
                return

    def invoke(self, delivery: Delivery, crash_after: float | None) -> None:
        """What Lambda does with one delivery."""
        process = Process(delivery)
        self.world.start(partial(self.function, delivery), process)
        for seconds in (TIMEOUT, crash_after):
            if seconds is not None:
                self.world.at(delivery.arrived + seconds, partial(self.crash, delivery, process))

    def function(self, delivery: Delivery) -> None:
        self.world.sleep(delivery.arrived - self.world.now)
        try:
            delivery.answer = self._respond(MESSAGE)
        except Broken as error:
            delivery.answer = error
        delivery.answered = self.world.now
        self.world.process.dead = True  # frozen
        delivery.hang_up()

    def crash(self, delivery: Delivery, process: Process) -> None:
        """End a process in the middle of what it does, unless it has answered."""
        if not process.dead:
            process.dead = delivery.crashed = True
            for run in self.runs:
                if run.delivery == delivery.number:
                    run.end = min(run.end, self.world.now)
            delivery.hang_up()

    def respond(self, message: Message) -> Reply:
        """The responder: each run takes its time, and gives a reply of its own."""
        run = Run(self.delivery.number, self.world.now)
        assert all(earlier.delivery != run.delivery for earlier in self.runs)
        self.runs.append(run)
        which = len(self.runs) - 1
        run.end = self.world.now + self.seconds[which]
        self.world.sleep(self.seconds[which])
        if self.raises[which]:
            raise Broken
        run.reply = TextReply(f"reply of run {which}")
        return run.reply


def check(story: Story) -> Iterator[str]:
    """Assert all that must hold of a story; what has been seen in it."""
    claimed = {number for number, _ in story.store.grants}
    for run in story.runs:  # nobody runs unasked: by a claim, or because the store failed
        if run.delivery not in claimed:
            assert story.deliveries[run.delivery - 1].claim_failed
            yield "ran without the store"
    owned = [
        run for run in story.runs if run.delivery in claimed and not story.deliveries[run.delivery - 1].claim_failed
    ]
    assert all(one.end <= other.start for one, other in pairwise(owned))
    replies = [run.reply for run in story.runs if run.reply]
    for delivery in story.deliveries:
        yield from check_delivery(story, delivery, replies)
    if not story.faulty:
        yield from check_with_a_store(story, replies)
    yield from story.notices


def check_delivery(story: Story, delivery: Delivery, replies: list[Reply]) -> Iterator[str]:
    match delivery.answer:
        case None:
            assert delivery.crashed
            yield "crashed"
        case Broken():
            yield "raised"
        case reply if reply == SILENCE:
            assert not delivery.heard  # held until nobody listened
            assert delivery.number < 3 or story.faulty
            yield "held"
        case reply if reply == LATE:
            assert delivery.number == 3
            yield "late"
        case reply:
            assert reply in replies
            yield "heard" if delivery.heard else "unheard"
    first = story.runs[0] if story.runs else None
    if first and delivery.number == first.delivery == 1 and delivery.answered and first.end < delivery.arrived + 3.5:
        assert delivery.answered - first.end + first.start - delivery.arrived <= 1.0  # all that the store may cost
        assert delivery.heard


def check_with_a_store(story: Story, replies: list[Reply]) -> Iterator[str]:
    assert len(replies) <= 1  # so all that answer with a reply answer with the same
    assert not story.notices["StoreFailures"]
    for delivery in story.deliveries:
        if delivery.number == 3 and delivery.answered:
            assert delivery.answered - delivery.arrived <= 4.5 + SLACK
            assert delivery.heard
        for run in story.runs:
            if run.reply and run.end <= delivery.arrived + 4.5 - SLACK and not delivery.crashed:
                heard = [one.answer for one in story.deliveries if one.heard]
                assert heard == [run.reply]
                yield "carried"
    if len(story.store.grants) > 1:
        yield "taken over"


def test_a_thousand_messages() -> None:
    """Whatever responder, store and processes do: one run per live claim, one reply, and heard wherever it can be."""
    seen: Counter[str] = Counter()
    for seed in range(1000):
        try:
            seen.update(set(check(Story(seed))))
        except BaseException as error:
            error.add_note(f"in the story of seed {seed}")
            raise
    assert min(seen[what] for what in WHATEVER) >= 20, seen

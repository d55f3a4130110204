"""De-duplication, case by case, in virtual time."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

from harness.virtual_platform import ASK_AGAIN, LATE, NOW, TEXTS, kind, text
from harness.virtual_time import Process, World
from wechat_aws.dedup_delivery import SILENCE, Rules
from wechat_aws.dedup_store import Change, Item, MemoryStore, Store, StoreFailed
from wechat_aws.late import with_late_answers
from wechat_core.errors import InvalidReply
from wechat_core.events.follow import SubscribeEvent
from wechat_core.events.menu import ViewEvent
from wechat_core.message import Message
from wechat_core.ordinary_messages import TextMessage
from wechat_core.replies import Article, NewsReply, NoReply, Reply, TextReply

MESSAGE: Final = text(1)
HI: Final = TextReply("hi")

type Answer = tuple[float, Reply | BaseException]


def at(seconds: float) -> Any:
    """About then: a poll sooner or later."""
    return pytest.approx(seconds, abs=0.3)


def approx(seconds: float) -> Any:
    """About then: a sign of life sooner or later."""
    return pytest.approx(seconds, abs=1.0)


class CountingStore(MemoryStore):
    """Counts its calls by kind. So many first ones of a kind fail: before they happen, or after where `lost` names
    it."""

    def __init__(self, *, lost: str = "", lasting: bool = False, **failures: int) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()
        self._failures = {name.replace("_", " "): times for name, times in failures.items()}
        self._lost, self._lasting = lost, lasting

    def read(self, key: str, *, timeout: float) -> Item | None:
        return self._call("read", lambda: super(CountingStore, self).read(key, timeout=timeout))

    def update(self, key: str, change: Change, *, timeout: float) -> Item | None:
        return self._call(kind(change), lambda: super(CountingStore, self).update(key, change, timeout=timeout))

    def _call(self, what: str, call: Callable[[], Item | None]) -> Item | None:
        self.calls[what] += 1
        fails = self.calls[what] <= self._failures.get(what, 0)
        if fails and what != self._lost:
            raise StoreFailed(f"{what} failed", lasting=self._lasting)
        answer = call()
        if fails:
            raise StoreFailed(f"{what} lost")
        return answer


class Scene:
    """A responder and the deliveries of messages to it, in virtual time.

    Each run of the responder takes the next of `runs`: the seconds it lasts, and what it returns or raises. `ahead`
    is how long before the function the gateway was asked, `skews` what the clocks of the deliveries' machines are
    off.
    """

    def __init__(
        self, *runs: tuple[float, Any], store: Store | None = None, ahead: float = 0.0, skews: tuple[float, ...] = ()
    ) -> None:
        self.world = World(NOW)
        self.store = store or CountingStore()
        self.runs = list(runs)
        self.ran = 0
        self.broken_off: list[float] = []
        self.notices: list[tuple[str, int, str]] = []
        self.arrived: Callable[[], float] = lambda: self.world.now - ahead
        self.skews = dict(enumerate(skews))
        rules = Rules(
            self._respond,
            self.store,
            lambda what, number, reason: self.notices.append((what, number, reason)),
            TEXTS,
            self.world.time.replace(clock=self._clock),
            lambda: self.arrived(),
        )
        self.respond = with_late_answers(rules)

    def _clock(self) -> float:
        index = self.world.process.name
        return self.world.now + (self.skews.get(index, 0.0) if isinstance(index, int) else 0.0)

    def _respond(self, message: Message) -> Reply:
        seconds, outcome = self.runs[self.ran]
        self.ran += 1
        try:
            self.world.sleep(seconds)
        except BaseException:
            self.broken_off.append(round(self.world.now - NOW, 2))
            raise
        if isinstance(outcome, BaseException):
            raise outcome
        reply: Reply = outcome
        return reply

    def deliver(self, *times: float, message: Message = MESSAGE, dies: float | None = None) -> list[Answer | None]:
        """When each delivery is answered, and with what; the first one may die, which is None."""
        answers: list[Answer | None] = [None] * len(times)

        def delivery(index: int) -> None:
            answer: Reply | BaseException
            try:
                answer = self.respond(message)
            except (Exception, SystemExit) as error:
                answer = error
            answers[index] = round(self.world.now - NOW, 2), answer

        processes = [Process(index) for index in range(len(times))]
        for index, when in enumerate(times):
            start = partial(self.world.start, partial(delivery, index), processes[index])
            self.world.at(NOW + when, start)
        if dies is not None:
            self.world.at(NOW + dies, lambda: setattr(processes[0], "dead", True))
        self.world.run()
        return answers

    @property
    def counts(self) -> Counter[str]:
        """How often each thing was noticed."""
        return Counter(what for what, _, _ in self.notices)


def test_one_delivery() -> None:
    """Most messages are delivered once, and answered in time: two calls, nothing to notice, the reply as returned."""
    store = CountingStore()
    scene = Scene((4.4, HI), store=store)
    assert scene.deliver(0) == [(4.4, HI)]
    assert store.calls == {"claim": 1, "keep": 1}
    assert not scene.notices


def test_the_responder_is_given_the_message() -> None:
    """What is wrapped sees what it would see without."""
    scene = Scene()
    rules = Rules(lambda m: TextReply(m.msg_id), MemoryStore(), lambda *_: None, TEXTS, scene.world.time, lambda: 0.0)
    answers: list[Reply] = []
    scene.world.start(lambda: answers.append(with_late_answers(rules)(MESSAGE)))
    scene.world.run()
    assert answers == [TextReply("1")]


def test_what_is_cut_is_returned_whole() -> None:
    """What was kept is what can be sent; the callback is given what the responder returned, and logs the difference."""
    reply = NewsReply(tuple(Article(str(n), "", "", "u") for n in range(2)))
    assert Scene((1, reply)).deliver(0, 5) == [(1, reply), (5, NewsReply(reply.articles[:1]))]


def test_a_finished_message_gets_the_same_reply() -> None:
    """The reply was lost on its way: the next delivery is given it at once, and nothing runs again."""
    scene = Scene((1, HI))
    assert scene.deliver(0, 5) == [(1, HI), (5, HI)]
    assert scene.notices == [("RetriesAnswered", 2, "")]


def test_a_running_message_is_waited_for() -> None:
    """The second delivery reads until the first has kept its reply, four times a second, and is answered with that."""
    store = CountingStore()
    scene = Scene((7.1, HI), store=store)
    assert scene.deliver(0, 5) == [(7.1, HI), (7.25, HI)]
    assert store.calls == {"claim": 2, "beat": 3, "keep": 1, "read": 9}


def test_the_third_delivery_carries_what_took_fourteen_seconds() -> None:
    """The second says nothing while its connection is open, the third is in time."""
    answers = Scene((13.9, HI)).deliver(0, 5, 10)
    assert answers == [(13.9, HI), (14, HI), (14, HI)]


def test_silence_is_held_for_nine_seconds() -> None:
    """A shorter one is said to end the deliveries."""
    scene = Scene((60, HI))
    assert scene.deliver(0, 5) == [(60, HI), (14, SILENCE)]


def test_the_last_delivery_says_how_to_fetch_the_answer() -> None:
    """And the first goes on, with a sign of life each second, for as long as it takes."""
    store = CountingStore()
    scene = Scene((60, HI), store=store)
    assert scene.deliver(0, 5, 10) == [(60, HI), (14, SILENCE), (14.1, LATE)]
    assert scene.counts == {"AnsweredLate": 1}
    assert (store.calls["beat"], store.calls["note"], scene.ran) == (56, 1, 1)


def test_the_last_delivery_is_known_by_age() -> None:
    """Whatever was counted: the first two did not reach the store, or not this function."""
    scene = Scene((60, HI))
    assert scene.deliver(0, 10) == [(60, HI), (14.1, LATE)]
    scene = Scene((1, HI))
    assert scene.deliver(10) == [(11, HI)]


def test_an_old_message_is_like_a_new_one() -> None:
    """A sample from a file was written long ago: its first delivery is no last one."""
    assert Scene((7, HI)).deliver(100) == [(107, HI)]


def test_a_cold_start_counts() -> None:
    """What the function took to start is missing from the time to answer in: it began when the gateway was asked."""
    scene = Scene((60, HI), ahead=0.6)
    assert scene.deliver(0.6, 5.6, 10.6)[2] == (14.1, LATE)


@pytest.mark.parametrize("arrived", [0.0, NOW - 3600, NOW + 3600])
def test_a_strange_time_of_arrival_does_not_count(arrived: float) -> None:
    """A sample event is as old as its file."""
    scene = Scene((60, HI))
    scene.arrived = lambda: arrived
    assert scene.deliver(0, 5, 10)[2] == (14.1, LATE)


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (SubscribeEvent(to_user_name="gh_1", from_user_name="o1", create_time=int(NOW)), LATE),
        (
            ViewEvent(to_user_name="gh_1", from_user_name="o1", create_time=int(NOW), event_key="u"),
            SILENCE,
        ),
        (TextMessage(from_user_name="o1", create_time=int(NOW), content="hi", msg_id="1"), SILENCE),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_who_asked_is_told(message: Message, answer: Reply) -> None:
    """Who has gone to a page asks for nothing, and without addresses nobody can be answered."""
    scene = Scene((60, NoReply()))
    assert scene.deliver(0, 5, 10, message=message)[2] == (14.1, answer)


def test_no_reply_is_a_reply() -> None:
    """What the responder leaves unanswered is finished as well."""
    scene = Scene((6, NoReply()))
    assert scene.deliver(0, 5, 7) == [(6, NoReply()), (at(6.2), NoReply()), (7, NoReply())]
    assert scene.ran == 1


@pytest.mark.parametrize("error", [ValueError(), SystemExit()])
def test_a_responder_that_raises_is_run_anew(error: BaseException) -> None:
    """What it raises is raised, as without de-duplication; the delivery that waits runs it once more."""
    scene = Scene((6, error), (1, HI))
    assert scene.deliver(0, 5) == [(6, error), (at(7.2), HI)]


def test_what_cannot_be_sent_is_not_kept() -> None:
    """A reply that the callback would refuse is refused here, and the responder run anew."""
    scene = Scene((6, "hi"), (1, HI))
    (when, error), second = scene.deliver(0, 5)  # type: ignore[misc]
    assert (when, type(error), second) == (6, InvalidReply, (at(7.2), HI))


@pytest.mark.parametrize(("dies", "taken_over"), [(1, 10.5), (4.7, 9.75), (6, 9.75), (8.2, 12.0)])
def test_a_dead_owner_is_succeeded(dies: float, taken_over: float) -> None:
    """Four seconds after its last sign of life, or where it gave none yet, after it should have."""
    scene = Scene((20, HI), (0.3, HI))
    assert scene.deliver(0, 5, 10, dies=dies)[2] == (approx(taken_over + 0.3), HI)
    assert scene.ran == 2


def test_clocks_are_not_compared() -> None:
    """An owner whose clock is minutes off, either way, lives as long as it gives signs of life, and is missed after."""
    for skew in (300.0, -300.0):
        scene = Scene((12, HI), skews=(skew, 0.0, -skew))
        assert scene.deliver(0, 5, 10)[2] == (at(12.2), HI)
        assert scene.ran == 1
        scene = Scene((12, HI), (1, HI), skews=(skew, 0.0, -skew))
        assert scene.deliver(0, 5, 10, dies=6)[2] == (at(10.9), HI)


def test_the_last_delivery_runs_what_nobody_runs() -> None:
    """It gets from its own run what there is in time."""
    broken = ValueError()
    assert Scene((8, broken), (4, broken), (1, HI)).deliver(0, 5, 10)[2] == (at(13.4), HI)
    assert Scene((8, broken), (4, broken), (1, broken)).deliver(0, 5, 10)[2] == (at(13.4), broken)


def test_the_last_delivery_breaks_its_own_run_off() -> None:
    """Nobody could fetch what a frozen process would come to, so the follower is told to ask again."""
    broken = ValueError()
    scene = Scene((8, broken), (4, broken), (9, HI))
    assert scene.deliver(0, 5, 10)[2] == (14.1, ASK_AGAIN)
    assert scene.broken_off == [14.1]
    assert scene.counts["DeadlinesMissed"] == 1


def test_a_run_that_was_faster_is_shown_by_the_last_delivery() -> None:
    """While it ran the message itself, another that could not claim it has kept a reply."""
    store = CountingStore(claim=99)
    scene = Scene((13.5, HI), (60, HI), (60, HI), store=store)
    assert scene.deliver(0, 5, 10)[2] == (14.1, HI)


def test_nobody_begins_a_run_with_less_than_a_second_left() -> None:
    """It could not be finished, and its thread would go on in a frozen process."""
    broken = ValueError()
    scene = Scene((8, broken), (4.8, broken), (0.1, HI))
    assert scene.deliver(0, 5, 10)[2] == (at(13.4), HI)
    scene = Scene((8, broken), (5.6, broken), (0.1, HI))
    assert scene.deliver(0, 5, 10)[2] == (14.1, LATE)
    assert scene.ran == 2


def test_followers_are_apart() -> None:
    """Equal MsgIds of two followers are two messages."""
    scene = Scene((1, HI), (1, LATE))
    assert scene.deliver(0) == [(1, HI)]
    assert scene.deliver(2, message=MESSAGE.replace(from_user_name="o2")) == [(3, LATE)]


@pytest.mark.parametrize("lost", ["", "claim"])
def test_a_claim_that_fails_is_made_again(lost: str) -> None:
    """At once, whether it had happened or not: a delivery that claims twice is one."""
    store = CountingStore(claim=1, lost=lost)
    scene = Scene((7, HI), store=store)
    assert scene.deliver(0, 5) == [(7.03, HI), (7.25, HI)]
    assert (scene.ran, store.calls["claim"], scene.notices[:1]) == (1, 3, [("RetriesAnswered", 2, "")])


def test_a_claim_that_fails_for_longer_is_made_up_for() -> None:
    """The run begins without it, and claims with its first sign of life, so that the next delivery waits."""
    scene = Scene((7, HI), store=CountingStore(claim=3))
    assert scene.deliver(0, 5) == [(7.06, HI), (7.25, HI)]
    assert scene.ran == 1
    assert scene.counts == {"StoreFailures": 1, "RetriesAnswered": 1}


def test_a_later_delivery_that_cannot_claim_looks_for_a_reply() -> None:
    """Before it runs anew."""
    store = CountingStore()
    scene = Scene((4.8, HI), store=store)
    store._failures["claim"] = 99
    store.calls["claim"] = -1
    assert scene.deliver(0, 5) == [(at(4.8), HI), (at(5.06), HI)]
    assert scene.ran == 1


def test_a_reply_that_cannot_be_kept_is_given() -> None:
    """The store fails last: the reply is given all the same, after a moment."""
    scene = Scene((1, HI), store=CountingStore(keep=99))
    assert scene.deliver(0) == [(1.06, HI)]
    assert scene.notices == [("StoreFailures", 1, "keep failed")]


def test_a_late_reply_is_kept_as_soon_as_it_can_be() -> None:
    """Nobody waits for the first delivery any more, so it tries until its reply is there for the second."""
    scene = Scene((5.5, HI), store=CountingStore(keep=12))
    assert scene.deliver(0, 5)[1] == (at(6.8), HI)
    assert (scene.ran, scene.counts["StoreFailures"]) == (1, 1)


def test_the_first_reply_wins() -> None:
    """Two runs, since a process hung for longer than its lease: whoever answers, it is with the same."""
    scene = Scene((8, HI), (7, LATE), store=CountingStore(beat=99))
    assert scene.deliver(0, 5) == [(8, HI), (at(8.2), HI)]
    scene = Scene((12, HI), (0.5, LATE), store=CountingStore(beat=99))
    answers = scene.deliver(0, 5, 10)
    assert {answer for _, answer in filter(None, answers)} == {LATE}


def test_reads_that_fail_are_passed_over() -> None:
    """The delivery that waits goes on waiting: to run a claimed message would be to run it twice."""
    scene = Scene((7, HI), store=CountingStore(read=8))
    assert scene.deliver(0, 5)[1][0] < 7.4  # type: ignore[index]
    assert (scene.ran, scene.counts["StoreFailures"]) == (1, 1)


def test_a_take_over_that_fails_is_tried_again() -> None:
    """As long as there is time to."""
    scene = Scene((6, ValueError()), (1, HI), store=CountingStore(take_over=5))
    assert scene.deliver(0, 5)[1] == (at(7.6), HI)


def test_a_take_over_whose_answer_was_lost_is_found_out() -> None:
    """The delivery reads that the claim has become its own."""
    scene = Scene((6, ValueError()), (1, HI), store=CountingStore(take_over=1, lost="take over"))
    assert scene.deliver(0, 5)[1] == (at(7.5), HI)


@pytest.mark.parametrize("seconds", [1, 9])
def test_a_missing_table_costs_one_call_and_one_line_a_delivery(seconds: float) -> None:
    """Asking again is of no use, so nobody does: three runs of what takes long, and the follower is told at the end."""
    store = CountingStore(claim=99, lasting=True)
    scene = Scene(*[(seconds, HI)] * 3, store=store)
    answers = scene.deliver(*((0, 5, 10) if seconds > 5 else (0,)))
    assert answers[-1] == ((1, HI) if seconds == 1 else (14.1, ASK_AGAIN))
    assert store.calls == {"claim": len(answers)}
    assert scene.counts["StoreFailures"] == len(answers)

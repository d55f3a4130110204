"""What a follower and the model said to each other is remembered, for a while, and for nobody else."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.concierge.concierge.answers import CLEARED, answer_by, with_apology, with_memory
from examples.concierge.concierge.conversation import Limits
from examples.concierge.concierge.memory import Memory
from examples.concierge.concierge.model import Question, Turns
from examples.concierge.concierge.pictures import fetch_picture
from examples.concierge.tests.followers import ACCOUNT, ROBIN, XIAOLIN, Clock, Parrot, text
from wechat_aws.dedup_store import Change, Item, MemoryStore, StoreFailed
from wechat_core import Message, NoReply, Reply, Responder, TextReply
from wechat_core.events.authorization import UserAuthorizationCancellationEvent
from wechat_core.events.follow import ScanEvent, UnsubscribeEvent


class Chat:
    """A model with a memory."""

    def __init__(self, limits: Limits = Limits(), store: MemoryStore | None = None) -> None:  # noqa: B008
        self.model = Parrot()
        self.clock = Clock()
        self.store = store or MemoryStore()
        self.slept: list[float] = []
        memory = Memory(self.store, clock=self.clock, limits=limits, sleep=self.slept.append)
        self.respond = remembering(self.model, memory)

    def say(self, content: str, follower: str = ROBIN) -> Reply:
        """What a new message is answered."""
        return self.respond(text(content, follower))


def remembering(model: Callable[[Question, Turns], str], memory: Memory) -> Responder:
    """The model's answers, remembered."""
    return with_apology(with_memory(answer_by(model, fetch=fetch_picture, allows=lambda _: True), memory))


def test_a_question_comes_with_what_was_said_before() -> None:
    """The second one knows the first and its answer, as the follower saw it."""
    chat = Chat()
    assert chat.say("我叫小林") == TextReply("我叫小林（0）")
    assert chat.say("我叫什么？") == TextReply("我叫什么？（1）")
    assert chat.model.known == [("我叫小林", "我叫小林（0）")]


def test_followers_and_accounts_share_nothing() -> None:
    """Another follower, and the same follower of another account, begin anew."""
    chat = Chat()
    chat.say("秘密", ROBIN)
    chat.say("?", XIAOLIN)
    assert chat.model.known == []
    chat.respond(text("?", ROBIN).replace(to_user_name="gh_other"))
    assert chat.model.known == []
    chat.respond(text("?", "accountoRobin").replace(to_user_name="gh_"))
    assert chat.model.known == []


def test_half_an_hour_of_silence_ends_a_conversation() -> None:
    """A turn counts until then, checked when it is read, and what was said before the silence is not revived."""
    chat = Chat()
    chat.say("一")
    chat.clock.now += 1799
    chat.say("二")
    assert len(chat.model.known) == 1
    chat.clock.now += 1801
    chat.say("三")
    assert chat.model.known == []
    chat.say("四")
    assert chat.model.known == [("三", "三（0）")]


def test_only_what_counts_stays_in_the_table() -> None:
    """What is over goes with the next turn, and the item expires an hour after that is over."""
    chat = Chat()
    chat.say("一")
    chat.clock.now += 1801
    chat.say("二")
    (item,) = chat.store._items.values()
    assert len(keys(item)) == 1
    assert item["expires_at"] == int(chat.clock.now + 1800 + 3600)


def keys(item: Item) -> list[str]:
    """The keys of the turns in an item."""
    return [name.removeprefix("turn_") for name in item if name.startswith("turn_")]


@given(st.lists(st.text(min_size=1, max_size=200), max_size=12), st.integers(20, 400))
def test_the_newest_turns_fit_into_the_budget(questions: list[str], size: int) -> None:
    """Whatever was said, the turns are the newest in their order, within the budget, and at least the last."""
    chat = Chat(Limits(size=size))
    asked = [question.strip() for question in questions if question.strip() and question.strip().lower() != "/clear"]
    for question in asked:
        chat.say(question)
    chat.say("?")
    known = chat.model.known
    assert sum(len(question.encode()) + len(answer.encode()) for question, answer in known) <= size
    assert bool(known) == any(answered(question) for question in asked)
    newest = [question for question in asked if answered(question)][-len(known) :] if known else []
    assert all(whole.startswith(kept) for whole, (kept, _) in zip(newest, known, strict=True))
    (item,) = chat.store._items.values()
    assert len(keys(item)) == len(known) + 1


def answered(question: str) -> bool:
    """Whether a question has an answer: what is no text at all cannot be kept as UTF-8."""
    return bool(question.encode("utf-8", "ignore"))


@pytest.mark.parametrize("word", ["/clear", "清空", " /CLEAR\n"])
def test_a_follower_clears_the_conversation(word: str) -> None:
    """The word is confirmed, never asked, and what was said before is gone; for this follower alone."""
    chat = Chat()
    chat.say("一")
    chat.say("二", XIAOLIN)
    assert chat.say(word) == CLEARED
    chat.say("?")
    assert chat.model.known == []
    chat.say("?", XIAOLIN)
    assert len(chat.model.known) == 1
    assert len(chat.model.asked) == 4


UNSUBSCRIBED = UnsubscribeEvent(to_user_name=ACCOUNT, from_user_name=ROBIN)
CANCELLED = UserAuthorizationCancellationEvent(to_user_name=ACCOUNT, from_user_name="oPlatform", open_id=ROBIN)


@pytest.mark.parametrize("event", [UNSUBSCRIBED, CANCELLED])
def test_who_leaves_is_forgotten(event: Message) -> None:
    """Nothing that was said remains anywhere in the store."""
    chat = Chat()
    chat.say("一")
    chat.say("二")
    assert chat.respond(event) == NoReply()
    assert [dict(item).keys() for item in chat.store._items.values()] == [{"expires_at"}]
    chat.say("?")
    assert chat.model.known == []


def test_an_answer_that_comes_after_the_follower_left_is_not_kept() -> None:
    """It was asked before, and ends after: also when the follower has come back and begun anew."""
    chat = Chat()
    chat.say("一")

    class Slow(Parrot):
        def __call__(self, question: Question, turns: Turns) -> str:
            chat.respond(UNSUBSCRIBED)
            chat.say("我回来了")
            return super().__call__(question, turns)

    remembering(Slow(), Memory(chat.store, clock=chat.clock))(text("在途"))
    chat.say("?")
    assert chat.model.known == [("我回来了", "我回来了（0）")]


def test_a_turn_that_comes_while_all_is_forgotten_goes_too() -> None:
    """Between the read and the write of forgetting."""

    class Late(MemoryStore):
        def read(self, key: str, *, timeout: float) -> Item | None:
            item = super().read(key, timeout=timeout)
            if item and forgetting:
                self.update(key, Change(put={"turn_late": '[1, "秘密", "秘密"]'}), timeout=timeout)
            return item

    forgetting: list[bool] = []
    chat = Chat(store=Late())
    chat.say("一")
    forgetting.append(True)
    chat.respond(UNSUBSCRIBED)
    assert [dict(item).keys() for item in chat.store._items.values()] == [{"expires_at"}]


def test_a_redelivery_adds_no_turn() -> None:
    """Neither one after the answer, nor one beside it; and it is not told its own question as if asked before."""
    chat = Chat()
    message = text("一")
    chat.respond(message)
    assert chat.respond(message) == TextReply("一（0）")
    chat.say("?")
    assert chat.model.known == [("一", "一（0）")]


def test_a_failed_answer_adds_no_turn(caplog: pytest.LogCaptureFixture) -> None:
    """The follower gets an apology, the model is not told of it later, and the log says why."""
    chat = Chat()
    assert chat.say("答不上来") == TextReply("抱歉，我现在回答不了，请稍后再试。")
    chat.say("?")
    assert chat.model.known == []
    assert caplog.messages == ["no answer: the model is tired"]


def test_two_at_once_are_both_remembered() -> None:
    """Also where they are the first of a conversation."""
    chat, meeting = Chat(), Barrier(8)

    class Together(Parrot):
        def __call__(self, question: Question, turns: Turns) -> str:
            meeting.wait(10)
            return super().__call__(question, turns)

    respond = remembering(Together(), Memory(chat.store, clock=chat.clock))
    threads = [Thread(target=respond, args=(text(f"问题{number}"),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chat.say("?")
    assert sorted(question for question, _ in chat.model.known) == [f"问题{number}" for number in range(8)]


class Broken(MemoryStore):
    """A store that cannot be asked."""

    def read(self, key: str, *, timeout: float) -> Item | None:
        raise StoreFailed("the table t refuses (AccessDeniedException)")


class ReadOnly(MemoryStore):
    """A store that begins conversations, and keeps no turn."""

    def update(self, key: str, change: Change, *, timeout: float) -> Item | None:
        if "born" not in change.once:
            raise StoreFailed("the table t cannot be had (timed out)")
        return super().update(key, change, timeout=timeout)


@pytest.mark.parametrize(
    ("store", "line"),
    [
        (Broken(), "a conversation cannot be read: the table t refuses (AccessDeniedException)"),
        (ReadOnly(), "a conversation cannot be kept: the table t cannot be had (timed out)"),
    ],
)
def test_a_store_that_fails_costs_the_memory_not_the_answer(
    store: MemoryStore, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The follower gets the answer, the log the reason."""
    assert Chat(store=store).say("一") == TextReply("一（0）")
    assert caplog.messages == [line]


class Shaky(MemoryStore):
    """A store that fails so many times once it is `broken`, before it works again."""

    def __init__(self, failures: int, *, lasting: bool = False) -> None:
        super().__init__()
        self.left, self.asked, self.broken, self._lasting = failures, 0, False, lasting

    def read(self, key: str, *, timeout: float) -> Item | None:
        self.asked += self.broken
        if self.broken and self.left:
            self.left -= 1
            raise StoreFailed("the table t cannot be had (timed out)", lasting=self._lasting)
        return super().read(key, timeout=timeout)


@pytest.mark.parametrize("message", [UNSUBSCRIBED, CANCELLED, text("清空")])
def test_forgetting_is_tried_three_times(message: Message, caplog: pytest.LogCaptureFixture) -> None:
    """A table that fails for a moment keeps nobody remembered."""
    store = Shaky(2)
    chat = Chat(store=store)
    chat.say("一")
    store.broken = True
    chat.respond(message)
    assert [dict(item).keys() for item in store._items.values()] == [{"expires_at"}]
    assert (store.asked, chat.slept, caplog.messages) == (3, [0.5, 2.0], [])


@pytest.mark.parametrize(("lasting", "asked"), [(False, 3), (True, 1)])
def test_a_follower_who_could_not_be_forgotten_is_an_error(
    lasting: bool, asked: int, caplog: pytest.LogCaptureFixture
) -> None:
    """It raises, so there is an alarm, and nobody is told that all is gone; what is left expires as ever, as logged."""
    store = Shaky(99, lasting=lasting)
    chat = Chat(store=store)
    chat.say("一")
    (before,) = store._items.values()
    store.broken = True
    for message in (UNSUBSCRIBED, text("清空")):
        store.asked = 0
        with pytest.raises(StoreFailed):
            chat.respond(message)
        assert store.asked == asked
    line = "a conversation cannot be forgotten, and expires by itself: the table t cannot be had (timed out)"
    assert caplog.messages == [line, line]
    assert list(store._items.values()) == [before]
    assert before["expires_at"] == int(chat.clock.now + 1800 + 3600)


def test_many_short_turns_are_few_attributes() -> None:
    """However short they are, the table holds some twenty: more could not be taken away by one write."""
    chat = Chat()
    for number in range(50):
        chat.say(str(number))
    assert [question for question, _ in chat.model.known] == [str(number) for number in range(29, 49)]
    (item,) = chat.store._items.values()
    assert len(keys(item)) == 21


def test_turns_of_another_version_are_left_out() -> None:
    """What cannot be read does not count, and goes with the next turn."""
    chat = Chat()
    chat.say("一")
    (key,) = chat.store._items
    chat.store.update(key, Change(put={"turn_a": "{", "turn_b": "[1]", "turn_c": '{"at": 1}'}), timeout=1)
    chat.say("二")
    assert len(chat.model.known) == 1
    assert len(keys(chat.store._items[key])) == 2


def test_other_events_are_acknowledged() -> None:
    """Neither the model nor the store is asked."""
    chat = Chat(store=Broken())
    assert chat.respond(ScanEvent(to_user_name=ACCOUNT, from_user_name=ROBIN)) == NoReply()
    assert chat.model.asked == []

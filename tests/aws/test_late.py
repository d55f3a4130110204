"""Late answers and long texts: what the follower sees, race by race, in virtual time."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

from harness.virtual_platform import ASK_AGAIN, FAULT, LATE, NOTHING_MORE, NOW, TEXTS, Platform, kind, text
from harness.virtual_time import Process
from wechat_aws.dedup_delivery import SILENCE
from wechat_aws.dedup_records import KEPT_SECONDS
from wechat_aws.dedup_store import Change, Item, StoreFailed
from wechat_aws.late_texts import read_texts
from wechat_core.events.follow import UnsubscribeEvent
from wechat_core.message import Message
from wechat_core.replies import ImageReply, NoReply, Reply, TextReply
from wechat_core.reply_limits import TEXT_LIMIT, fit_reply

LONG: Final = "".join(f"第{number}段，这一段有二十多个汉字那么长，不多不少。\n\n" for number in range(60))


class Follower:
    """Sends messages at times, each without waiting for the others, and sees what comes."""

    def __init__(self, seconds: float | dict[str, float] = 1.0, *, reply: Any = None) -> None:
        self.platform = p = Platform()
        p.seconds = lambda message: seconds.get(message.msg_id, 0.1) if isinstance(seconds, dict) else seconds
        if reply is not None:
            p.replies = lambda message: reply
        self.seen: dict[int, Reply | str] = {}
        self.when: dict[int, float] = {}

    def send(self, number: int, content: str, at: float, crashes: tuple[tuple[int, float], ...] = ()) -> None:
        """Send a text at a time."""
        self.push(number, text(number, content, at=NOW + at), at, crashes)

    def push(self, number: int, message: Message, at: float, crashes: tuple[tuple[int, float], ...] = ()) -> None:
        """Send a message at a time."""

        def send() -> None:
            self.seen[number] = self.platform.send(message, crashes=crashes)
            self.when[number] = round(self.platform.world.now - NOW, 1)

        self.platform.world.at(NOW + at, lambda: self.platform.world.start(send, Process()))

    def see(self) -> list[Reply | str]:
        """Let it all happen; what was seen, by number."""
        self.platform.world.run()
        return [self.seen[number] for number in sorted(self.seen)]

    @property
    def counts(self) -> Counter[str]:
        """How often each thing was noticed."""
        return Counter(what for what, _, _ in self.platform.notices)

    def disturb(self, what: str, disturb: Callable[[int, Callable[[], Item | None]], Item | None]) -> None:
        """Do something around the calls of a kind: it is given their number, and what makes the call."""
        store, numbers = self.platform.store, Counter[str]()
        original = store.update

        def update(key: str, change: Change, *, timeout: float) -> Item | None:
            call = partial(original, key, change, timeout=timeout)
            if kind(change) != what:
                return call()
            numbers[what] += 1
            return disturb(numbers[what], call)

        store.update = update  # type: ignore[method-assign]


def test_a_late_answer_is_fetched() -> None:
    """A run of 40 seconds, one run: the late text, the late text again for who is early, the answer, and then no
    more."""
    follower = Follower({"1": 40})
    for number, at in enumerate((0, 15, 35, 45), 1):
        follower.send(number, "hi" if number == 1 else "继续", at)
    assert follower.see() == [LATE, LATE, TextReply("re 1"), NOTHING_MORE]
    assert len(follower.platform.runs) == 1
    assert follower.when[3] == pytest.approx(40.3, abs=0.3)
    assert follower.counts["Fetched"] == 1


def test_a_tap_is_the_word() -> None:
    """The link sends the word, with an id or without; blanks around it do not count."""
    follower = Follower({"1": 20})
    follower.send(1, "hi", 0)
    follower.push(2, text(2, " 继续\n", at=NOW + 25).replace(bizmsgmenuid="1"), 25)
    assert follower.see() == [LATE, TextReply("re 1")]


def test_the_word_is_a_message_where_nothing_is_late() -> None:
    """Before anything was noted, and some minutes after the last was fetched, the responder answers it."""
    follower = Follower({"2": 20})
    for number, at in enumerate((0, 1, 30, 31, 335), 1):
        follower.send(number, "hi" if number == 2 else "继续", at)
    assert follower.see() == [TextReply("re 1"), LATE, TextReply("re 2"), NOTHING_MORE, TextReply("re 5")]


def test_other_messages_run_normally() -> None:
    """While one is late another is answered, and neither is lost."""
    follower = Follower({"1": 30})
    follower.send(1, "hi", 0)
    follower.send(2, "and this?", 16)
    follower.send(3, "继续", 31)
    assert follower.see() == [LATE, TextReply("re 2"), TextReply("re 1")]


def test_late_answers_are_fetched_in_the_order_of_the_questions() -> None:
    """Also where the second is ready before the first: a fetch waits for the first."""
    follower = Follower({"1": 50, "2": 20, "3": 20})
    for number in (1, 2, 3):
        follower.send(number, "hi", number)
    for number, at in ((4, 30), (5, 52), (6, 60), (7, 62), (8, 64)):
        follower.send(number, "继续", at)
    assert follower.see() == [LATE] * 4 + [TextReply(f"re {n}") for n in (1, 2, 3)] + [NOTHING_MORE]


def test_an_image_is_fetched_like_a_text() -> None:
    """Any reply may be late."""
    follower = Follower({"1": 20}, reply=ImageReply("id"))
    follower.send(1, "hi", 0)
    follower.send(2, "继续", 21)
    assert follower.see() == [LATE, ImageReply("id")]


def test_a_late_reply_of_nothing_is_passed_over() -> None:
    """What the responder left unanswered after all is no answer to a fetch."""
    follower = Follower({"1": 20}, reply=NoReply())
    follower.send(1, "hi", 0)
    follower.send(2, "继续", 16)
    assert follower.see() == [LATE, NOTHING_MORE]


def test_two_followers_fetch_their_own() -> None:
    """What is noted for one is nothing to another."""
    follower = Follower({"1": 20})
    follower.send(1, "hi", 0)
    follower.push(2, text(2, "继续", at=NOW + 25).replace(from_user_name="o2"), 25)
    follower.send(3, "继续", 26)
    assert follower.see() == [LATE, TextReply("re 2"), TextReply("re 1")]


def test_the_run_ends_while_the_late_text_goes_out() -> None:
    """Whenever it ends, around the moment at which the last delivery gives up, the answer is shown, and once."""
    for hundredths in range(0, 60, 2):
        follower = Follower({"1": 13.8 + hundredths / 100})
        follower.send(1, "hi", 0)
        follower.send(2, "继续", 16)
        follower.send(3, "继续", 18)
        first, *others = follower.see()
        answer = TextReply("re 1")
        assert (first, *others) == (
            (answer, TextReply("re 2"), TextReply("re 3")) if first == answer else (LATE, answer, NOTHING_MORE)
        )


@pytest.mark.parametrize("apart", [0, 0.01, 0.1, 1, 4])
@pytest.mark.parametrize("at", [16, 25])
def test_two_fetches(at: float, apart: float) -> None:
    """At once, before the answer is ready or after: one shows it, the other says that there is no more."""
    follower = Follower({"1": 20})
    follower.send(1, "hi", 0)
    follower.send(2, "继续", at)
    follower.send(3, "继续", at + apart)
    _, *fetched = follower.see()
    assert Counter(fetched) == {TextReply("re 1"): 1, NOTHING_MORE: 1}


@pytest.mark.parametrize("seconds", [x / 100 for x in range(20)])
def test_a_fetch_that_dies_after_its_take(seconds: float) -> None:
    """Wherever a fetch dies, before its take, after it or after it has kept, its next delivery shows the same
    answer."""
    follower = Follower({"1": 20})
    follower.send(1, "hi", 0)
    follower.send(2, "继续", 25, crashes=((1, seconds),))
    follower.send(3, "继续", 30)
    assert follower.see() == [LATE, TextReply("re 1"), NOTHING_MORE]


@pytest.mark.parametrize("seconds", [x / 100 for x in range(20)])
def test_a_fetch_that_dies_is_passed_by_another(seconds: float) -> None:
    """Another fetch comes between the first's death and its next delivery: both answers are shown, and each once."""
    follower = Follower({"1": 20, "2": 20})
    follower.send(1, "hi", 0)
    follower.send(2, "hi", 1)
    follower.send(3, "继续", 25, crashes=((1, seconds),))
    follower.send(4, "继续", 25.05)
    assert Counter(follower.see()) == {LATE: 2, TextReply("re 1"): 1, TextReply("re 2"): 1}


def test_a_fetch_that_outlives_its_deliveries() -> None:
    """Whenever the answer comes, around the moment at which the fetch's last delivery gives up, it is shown once."""
    for hundredths in range(0, 60, 2):
        follower = Follower({"1": 29.9 + hundredths / 100})
        follower.send(1, "hi", 0)
        follower.send(2, "继续", 16)
        follower.send(3, "继续", 33)
        follower.send(4, "继续", 35)
        _, *fetched = follower.see()
        assert [reply for reply in fetched if reply != NOTHING_MORE] in ([TextReply("re 1")], [LATE, TextReply("re 1")])
        assert fetched[2] == NOTHING_MORE


def test_a_take_that_lands_after_the_fetch_has_said_late() -> None:
    """The network delivers it seconds later: the next fetch finds that nothing was shown, and takes it over."""
    follower = Follower({"1": 29.9})
    follower.send(1, "hi", 0)
    follower.send(2, "继续", 16)
    follower.send(3, "继续", 40)
    follower.send(4, "继续", 42)

    def land_later(number: int, call: Callable[[], Item | None]) -> Item | None:
        if follower.platform.world.now > NOW + 36:
            return call()
        world = follower.platform.world
        world.at(NOW + 37, lambda: world.start(call, Process()))
        world.sleep(0.1)
        raise StoreFailed("disturbed")

    follower.disturb("take", land_later)
    assert follower.see() == [LATE, LATE, TextReply("re 1"), NOTHING_MORE]


def test_an_answer_that_another_fetch_shows_right_now_is_left_to_it() -> None:
    """Taken, and not yet kept: the second waits until it is clear who shows it."""
    follower = Follower({"1": 20})
    follower.send(1, "hi", 0)
    follower.send(2, "继续", 25)
    follower.send(3, "继续", 25.1)

    def be_slow(number: int, call: Callable[[], Item | None]) -> Item | None:
        if number == 2:
            follower.platform.world.sleep(1)
        return call()

    follower.disturb("keep", be_slow)
    assert follower.see() == [LATE, TextReply("re 1"), NOTHING_MORE]


def test_a_take_without_an_end_is_settled() -> None:
    """Each delivery of a fetch took it and died: once none can show it any more, it is taken for shown, and never
    twice."""
    follower = Follower({"1": 20, "2": 20})
    follower.send(1, "hi", 0)
    follower.send(2, "hi", 1)
    follower.send(3, "继续", 25)
    follower.send(4, "继续", 26)
    follower.send(5, "继续", 60)

    def die(number: int, call: Callable[[], Item | None]) -> Item | None:
        if 25 < follower.platform.world.now - NOW < 37:
            follower.platform.world.process.dead = True
            follower.platform.world.sleep(1)
        return call()

    follower.disturb("keep", die)
    assert follower.see()[2:] == [FAULT, LATE, TextReply("re 2")]


def test_noting_fails() -> None:
    """Who cannot be told how to fetch the answer is told to ask again, and not left in silence."""
    follower = Follower({"1": 20})
    follower.send(1, "hi", 0)
    follower.send(2, "继续", 25)

    def fail(number: int, call: Callable[[], Item | None]) -> Item | None:
        raise StoreFailed("disturbed")

    follower.disturb("note", fail)
    assert follower.see() == [ASK_AGAIN, TextReply("re 2")]
    assert follower.counts["DeadlinesMissed"] == 1


def test_the_last_delivery_takes_over() -> None:
    """The first two died: it runs the message itself, and what is in time is shown."""
    follower = Follower({"1": 2})
    follower.send(1, "hi", 0, crashes=((1, 0.1), (2, 4.9)))
    assert follower.see() == [LATE]  # neither had given a sign of life: to miss it takes longer than there is
    follower = Follower({"1": 2})
    follower.send(1, "hi", 0, crashes=((1, 4.9), (2, 4.9)))
    follower.send(2, "继续", 20)
    assert follower.see() == [TextReply("re 1"), TextReply("re 2")]


def test_a_run_that_died_after_the_late_text() -> None:
    """Who fetches it is told to ask again as soon as its signs of life have stopped, once, and then loses nothing."""
    follower = Follower({"1": 60, "2": 20})
    follower.send(1, "hi", 0, crashes=((1, 20),))
    follower.send(2, "hi", 1)
    for number, at in ((3, 30), (4, 40), (5, 45)):
        follower.send(number, "继续", at)
    assert follower.see() == [LATE, LATE, ASK_AGAIN, TextReply("re 2"), NOTHING_MORE]
    assert follower.when[3] == pytest.approx(34.3, abs=0.3)


def test_a_responder_that_raises_late() -> None:
    """Nobody runs it anew, so the follower is told to ask again, at once."""
    follower = Follower({"1": 20}, reply=ValueError())
    follower.send(1, "hi", 0)
    follower.send(2, "继续", 21)
    assert follower.see() == [LATE, ASK_AGAIN]
    assert follower.when[2] < 21.5


def test_an_answer_that_has_expired() -> None:
    """Its key is still noted, since another was noted after it: the follower is told, and gets the other."""
    follower = Follower({"1": 20, "2": 20})
    follower.send(1, "hi", 0)
    follower.send(2, "hi", KEPT_SECONDS - 60)
    follower.send(3, "继续", KEPT_SECONDS + 60)
    follower.send(4, "继续", KEPT_SECONDS + 70)
    assert follower.see() == [LATE, LATE, ASK_AGAIN, TextReply("re 2")]


def unsubscribe(at: float) -> Message:
    return UnsubscribeEvent(to_user_name="gh_1", from_user_name="o1", create_time=int(NOW + at))


@pytest.mark.parametrize("at", [5, 16, 25])
def test_who_unsubscribes_leaves_nothing(at: float) -> None:
    """Before the late text, while the run goes on, or after it: what was noted and kept is gone, and nothing
    follows."""
    follower = Follower({"1": 20, "3": 20})
    follower.send(1, "hi", 0)
    follower.push(2, unsubscribe(at), at)
    follower.send(3, "hi", 30)
    follower.send(4, "继续", 55)
    follower.send(5, "继续", 57)
    seen = follower.see()
    assert seen[0] == (SILENCE if at == 5 else LATE)
    assert seen[2:] == [LATE, TextReply("re 3"), NOTHING_MORE]
    assert "re 1" not in repr(follower.platform.store.store.__dict__)


def joined(replies: list[Reply | str]) -> str:
    """The text that several replies make, their tails taken off."""
    texts = [reply.content for reply in replies if isinstance(reply, TextReply)]
    assert all(len(content.encode()) <= TEXT_LIMIT for content in texts)
    assert all(content.endswith(TEXTS.tail) for content in texts[:-1])
    return "".join(content.removesuffix(TEXTS.tail) for content in texts)


@pytest.mark.parametrize("seconds", [1, 20])
def test_a_long_text(seconds: float) -> None:
    """In time or late, it is fetched piece by piece, to the end; joined it is what the responder returned."""
    follower = Follower({"1": seconds}, reply=TextReply(LONG))
    follower.send(1, "hi", 0)
    for number in range(2, 7):
        follower.send(number, "继续", 20 + number)
    seen = follower.see()
    pieces = [reply for reply in seen if reply not in (LATE, NOTHING_MORE)]
    assert joined(pieces) == LONG
    assert seen[-1] == NOTHING_MORE
    assert all(reply.content.removesuffix(TEXTS.tail).endswith("\n\n") for reply in pieces)  # type: ignore[union-attr]


def test_half_a_megabyte() -> None:
    """No text is too long."""
    follower = Follower({"1": 1}, reply=TextReply(LONG * 100))
    follower.send(1, "hi", 0)
    for number in range(2, 270):
        follower.send(number, "继续", 20 + 2 * number)
    assert joined([reply for reply in follower.see() if reply != NOTHING_MORE]) == LONG * 100


@pytest.mark.parametrize("seconds", [2.5, 3, 4])
def test_a_text_too_long_for_the_last_delivery_is_cut(seconds: float) -> None:
    """Where keeping all of its pieces takes longer than the platform listens, its beginning still comes in time."""
    follower = Follower(seconds, reply=TextReply(LONG * 100))
    follower.push(1, text(1, at=NOW - 10), 0)
    [returned] = follower.see()
    reply = fit_reply(returned, text(1))  # as the callback does
    assert isinstance(reply, TextReply)
    assert reply.content.endswith("…")
    assert LONG.startswith(reply.content[:-1])
    assert [number for _, number, _, _ in follower.platform.answers] == [1]


def test_who_keeps_a_very_long_text_is_alive() -> None:
    """However long keeping the pieces takes, nobody else runs the message meanwhile."""
    follower = Follower(4, reply=TextReply(LONG * 400))
    follower.send(1, "hi", 0)
    follower.see()
    assert len(follower.platform.runs) == 1


def test_the_rest_comes_before_what_was_asked_for_later() -> None:
    """Who fetches one text to the end gets it in one go, and the next answer after it."""
    follower = Follower({"1": 20, "2": 20}, reply=TextReply(LONG))
    follower.send(1, "hi", 0)
    follower.send(2, "hi", 1)
    for number in range(3, 12):
        follower.send(number, "继续", 30 + 2 * number)
    _, _, *fetched = follower.see()
    half = len([reply for reply in fetched if reply != NOTHING_MORE]) // 2
    assert joined(fetched[:half]) == joined(fetched[half : 2 * half]) == LONG


def test_the_newest_rest_comes_first() -> None:
    """Who asks something else in the middle of a text gets its rest, too, after that of the newer one."""
    follower = Follower({"1": 1, "2": 1}, reply=TextReply(LONG))
    follower.send(1, "hi", 0)
    follower.send(2, "hi", 5)
    for number in range(3, 9):
        follower.send(number, "继续", 30 + 2 * number)
    first, *others = follower.see()
    count = next(n for n in range(1, len(others)) if joined(others[:n]) == LONG)
    assert joined([first, *others[count : 2 * count - 1]]) == LONG


def test_a_piece_is_shown_again_with_its_tail() -> None:
    """The fetch of a piece is delivered twice: the same piece, and the rest is still there."""
    follower = Follower({"1": 1}, reply=TextReply(LONG))
    follower.send(1, "hi", 0)
    follower.send(2, "继续", 5, crashes=((1, 0.08),))
    for number in range(3, 7):
        follower.send(number, "继续", 20 + number)
    assert joined([reply for reply in follower.see() if reply != NOTHING_MORE]) == LONG


@pytest.mark.parametrize("what", ["keep", "note"])
def test_a_long_text_without_its_rest_is_cut(what: str) -> None:
    """Where the rest cannot be kept, or not be noted, the follower sees that it goes on no further."""
    follower = Follower({"1": 1}, reply=TextReply(LONG))
    follower.send(1, "hi", 0)

    def fail(number: int, call: Callable[[], Item | None]) -> Item | None:
        raise StoreFailed("disturbed")

    follower.disturb(what, fail)
    [returned] = follower.see()
    reply = fit_reply(returned, text(1))  # as the callback does
    assert isinstance(reply, TextReply)
    assert reply.content.endswith("…")
    assert LONG.startswith(reply.content[:-1])
    assert 1500 < len(reply.content.encode()) <= TEXT_LIMIT


def test_a_fetch_without_a_queue_to_read() -> None:
    """The store fails while somebody fetches: the late text again, and the answer the next time."""
    follower = Follower({"1": 20})
    follower.send(1, "hi", 0)
    follower.send(2, "继续", 25)
    follower.send(3, "继续", 45)
    follower.platform.faults = lambda: "reset before" if 25 < follower.platform.world.now - NOW < 44 else ""
    assert follower.see() == [LATE, LATE, TextReply("re 1")]


def test_a_fetch_without_a_table() -> None:
    """A store that says it is of no use leaves the word to the responder."""
    follower = Follower({})
    follower.platform.faults = lambda: "missing"
    follower.send(1, "继续", 0)
    assert follower.see() == [TextReply("re 1")]


def test_the_texts_are_settings() -> None:
    """The word stands in each of them; what is left empty is the default."""
    texts = read_texts({"DEDUP_FETCH_WORD": " more ", "DEDUP_LATE_TEXT": "say {word}", "DEDUP_TAIL_TEXT": " "})
    assert (texts.word, texts.late) == ("more", "say more")
    assert "msgmenucontent=more&" in texts.tail
    assert texts.fetches(text(1, "more"))
    assert not texts.fetches(text(1, "继续"))
    assert read_texts({}) == TEXTS
    assert '<a href="weixin://bizmsgmenu?msgmenucontent=继续&msgmenuid=1">点此获取回答</a>' in TEXTS.late

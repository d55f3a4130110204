"""What a record says, on any store that keeps its promise."""

import json
from typing import Any, Final

import pytest

from harness.virtual_platform import text
from wechat_aws.dedup_calls import Calls
from wechat_aws.dedup_records import KEPT_SECONDS, NOBODY, Kept, MessageRecord, Records
from wechat_aws.dedup_store import Change, MemoryStore, StoreFailed
from wechat_aws.dedup_time import REAL_TIME
from wechat_aws.late_queue import Noted, Queue, key_in
from wechat_core import replies
from wechat_core.ordinary_messages import TextMessage
from wechat_core.replies import Article, NoReply, TextReply

NOW: Final = 1795143600.25
END: Final = int(NOW) + KEPT_SECONDS
KEY: Final = "0" * 64
HI: Final = Kept(TextReply("hi"))

REPLIES: Final = [
    NoReply(),
    TextReply(" 你好\n]]> \x02 \ud800 "),
    replies.ImageReply("id"),
    replies.VoiceReply("id"),
    replies.VideoReply("id", title="title"),
    replies.MusicReply("id", music_url="http://example.com/1?a=1&b=2"),
    replies.NewsReply((Article("1", "", "", "u"), Article("2", "d", "p", ""))),
    replies.TransferReply(),
    replies.TransferReply("name@account"),
]


@pytest.fixture
def store() -> MemoryStore:
    """A store without records."""
    return MemoryStore()


@pytest.fixture
def calls(store: MemoryStore) -> Calls:
    """How a delivery asks it."""
    return Calls(store, REAL_TIME, lambda: 1.0, lambda reason: None)


@pytest.fixture
def records(calls: Calls) -> Records:
    """No records."""
    return Records(calls)


def test_the_first_claims_and_all_are_counted_once(records: Records) -> None:
    """A claim is whose came first; a delivery that claims again, since its answer was lost, is still one."""
    claims = [records.claim(KEY, owner, now=NOW) for owner in ("a", "a", "b", "b", "c")]
    assert claims == [MessageRecord("a", 0, number, END) for number in (1, 1, 2, 2, 3)]
    assert records.read(KEY, now=NOW) == claims[-1]
    assert records.read("1" * 64, now=NOW) is None


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
def test_a_reply_is_kept(records: Records, reply: replies.Reply) -> None:
    """Every reply comes back as it was kept, with what follows it."""
    records.claim(KEY, "a", now=NOW)
    kept = MessageRecord("a", 0, 1, END + 9, Kept(reply, "1" * 64))
    assert records.keep(KEY, "a", Kept(reply, "1" * 64), now=NOW + 9) == kept
    assert records.read(KEY, now=NOW) == kept


def test_the_first_reply_wins(records: Records) -> None:
    """Whoever keeps one, with a claim, after it has passed to another, or without; later ones learn which it is."""
    assert records.keep(KEY, "a", HI, now=NOW).kept == HI
    assert records.keep(KEY, "b", Kept(TextReply("b")), now=NOW).kept == HI
    assert records.claim(KEY, "c", now=NOW).kept == HI


def test_only_one_takes_over(records: Records) -> None:
    """A claim is taken over as it was seen, and once; with a sign of life since, or a reply, not at all."""
    seen = records.claim(KEY, "a", now=NOW)
    assert records.beat(KEY, "a", 1)
    assert not records.take_over(KEY, "b", seen=seen)
    seen = records.claim(KEY, "b", now=NOW)
    assert (seen.owner, seen.beat) == ("a", 1)
    assert records.take_over(KEY, "b", seen=seen)
    assert not records.take_over(KEY, "c", seen=seen)
    assert not records.beat(KEY, "a", 2)
    seen = records.claim(KEY, "c", now=NOW)
    assert (seen.owner, seen.beat) == ("b", 0)
    records.keep(KEY, "b", HI, now=NOW)
    assert not records.take_over(KEY, "c", seen=seen)
    assert not records.beat(KEY, "b", 1)


def test_a_renewal_in_flight_does_not_overtake_a_release(records: Records) -> None:
    """What arrives after the release of a claim changes nothing: it is nobody's, and then who takes it."""
    records.claim(KEY, "a", now=NOW)
    assert not records.release(KEY, "b")
    assert records.release(KEY, "a")
    assert not records.beat(KEY, "a", 1)
    seen = records.claim(KEY, "b", now=NOW)
    assert seen.owner == NOBODY
    assert records.take_over(KEY, "b", seen=seen)
    assert not records.beat(KEY, "a", 2)
    assert not records.release(KEY, "a")
    assert records.claim(KEY, "c", now=NOW).mark == ("b", 0)


def test_a_reply_is_taken_once(records: Records) -> None:
    """By the first, who may ask again; it changes hands only as it was seen."""
    records.keep(KEY, "a", HI, now=NOW)
    assert [records.take(KEY, by).taken_by for by in ("x", "x", "y")] == ["x", "x", "x"]
    assert not records.take_from(KEY, "z", other="y")
    assert records.take_from(KEY, "y", other="x")
    assert records.take(KEY, "x").taken_by == "y"


def test_records_expire(records: Records) -> None:
    """After an hour a record is over, to who reads it and to who claims, though it is still in the table."""
    records.claim(KEY, "old", now=NOW)
    records.keep(KEY, "old", HI, now=NOW)
    records.take(KEY, "x")
    assert records.read(KEY, now=END) is None
    assert [records.claim(KEY, owner, now=END) for owner in "ab"] == [
        MessageRecord("a", 0, number, END + KEPT_SECONDS) for number in (1, 2)
    ]


def test_of_two_who_find_an_expired_record_one_claims(calls: Calls, records: Records, store: MemoryStore) -> None:
    """Whose claim anew comes second is counted all the same."""
    records.claim(KEY, "old", now=NOW)

    class Late(Calls):
        """Lets another claim first."""

        def update(self, key: str, change: Change) -> Any:
            if change.where:
                records.claim(KEY, "other", now=END)
            return super().update(key, change)

    late = Records(Late(store, REAL_TIME, lambda: 1.0, lambda reason: None))
    assert late.claim(KEY, "mine", now=END) == MessageRecord("other", 0, 2, END + KEPT_SECONDS)


def test_what_is_forgotten_stays_so(records: Records) -> None:
    """A reply, and the pieces that follow it, are gone; one that is still to come is refused until the record ends."""
    first, second, third = KEY, "1" * 64, "2" * 64
    records.keep(third, "a", Kept(TextReply("3")), now=NOW)
    records.keep(second, "a", Kept(TextReply("2"), third), now=NOW)
    records.keep(first, "a", Kept(TextReply("1"), second), now=NOW)
    records.forget(first, now=NOW)
    for key in (first, second, third):
        assert records.keep(key, "b", HI, now=NOW).kept == Kept(NoReply())
    records.forget("3" * 64, now=NOW)
    assert records.read("3" * 64, now=NOW) == MessageRecord(NOBODY, 0, 1, END, Kept(NoReply()))
    assert records.keep("3" * 64, "b", HI, now=NOW).kept == Kept(NoReply())


def written(reply: object) -> dict[str, object]:
    return {"reply": reply if isinstance(reply, str | int) else json.dumps(reply)}


@pytest.mark.parametrize(
    "damage",
    [
        {"owner": 1},
        {"beat": "soon"},
        {"deliveries": "three"},
        {"expires_at": "soon"},
        *({name: None} for name in ("owner", "beat", "deliveries", "expires_at")),
        written(1),
        written("not JSON"),
        written("[" * 100_000),
        written([]),
        written(["text"]),
        written(["text", {"Content": ["hi"]}]),
        written(["text", [], ""]),
        written(["text", {}, ""]),
        written(["text", {"Content": 7}, ""]),
        written(["image", {"Image": [{"MediaId": [""]}]}, ""]),
        written(["news", {"Articles": []}, ""]),
        written(["hologram", {}, ""]),
        written([["text"], {}, ""]),
    ],
    ids=lambda damage: str(damage)[:50],
)
def test_garbage_is_a_failure(records: Records, store: MemoryStore, damage: dict[str, Any]) -> None:
    """Whatever a record holds that we would not write is a failed store to whoever reads it, and nothing else."""
    whole: dict[str, Any] = {"owner": "a", "beat": 0, "deliveries": frozenset({"a"}), "expires_at": END}
    item = {name: value for name, value in (whole | damage).items() if value is not None}
    store.update(KEY, Change(put=item), timeout=1)
    with pytest.raises(StoreFailed, match=r"^a (record|kept reply) is malformed( \(\w+\))?$"):
        records.read(KEY, now=NOW)


def message(number: int = 1, **fields: Any) -> TextMessage:
    return text(number).replace(**{"create_time": int(NOW), **fields})


def test_the_order_of_a_queue(calls: Calls) -> None:
    """Rests come first, the newest before all; then late replies as they were asked for. Twice is as good as once."""
    entries = []
    for number in (2, 10, 1):
        queue = Queue(calls, message(number))
        entries.append(queue.entry_of_late(f"late {number}"))
    for after in (0, 5):
        queue = Queue(calls, message(99, create_time=int(NOW) + after))
        entries.append(queue.entry_of_rest(f"rest {after}"))
    for entry in (*entries, *entries):
        assert queue.note(entry, now=NOW)
    noted = queue.read(now=NOW)
    assert [key_in(entry) for entry in noted.entries] == ["rest 5", "rest 0", "late 1", "late 2", "late 10"]
    queue.drop(noted.entries[0], now=NOW + 7)
    queue.drop(noted.entries[0], now=NOW + 7)
    assert queue.read(now=NOW) == Noted(noted.entries[1:], int(NOW) + 7)


def test_followers_have_queues_of_their_own(calls: Calls) -> None:
    """What one fetches nobody else can, nor on another account."""
    assert Queue(calls, message()).note("entry.key", now=NOW)
    for other in (message(from_user_name="o2"), message(to_user_name="gh_2")):
        assert Queue(calls, other).read(now=NOW) == Noted((), 0)
    assert Queue(calls, message(2)).read(now=NOW).entries == ("entry.key",)


def test_a_queue_expires(calls: Calls) -> None:
    """After an hour in which nothing was noted there is nothing to fetch."""
    queue = Queue(calls, message())
    queue.note("entry.key", now=NOW)
    assert queue.read(now=END - 1).entries
    assert queue.read(now=END) == Noted((), 0)


def test_a_follower_who_left(calls: Calls) -> None:
    """What was noted is gone; what was written before is noted no more, what is written after a return is."""
    asked = Queue(calls, message(create_time=int(NOW) - 60))
    assert asked.note("entry.1", now=NOW)
    left = Queue(calls, message(2))
    assert left.close(now=NOW) == ("entry.1",)
    assert not asked.note("entry.2", now=NOW)
    assert asked.read(now=NOW).entries == ()
    assert Queue(calls, message(3, create_time=int(NOW) + 1)).note("entry.3", now=NOW + 1)


@pytest.mark.parametrize("create_time", [-5, 10**15])
def test_strange_times_are_in_order(calls: Calls, create_time: int) -> None:
    """Whatever the platform writes, an entry is as wide as the others."""
    queue = Queue(calls, message(create_time=create_time))
    assert len(queue.entry_of_late("k")) == len(Queue(calls, message()).entry_of_late("k"))
    assert len(queue.entry_of_rest("k")) == len(Queue(calls, message()).entry_of_rest("k"))

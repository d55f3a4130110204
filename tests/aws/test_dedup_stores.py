"""One contract, three stores: in memory, and DynamoDB as two others understand it."""

import json
import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.aws.conftest import TABLE, store_of
from wechat_aws.aws_client import AwsClient
from wechat_aws.dedup_store import KEPT_SECONDS, MemoryStore, Record, Store, StoreFailed
from wechat_aws.dynamo_store import TIMEOUT_SECONDS, DynamoStore
from wechat_core import replies
from wechat_core.replies import Article, NoReply, Reply, TextReply

NOW = 1795143600.25
KEY = "0" * 64
EXPIRED = NOW + KEPT_SECONDS + 1

DYNAMO = ["moto_table", "dynalite_table"]

REPLIES = [
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


@pytest.fixture(params=["memory", *DYNAMO])
def store(request: pytest.FixtureRequest) -> Store:
    """A store without records."""
    if request.param == "memory":
        return MemoryStore()
    request.getfixturevalue(request.param)
    return store_of()


@pytest.fixture(params=DYNAMO)
def table(request: pytest.FixtureRequest) -> Any:
    """A client for what no store would write."""
    return request.getfixturevalue(request.param)


def claim(store: Store, owner: str, *, now: float = NOW, key: str = KEY) -> Record:
    return store.claim(key, owner, now=now, until=now + 14)


def test_the_first_claims_and_all_are_counted(store: Store) -> None:
    """A claim is whose came first, until its own time, however many come after it; each is told its number."""
    records = [claim(store, "a"), claim(store, "b", now=NOW + 5), claim(store, "c", now=NOW + 10)]
    assert records == [Record("a", NOW + 14, number) for number in (1, 2, 3)]
    assert store.read(KEY, now=NOW) == records[-1]


def test_messages_are_apart(store: Store) -> None:
    """A record is found by its key alone, and what has none is None."""
    assert claim(store, "a").owner == "a"
    assert store.read("1" * 64, now=NOW) is None
    assert claim(store, "b", key="1" * 64) == Record("b", NOW + 14, 1)


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
def test_a_reply_is_kept(store: Store, reply: Reply) -> None:
    """Every reply comes back as it was kept, for those who read as for those who claim."""
    claim(store, "a")
    assert store.keep(KEY, "a", reply)
    assert store.read(KEY, now=NOW) == Record("a", NOW + 14, 1, reply)
    assert claim(store, "b") == Record("a", NOW + 14, 2, reply)


def test_only_the_owner_keeps(store: Store) -> None:
    """Whose claim has passed to another, or who never had it, keeps nothing; a kept reply is never exchanged."""
    assert not store.keep(KEY, "a", NoReply())
    claim(store, "a")
    assert store.take_over(KEY, "b", seen="a", until=NOW + 20)
    assert not store.keep(KEY, "a", TextReply("a"))
    assert store.keep(KEY, "b", TextReply("b"))
    assert not store.keep(KEY, "b", TextReply("again"))
    assert store.read(KEY, now=NOW) == Record("b", NOW + 20, 1, TextReply("b"))


def test_only_one_takes_over(store: Store) -> None:
    """A claim is taken over from whom it was seen with, and once; a finished one never."""
    assert not store.take_over(KEY, "b", seen="a", until=NOW + 20)
    claim(store, "a")
    assert store.take_over(KEY, "b", seen="a", until=NOW + 20)
    assert not store.take_over(KEY, "c", seen="a", until=NOW + 20)
    assert store.keep(KEY, "b", NoReply())
    assert not store.take_over(KEY, "c", seen="b", until=NOW + 20)


def test_a_released_claim_is_over(store: Store) -> None:
    """What is released is as if its time had passed, keeps its count, and only its owner can release it."""
    claim(store, "a")
    assert not store.release(KEY, "b")
    assert store.release(KEY, "a")
    assert claim(store, "c") == Record("a", 0, 2)
    assert store.take_over(KEY, "c", seen="a", until=NOW + 20)
    assert store.keep(KEY, "c", NoReply())
    assert not store.release(KEY, "c")


def test_a_record_expires(store: Store) -> None:
    """After its minutes a record is none, whether or not it has been deleted, and the message is claimed anew."""
    claim(store, "a")
    store.keep(KEY, "a", TextReply("old"))
    assert store.read(KEY, now=NOW + KEPT_SECONDS - 1) is not None
    assert store.read(KEY, now=EXPIRED) is None
    assert claim(store, "b", now=EXPIRED) == Record("b", EXPIRED + 14, 1)
    assert claim(store, "c", now=EXPIRED) == Record("b", EXPIRED + 14, 2)


def test_a_record_expires_to_the_second(store: Store) -> None:
    """At the second that the table's time to live names, a record is over: to who reads it, and to who claims."""
    claim(store, "a", now=1000)
    assert store.read(KEY, now=1000 + KEPT_SECONDS) is None
    assert claim(store, "b", now=1000 + KEPT_SECONDS).owner == "b"


@pytest.mark.parametrize("now", [NOW, EXPIRED])
@pytest.mark.parametrize("name", ["memory", "dynalite_table"])  # moto's tables are no place for threads
def test_of_many_at_once_one_claims(request: pytest.FixtureRequest, name: str, now: float) -> None:
    """Twenty threads at once: one owner, twenty numbers; also where an expired record is in the way."""
    store: Store = MemoryStore()
    if name != "memory":
        request.getfixturevalue(name)
        store = store_of()
    claim(store, "old", now=NOW - 2 * KEPT_SECONDS)
    with ThreadPoolExecutor(20) as pool:
        records = list(pool.map(lambda number: claim(store, str(number), now=now), range(20)))
    assert len({record.owner for record in records} - {"old"}) == 1
    assert sorted(record.deliveries for record in records) == list(range(1, 21))


def test_the_item(table: Any) -> None:
    """What is written is what the template and the operators' page say: no more, and nobody's name."""
    store = store_of()
    claim(store, "a")
    store.keep(KEY, "a", TextReply("hi"))
    assert table.get_item(TableName=TABLE, Key={"id": {"S": KEY}})["Item"] == {
        "id": {"S": KEY},
        "claimed_by": {"S": "a"},
        "claimed_until": {"N": "1795143614.25"},
        "deliveries": {"N": "1"},
        "expires_at": {"N": str(int(NOW) + KEPT_SECONDS)},
        "reply": {"S": '["text",{"Content":["hi"]}]'},
    }


UNASKED: list[dict[str, Any]] = [
    *({name: None} for name in ("claimed_by", "claimed_until", "deliveries")),  # a claim writes these
    {"expires_at": {"S": "soon"}},  # moto cannot compare it
]


def test_reads_are_consistent(moto_table: Any) -> None:
    """Who waits for a reply sees it as soon as it is kept; no pretended table would show the difference."""
    asked: list[Any] = []

    class Recording(AwsClient):
        def call(self, service: str, operation: str, payload: Any, *, timeout: float) -> dict[str, Any]:
            asked.append((operation, payload))
            return super().call(service, operation, payload, timeout=timeout)

    DynamoStore(Recording(os.environ), TABLE).read(KEY, now=NOW)
    assert [(operation, payload["ConsistentRead"]) for operation, payload in asked] == [("GetItem", True)]


def with_reply(text: object) -> dict[str, Any]:
    return {"reply": {"S": text if isinstance(text, str) else json.dumps(text)}}


@pytest.mark.parametrize(
    "damage",
    [
        {"claimed_by": {"N": "1"}},
        {"claimed_until": {"S": "soon"}},
        {"deliveries": {"S": "three"}},
        {"expires_at": {"S": "soon"}},
        {"reply": {"N": "1"}},
        {"reply": {"NULL": True}},
        with_reply("not JSON"),
        with_reply("[" * 100_000),
        with_reply([]),
        with_reply(["text"]),
        with_reply(["text", []]),
        with_reply(["text", {}]),
        with_reply(["text", {"Content": 7}]),
        with_reply(["image", {"Image": [{"MediaId": [""]}]}]),
        with_reply(["news", {"Articles": []}]),
        with_reply(["hologram", {}]),
        with_reply([["text"], {}]),
        *({name: None} for name in ("claimed_by", "claimed_until", "deliveries", "expires_at")),
    ],
    ids=lambda damage: json.dumps(damage)[:50],
)
def test_garbage_is_a_failure(table: Any, damage: dict[str, Any]) -> None:
    """Whatever a record holds that we would not write is a failed store to whoever reads it, and nothing else."""
    whole = {
        "id": {"S": KEY},
        "claimed_by": {"S": "a"},
        "claimed_until": {"N": "1"},
        "deliveries": {"N": "1"},
        "expires_at": {"N": "9999999999"},
    }
    item = {name: value for name, value in (whole | damage).items() if value is not None}
    table.put_item(TableName=TABLE, Item=item)
    store = store_of()
    with pytest.raises(StoreFailed, match=r"^a (record|kept reply) is malformed( \(\w+\))?$"):
        store.read(KEY, now=NOW)
    if damage not in UNASKED:
        with pytest.raises(StoreFailed):
            claim(store, "b")


def calls(store: Store) -> list[Callable[[], object]]:
    """Every call of a store."""
    return [
        lambda: claim(store, "a"),
        lambda: store.read(KEY, now=NOW),
        lambda: store.take_over(KEY, "a", seen="b", until=NOW),
        lambda: store.keep(KEY, "a", NoReply()),
        lambda: store.release(KEY, "a"),
    ]


def test_a_missing_table_is_a_failure(table: Any) -> None:
    """Each call fails, and says which table refuses and why in the service's own word."""
    for call in calls(store_of("other")):
        with pytest.raises(StoreFailed, match=r"the table other cannot be had \(ResourceNotFoundException\)"):
            call()


@pytest.mark.enable_socket
@pytest.mark.parametrize("listening", [True, False])
def test_a_service_that_hangs_or_is_gone_is_given_up(
    credentials: None, monkeypatch: pytest.MonkeyPatch, listening: bool
) -> None:
    """One attempt, in less than half a second: a delivery makes two such calls at most while a follower waits."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{server.getsockname()[1]}")
        store = store_of(timeout=TIMEOUT_SECONDS)
        if not listening:
            server.close()
        for call in calls(store):
            started = time.monotonic()
            with pytest.raises(
                StoreFailed, match=r"the table messages cannot be had \((timed out|connection failed)\)"
            ):
                call()
            assert time.monotonic() - started < 0.5

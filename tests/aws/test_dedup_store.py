"""One contract, three stores: in memory, and DynamoDB as two others understand it."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from harness.dynamodb import TABLE
from tests.aws.conftest import store_of
from wechat_aws.aws_client import ServiceError
from wechat_aws.dedup_store import Change, Item, MemoryStore, Store, StoreFailed
from wechat_aws.dynamo_store import DynamoStore

KEY: Final = "0" * 64
DYNAMO: Final = ["moto_table", "dynalite_table"]


@pytest.fixture(params=["memory", *DYNAMO])
def store(request: pytest.FixtureRequest) -> Store:
    """A store without items."""
    if request.param == "memory":
        return MemoryStore()
    request.getfixturevalue(request.param)
    return store_of()


def update(store: Store, key: str = KEY, **change: Any) -> Item | None:
    return store.update(key, Change(**change), timeout=5)


def read(store: Store, key: str = KEY) -> Item | None:
    return store.read(key, timeout=5)


def visible(item: Item | None) -> Item | None:
    """Without the table's own key."""
    return item and {name: value for name, value in item.items() if name != "id"}


def test_what_is_put_is_there(store: Store) -> None:
    """Texts, whole numbers and sets come back as they were, to who wrote and to who reads; other keys are apart."""
    item = {"reply": '["text",{"Content":["你好 ]]>"]}]', "beat": -1795143600, "queue": frozenset({"a", "b"})}
    assert read(store) is None
    assert visible(update(store, put=item)) == item
    assert visible(read(store)) == item
    assert read(store, "1" * 64) is None


def test_once_is_for_the_first(store: Store) -> None:
    """What is given once is whose came first; what is put is exchanged."""
    assert visible(update(store, once={"owner": "a", "beat": 0}, put={"at": 1})) == {"owner": "a", "beat": 0, "at": 1}
    assert visible(update(store, once={"owner": "b", "reply": "r"}, put={"at": 2})) == {
        "owner": "a",
        "beat": 0,
        "at": 2,
        "reply": "r",
    }


def test_sets_grow_and_shrink(store: Store) -> None:
    """A member is there or not, however often it is added or dropped; without members the attribute is absent."""
    update(store, put={"x": 1}, add={"queue": "a"})
    assert visible(update(store, add={"queue": "a"})) == {"x": 1, "queue": frozenset({"a"})}
    assert visible(update(store, add={"queue": "b"})) == {"x": 1, "queue": frozenset({"a", "b"})}
    assert visible(update(store, drop={"queue": "a"})) == {"x": 1, "queue": frozenset({"b"})}
    assert visible(update(store, drop={"queue": "c"})) == {"x": 1, "queue": frozenset({"b"})}
    assert visible(update(store, drop={"queue": "b"})) == {"x": 1}
    assert visible(update(store, drop={"queue": "b"})) == {"x": 1}


def test_what_is_removed_is_absent(store: Store) -> None:
    """It can be removed twice."""
    update(store, put={"reply": "r", "x": 1, "queue": frozenset({"a"})})
    assert visible(update(store, remove=("reply", "queue"))) == {"x": 1}
    assert visible(update(store, remove=("reply", "queue"))) == {"x": 1}


def test_conditions(store: Store) -> None:
    """A change happens where all conditions hold, and leaves all as it was elsewhere."""
    assert update(store, put={"x": 1}, where={"owner": "a"}) is None
    assert read(store) is None
    assert update(store, put={"owner": "a", "beat": 1}, where={"owner": None}) is not None
    assert update(store, put={"x": 1}, where={"owner": "a", "beat": 2}) is None
    assert update(store, put={"x": 1}, where={"owner": "b", "beat": 1}) is None
    assert update(store, put={"x": 1}, where={"owner": "a", "reply": "r"}) is None
    assert update(store, put={"x": 1}, where={"owner": None}) is None
    assert visible(read(store)) == {"owner": "a", "beat": 1}
    changed = {"owner": "b", "beat": 1}
    assert visible(update(store, put={"owner": "b"}, where={"owner": "a", "beat": 1, "reply": None})) == changed


@pytest.mark.parametrize("name", ["memory", "dynalite_table"])
def test_of_many_at_once_one_is_first(request: pytest.FixtureRequest, name: str) -> None:
    """Twenty threads at once: one is first, all are counted, and one changes what all saw alike."""
    store: Store = MemoryStore()
    if name != "memory":
        request.getfixturevalue(name)
        store = store_of()
    with ThreadPoolExecutor(20) as pool:
        items = list(pool.map(lambda n: update(store, once={"owner": str(n)}, add={"names": str(n)}), range(20)))
        assert len({item["owner"] for item in items if item}) == 1
        last = read(store)
        assert last
        assert last["names"] == frozenset(map(str, range(20)))
        seen = {"owner": last["owner"]}
        changed = list(pool.map(lambda n: update(store, put={"owner": f"new {n}"}, where=seen), range(20)))
    assert sum(item is not None for item in changed) == 1


CALLS: Final[list[Callable[[Store], object]]] = [read, lambda store: update(store, put={"x": 1})]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", DYNAMO)
def test_a_missing_table_is_a_lasting_failure(
    request: pytest.FixtureRequest, name: str, call: Callable[[Store], object]
) -> None:
    """It says which table, and why in the service's own word, and that asking again is of no use."""
    request.getfixturevalue(name)
    store = store_of("other")
    with pytest.raises(StoreFailed, match=r"the table other cannot be used \(ResourceNotFoundException\)") as raised:
        call(store)
    assert raised.value.lasting


@pytest.mark.parametrize(
    ("code", "lasting"),
    [
        ("AccessDeniedException", True),
        ("ValidationException", True),
        ("ThrottlingException", False),
        ("timed out", False),
    ],
)
def test_other_failures(code: str, lasting: bool) -> None:
    """Where access is denied, or an item too large, asking again is of no use; a busy table may answer."""

    def call(service: str, operation: str, payload: Mapping[str, Any], *, timeout: float) -> dict[str, Any]:
        raise ServiceError(code)

    with pytest.raises(StoreFailed, match=code) as raised:
        read(DynamoStore(call, TABLE))
    assert raised.value.lasting == lasting


def test_what_is_asked() -> None:
    """Reads are consistent, for who waits sees at once what was kept; each call has its time, and one item."""
    asked: list[Any] = []

    def call(service: str, operation: str, payload: Mapping[str, Any], *, timeout: float) -> dict[str, Any]:
        asked.append((service, operation, payload, timeout))
        return {"Attributes": {}}

    store = DynamoStore(call, TABLE)
    store.read(KEY, timeout=0.3)
    store.update(KEY, Change(put={"reply": "r"}), timeout=0.2)
    key = {"TableName": TABLE, "Key": {"id": {"S": KEY}}}
    assert asked == [
        ("dynamodb", "GetItem", key | {"ConsistentRead": True}, 0.3),
        (
            "dynamodb",
            "UpdateItem",
            key
            | {
                "UpdateExpression": "SET #reply = :v0",
                "ExpressionAttributeNames": {"#reply": "reply"},
                "ExpressionAttributeValues": {":v0": {"S": "r"}},
                "ReturnValues": "ALL_NEW",
            },
            0.2,
        ),
    ]


@pytest.mark.parametrize(
    "item",
    [
        *(None, [], {"x": "y"}, {"x": {"B": "00"}}, {"x": {"N": "soon"}}, {"x": {"SS": 1}}, {"x": {"M": {}}}),
        {"x": {"N": float("inf")}},
    ],
)
def test_what_nobody_wrote_is_a_failure(item: Any) -> None:
    """An item of another kind than ours is a failed store, and nothing else."""
    answers: dict[str, Any] = {"Item": item, "Attributes": item}
    store = DynamoStore(lambda *_, timeout: answers, TABLE)
    for call in CALLS:
        with pytest.raises(StoreFailed, match="a record is malformed"):
            call(store)

"""Stores for records: what every store promises, and one in memory.

A store knows nothing of messages: it keeps items, attributes by name, and changes one of them at a time. What the items
mean stands in dedup_records.py and late_queue.py, once for all stores.
"""

from collections.abc import Mapping
from threading import Lock
from typing import Protocol

from wechat_core.values import Value

type Attribute = str | int | frozenset[str]
type Item = Mapping[str, Attribute]


class StoreFailed(Exception):
    """The store could not be called, or what it holds cannot be read; the text contains no key.

    `lasting` is whether asking again is of no use: the table is missing, or access to it denied.
    """

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.lasting = lasting


class Change(Value):
    """One write to an item, atomic: it happens if all of `where` holds, or not at all.

    `put` gives attributes a value, `once` only those that have none, `add` and `drop` one member to a set or out of
    it, `remove` takes attributes away. In `where`, None stands for an attribute that is absent. An item that is not
    there is one without attributes, and a set without members is absent.
    """

    put: Mapping[str, Attribute] = {}
    once: Mapping[str, Attribute] = {}
    add: Mapping[str, str] = {}
    drop: Mapping[str, str] = {}
    remove: tuple[str, ...] = ()
    where: Mapping[str, str | int | None] = {}


class Store(Protocol):
    """Keeps items by key. `timeout` is in seconds, for the whole call.

    Each call is atomic and happens once, not at all, or raises StoreFailed, after which it may have happened or not, or
    may happen yet.
    """

    def read(self, key: str, *, timeout: float) -> Item | None:
        """The newest item, or None where there is none."""

    def update(self, key: str, change: Change, *, timeout: float) -> Item | None:
        """Change an item; what it is then, or None where the change's conditions do not hold."""


class MemoryStore:
    """A store for tests and local runs: it lasts as long as the process, and is shared by its threads."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self._lock = Lock()

    def read(self, key: str, *, timeout: float) -> Item | None:
        with self._lock:
            return self._items.get(key)

    def update(self, key: str, change: Change, *, timeout: float) -> Item | None:
        with self._lock:
            item = self._items.get(key, {})
            if any(item.get(name) != value for name, value in change.where.items()):
                return None
            self._items[key] = _apply(item, change)
            return self._items[key]


def _apply(item: Item, change: Change) -> Item:
    kept = {name: value for name, value in item.items() if name not in change.remove}
    kept = {**change.once, **kept, **change.put}
    for name, member in change.add.items():
        kept[name] = _members(kept, name) | {member}
    for name, member in change.drop.items():
        kept[name] = _members(kept, name) - {member}
    return {name: value for name, value in kept.items() if value != frozenset()}


def _members(item: Item, name: str) -> frozenset[str]:
    members = item.get(name, frozenset())
    assert isinstance(members, frozenset)  # noqa: S101
    return members

"""What a follower may fetch: the keys of late replies and of the rests of long texts, in the order they are shown in.

One item per follower, by a digest: `queue`, a set of entries; `touched`, when it was last noted in or taken from;
`gone_at`, when the follower unsubscribed; `expires_at`. An entry is a key behind what it is sorted by: rests come
first, the newest before all, then late replies in the order they were asked for. The replies themselves stand in the
records. Noting and dropping twice is as good as once.
"""

from hashlib import sha256
from typing import Final

from wechat_aws.dedup_calls import Calls
from wechat_aws.dedup_records import KEPT_SECONDS
from wechat_aws.dedup_store import Change, Item
from wechat_core.message import Message
from wechat_core.values import Value

_LATEST: Final = 9999999999


class Noted(Value):
    """What there is to fetch, in order, and when that last changed, in Unix seconds."""

    entries: tuple[str, ...]
    touched: int


class Queue:
    """The queue of the follower who wrote a message. Each method raises StoreFailed."""

    def __init__(self, calls: Calls, message: Message) -> None:
        self._calls, self._message = calls, message
        parts = ("late", message.to_user_name, message.from_user_name)
        self._key = sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def note(self, entry: str, *, now: float) -> bool:
        """Note what may be fetched; False where the follower unsubscribed after writing the message."""
        times = {"touched": int(now), "expires_at": int(now) + KEPT_SECONDS}
        item = self._calls.update(self._key, Change(put=times, add={"queue": entry}))
        if item and _number(item, "gone_at") >= self._created:
            self.drop(entry, now=now)
            return False
        return True

    def read(self, *, now: float) -> Noted:
        """What has been noted."""
        item = self._calls.read(self._key) or {}
        if _number(item, "expires_at") <= now:
            return Noted((), 0)
        return Noted(_entries(item), _number(item, "touched"))

    def drop(self, entry: str, *, now: float) -> None:
        """Take an entry away."""
        self._calls.update(self._key, Change(put={"touched": int(now)}, drop={"queue": entry}))

    def close(self, *, now: float) -> tuple[str, ...]:
        """Empty it, and refuse what the follower's earlier messages would note; returns what was in it."""
        times = {"gone_at": self._created, "expires_at": int(now) + KEPT_SECONDS}
        item = self._calls.update(self._key, Change(put=times))
        self._calls.update(self._key, Change(remove=("queue", "touched")))
        return _entries(item or {})

    def entry_of_late(self, key: str) -> str:
        """The entry of the message's own reply: behind all that was asked for before."""
        return f"1{self._created:010}{self._message.msg_id:0>20}.{key}"

    def entry_of_rest(self, key: str) -> str:
        """The entry of what follows the piece that answers the message: before everything else."""
        return f"0{_LATEST - self._created:010}.{key}"

    @property
    def _created(self) -> int:
        return min(max(self._message.create_time, 0), _LATEST)


def key_in(entry: str) -> str:
    """The key of the record that an entry names."""
    return entry.rpartition(".")[2]


def _entries(item: Item) -> tuple[str, ...]:
    entries = item.get("queue")
    return tuple(sorted(entries)) if isinstance(entries, frozenset) else ()


def _number(item: Item, name: str) -> int:
    number = item.get(name, 0)
    return number if isinstance(number, int) else 0

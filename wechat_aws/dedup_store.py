"""Where de-duplication keeps its records: what a store promises, and the one that lives in memory."""

from threading import Lock
from typing import Final, Protocol

from wechat_core.replies import Reply
from wechat_core.values import Value

KEPT_SECONDS: Final = 600
"""How long a record is kept; the platform's last delivery comes after ten seconds."""


class StoreFailed(Exception):
    """The store could not be asked, or what it holds cannot be read; the text names nobody."""


class Record(Value):
    """What is known of a message: whose claim it is, until when (Unix seconds), and the reply once there is one."""

    owner: str
    until: float
    deliveries: int
    reply: Reply | None = None


class Store(Protocol):
    """Keeps one record per message.

    Each call is atomic and happens once, not at all, or raises StoreFailed, after which it may have happened or not.
    `key` is the message's, `owner` a name that no other delivery has.
    """

    def claim(self, key: str, owner: str, *, now: float, until: float) -> Record:
        """Count a delivery, and claim the message for it unless it has been claimed; the record as it is then."""

    def read(self, key: str, *, now: float) -> Record | None:
        """The newest record, or None where there is none or it has expired."""

    def take_over(self, key: str, owner: str, *, seen: str, until: float) -> bool:
        """Claim an unfinished message in the place of the owner that was seen; False where that has changed."""

    def keep(self, key: str, owner: str, reply: Reply) -> bool:
        """Keep the owner's reply; False where the claim has passed to another."""

    def release(self, key: str, owner: str) -> bool:
        """End the owner's claim, as if its time were over; False where it has passed to another or is finished."""


class MemoryStore:
    """A store for tests and local runs: it lasts as long as the process, and is shared by its threads."""

    def __init__(self) -> None:
        self._records: dict[str, tuple[Record, float]] = {}
        self._lock = Lock()

    def claim(self, key: str, owner: str, *, now: float, until: float) -> Record:
        with self._lock:
            self._records = {k: (record, expires) for k, (record, expires) in self._records.items() if expires > now}
            found, expires = self._records.get(key, (Record(owner, until, 0), now + KEPT_SECONDS))
            record = found.replace(deliveries=found.deliveries + 1)
            self._records[key] = record, expires
            return record

    def read(self, key: str, *, now: float) -> Record | None:
        with self._lock:
            record, expires = self._records.get(key, (None, now))
            return record if expires > now else None

    def take_over(self, key: str, owner: str, *, seen: str, until: float) -> bool:
        return self._change(key, seen, owner=owner, until=until)

    def keep(self, key: str, owner: str, reply: Reply) -> bool:
        return self._change(key, owner, reply=reply)

    def release(self, key: str, owner: str) -> bool:
        return self._change(key, owner, until=0.0)

    def _change(self, key: str, by: str, **changes: object) -> bool:
        """Change a record that is claimed by this owner and unfinished."""
        with self._lock:
            record, expires = self._records.get(key, (None, 0))
            if record is None or record.owner != by or record.reply is not None:
                return False
            self._records[key] = record.replace(**changes), expires
            return True

"""What is kept of a message: who runs it, how many deliveries it has had, and the reply once there is one.

One item per message, by the message's key, a digest: `owner`, the run's name, or `NOBODY`; `beat`, which the owner
moves on as long as it lives; `deliveries`, the names of those that came; `reply`; `taken_by`, who shows a late reply;
`expires_at`, the table's time to live. Every write here can be repeated without harm, but for one: a delivery that has
taken over without learning of it finds out by reading.
"""

import json
from typing import Final

from wechat_aws.dedup_calls import Calls
from wechat_aws.dedup_store import Attribute, Change, Item, StoreFailed
from wechat_core.replies import REPLIES, NoReply, Reply
from wechat_core.values import Value

KEPT_SECONDS: Final = 3600
"""How long a record is kept: no run takes longer than a quarter of that, and followers fetch answers soon."""
NOBODY: Final = "-"


class Kept(Value):
    """A reply that was kept, and the key of what follows where it is the piece of a text."""

    reply: Reply
    rest: str = ""


class MessageRecord(Value):
    """What is known of a message. As long as `mark` changes, the owner lives."""

    owner: str
    beat: int
    deliveries: int
    expires_at: int
    kept: Kept | None = None
    taken_by: str = ""

    @property
    def mark(self) -> tuple[str, int]:
        """What a living owner changes."""
        return self.owner, self.beat


class Records:
    """The records, as one delivery sees them. Each method raises StoreFailed."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def claim(self, key: str, owner: str, *, now: float) -> MessageRecord:
        """Count a delivery, and claim the message for it unless it has been claimed; the record as it is then."""
        expires_at = int(now) + KEPT_SECONDS
        once: dict[str, Attribute] = {"owner": owner, "beat": 0, "expires_at": expires_at}
        record = self._update(key, Change(once=once, add={"deliveries": owner}))
        if record.expires_at > now:
            return record
        anew = Change(  # expired: DynamoDB takes its time to delete
            put=once | {"deliveries": frozenset({owner})},
            remove=("reply", "taken_by"),
            where={"expires_at": record.expires_at},
        )
        item = self._calls.update(key, anew)
        return _record(item) if item else self._update(key, Change(add={"deliveries": owner}))

    def read(self, key: str, *, now: float) -> MessageRecord | None:
        """The newest record, or None where there is none or it has expired."""
        item = self._calls.read(key)
        record = _record(item) if item else None
        return record if record and record.expires_at > now else None

    def beat(self, key: str, owner: str, number: int) -> bool:
        """Show that the owner lives; False where the message has passed to another, or is finished."""
        return self._change(key, {"beat": number}, {"owner": owner})

    def take_over(self, key: str, owner: str, *, seen: MessageRecord) -> bool:
        """Claim an unfinished message in place of the owner that was seen; False where anything has changed."""
        return self._change(key, {"owner": owner, "beat": 0}, {"owner": seen.owner, "beat": seen.beat})

    def release(self, key: str, owner: str) -> bool:
        """End the owner's claim, so that a waiting delivery runs the message; False where it is not the owner's."""
        return self._change(key, {"owner": NOBODY}, {"owner": owner})

    def keep(self, key: str, owner: str, kept: Kept, *, now: float) -> MessageRecord:
        """Keep a reply unless one has been kept, whoever ran the message; the record as it is then."""
        expires_at = int(now) + KEPT_SECONDS
        once: dict[str, Attribute] = {"reply": _write(kept), "owner": owner, "beat": 0}
        return self._update(key, Change(once=once, put={"expires_at": expires_at}, add={"deliveries": owner}))

    def take(self, key: str, by: str) -> MessageRecord:
        """Take a reply for whoever shows it unless it has been taken; the record says by whom."""
        return self._update(key, Change(once={"taken_by": by}))

    def take_from(self, key: str, by: str, *, other: str) -> bool:
        """Take a reply that another had taken and did not show; False where it has changed hands."""
        return self._calls.update(key, Change(put={"taken_by": by}, where={"taken_by": other})) is not None

    def forget(self, key: str, *, now: float) -> None:
        """Forget a reply and what follows it, and refuse one that is still to come."""
        end, members = int(now) + KEPT_SECONDS, frozenset({NOBODY})
        once: dict[str, Attribute] = {"owner": NOBODY, "beat": 0, "expires_at": end, "deliveries": members}
        nothing = Change(put={"reply": _write(Kept(NoReply()))}, once=once)
        while key:
            record = self.read(key, now=now)
            self._calls.update(key, nothing)
            key = record.kept.rest if record and record.kept else ""

    def _change(self, key: str, put: dict[str, Attribute], where: dict[str, str | int]) -> bool:
        """Change a record that nobody has finished."""
        return self._calls.update(key, Change(put=put, where={**where, "reply": None})) is not None

    def _update(self, key: str, change: Change) -> MessageRecord:
        item = self._calls.update(key, change)
        assert item is not None  # noqa: S101  (it had no conditions)
        return _record(item)


def _record(item: Item) -> MessageRecord:
    match item:
        case {"owner": str(owner), "beat": int(beat), "deliveries": frozenset(names), "expires_at": int(expires_at)}:
            kept = _read(item["reply"]) if "reply" in item else None
            return MessageRecord(owner, beat, len(names), expires_at, kept, str(item.get("taken_by", "")))
    raise StoreFailed("a record is malformed")


def _write(kept: Kept) -> str:
    return json.dumps([kept.reply.msg_type, kept.reply.write(), kept.rest], separators=(",", ":"))


def _read(text: Attribute) -> Kept:
    try:
        msg_type, tree, rest = json.loads(str(text))
        reply = REPLIES[msg_type].read(tree)
        if reply is not None:
            return Kept(reply.replace(), str(rest))  # built anew, with the checks of a new one
    except Exception as error:  # what is not ours may be malformed in any way
        raise StoreFailed(f"a kept reply is malformed ({type(error).__name__})") from None
    raise StoreFailed("a kept reply is malformed")

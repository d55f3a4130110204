"""One delivery of a message: when it arrived, which one it is, how long it can be answered, and its calls to the
store."""

from collections.abc import Callable
from functools import partial
from secrets import token_hex
from typing import Final, Literal

from wechat_aws.dedup_calls import Calls
from wechat_aws.dedup_records import Kept, MessageRecord, Records
from wechat_aws.dedup_store import Store, StoreFailed
from wechat_aws.dedup_time import Time
from wechat_aws.late_queue import Queue
from wechat_aws.late_texts import Texts
from wechat_core.callback import Responder
from wechat_core.message import Message
from wechat_core.replies import NoReply
from wechat_core.values import Value

DELIVERIES: Final = 3
ANSWER_WITHIN: Final = 4.5
"""Seconds from its arrival in which a delivery is answered: the platform waits five, from before it has connected."""
HOLD: Final = 9.0
"""Seconds for which a delivery without a reply leaves the connection open; closing it sooner is said to end the
deliveries."""
LAST_AGE: Final = 9, 30
"""Seconds after a message was written in which a delivery of it is the last, however many have been counted."""
LATER_AGE: Final = 4
"""Seconds after a message was written from which a delivery of it is not the first."""
OLDEST_ARRIVAL: Final = 5.0
NOTING: Final = 0.4
"""Seconds that the last delivery reserves for noting that the answer is late, or that a text continues."""
POLL: Final = 0.25
LONGEST_CALL: Final = 0.6
"""Seconds for all attempts of a call: a table answers within hundredths. An open connection leaves no more."""
SHORTEST_CALL: Final = 0.1
KEEPS: Final = 120
"""How often keeping a reply is tried where nobody waits for this answer."""
SILENCE: Final = NoReply()
"""What is answered where the connection is closed by then, so that `success` ends no deliveries."""

type Notice = Literal["RetriesAnswered", "AnsweredLate", "Fetched", "DeadlinesMissed", "StoreFailures"]


class Rules(Value):
    """What all deliveries share. `arrived` gives the time at which the gateway got this one, in Unix seconds, or 0."""

    respond: Responder
    store: Store
    notice: Callable[[Notice, int, str], None]
    texts: Texts
    time: Time
    arrived: Callable[[], float]


class Delivery:
    """One delivery; `number` is 0 as long as it has not been counted."""

    def __init__(self, rules: Rules, message: Message) -> None:
        now, arrived = rules.time.clock(), rules.arrived()
        self.rules, self.message = rules, message
        self.key, self.name = message.key, token_hex(8)
        self.arrived = arrived if 0 <= now - arrived <= OLDEST_ARRIVAL else now
        self.number = 0
        self.calls = Calls(rules.store, rules.time, self._longest_call, partial(self.notice, "StoreFailures"))
        self.records = Records(self.calls)
        self.queue = Queue(self.calls, message)

    @property
    def now(self) -> float:
        """Unix seconds."""
        return self.rules.time.clock()

    @property
    def is_last(self) -> bool:
        """Whether the platform will not deliver the message again, so that an answer is due."""
        return self.number >= DELIVERIES or LAST_AGE[0] <= self._age <= LAST_AGE[1]

    @property
    def is_later(self) -> bool:
        """Whether an earlier delivery may have kept a reply, by the message's age alone."""
        return LATER_AGE <= self._age <= LAST_AGE[1]

    @property
    def left(self) -> float:
        """Seconds in which it can still be answered; zero or less where the connection is closed."""
        return self.arrived + ANSWER_WITHIN - self.now

    def claim(self) -> MessageRecord | None:
        """Count this delivery; the record, or None where the store fails."""
        record = self.try_(lambda: self.records.claim(self.key, self.name, now=self.arrived))
        if record:
            self.number = record.deliveries
        return record

    def read(self) -> MessageRecord | None:
        """The record of the message, or None where there is none or the store fails."""
        return self.try_(lambda: self.records.read(self.key, now=self.now))

    def keep(self, key: str, kept: Kept) -> MessageRecord | None:
        """Keep a reply; the record, with this reply or one kept before, or None where the store fails.

        While the follower waits for this answer it is tried once. After that the deliveries to come, or the follower
        who will fetch it, wait for the record, so it is tried whatever the time is.
        """
        for _ in range(KEEPS):
            record = self.try_(lambda: self.records.keep(key, self.name, kept, now=self.now))
            if record or self.left > 0 or self.calls.lasting:
                return record
            self.rules.time.sleep(POLL)
        return None

    def try_[T](self, call: Callable[[], T]) -> T | None:
        """The result of a call to the store, or None where it fails."""
        try:
            return call()
        except StoreFailed:
            return None

    def notice(self, what: Notice, reason: str = "") -> None:
        """Report what happened to it."""
        self.rules.notice(what, self.number, reason)

    @property
    def _age(self) -> float:
        return self.arrived - self.message.create_time

    def _longest_call(self) -> float:
        is_open = self.left > 0 or self.is_last
        return min(LONGEST_CALL, max(SHORTEST_CALL, self.left)) if is_open else LONGEST_CALL

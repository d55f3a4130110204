"""De-duplication: one run of the responder and one reply, whichever delivery of a message is still listening.

The platform waits five seconds for an answer, and delivers a message up to three times. The first delivery claims it,
runs the responder and keeps the reply; a later one is answered with what was kept, or waits for it. So a responder has
about fourteen seconds, and the follower gets one reply. A store that fails costs a moment, never the reply.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from secrets import token_hex
from threading import Thread
from typing import Final, Literal

from wechat_aws.dedup_store import Record, Store, StoreFailed
from wechat_core.callback import Responder
from wechat_core.message import Message
from wechat_core.replies import NoReply, Reply, sendable
from wechat_core.values import Value

DELIVERIES: Final = 3
POLL_SECONDS: Final = 0.25
LEASE_SECONDS: Final = 14.0
"""How long a claim lasts; the function's own timeout may be no longer."""
SILENCE: Final = NoReply()

type Notice = Literal["RetriesJoined", "RetriesAnswered", "DeadlinesMissed", "StoreFailures"]


def start_thread(run: Callable[[], None]) -> None:
    """Run a function beside this one."""
    Thread(target=run, daemon=True).start()


def deduplicated(
    respond: Responder,
    *,
    store: Store,
    notice: Callable[[Notice, int, str], None],
    late: Reply = SILENCE,
    answer_within: float = 4.5,
    hold: float = 6.0,
    lease: float = LEASE_SECONDS,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    start: Callable[[Callable[[], None]], None] = start_thread,
) -> Responder:
    """A responder that runs once per message and gives every delivery of it the same reply.

    A delivery that cannot have the reply in time says nothing until the platform has closed its connection, for any
    answer would end the deliveries; the last one answers `late`. What the responder raises is raised here too, and the
    next delivery runs it anew.

    Args:
        store: keeps the records. What it fails to do is noticed, and done without.
        notice: told what happened, the number of the delivery (0 where unknown) and, of a failure, the reason.
        late: what a follower gets whose reply is not there in time for the last delivery.
        answer_within: seconds from its arrival in which a delivery is answered; the platform waits five.
        hold: seconds after which a delivery's connection is certainly closed.
        lease: seconds that a claim lasts whose owner neither finishes nor raises. No less than the function's own
            timeout, so that an owner is dead before its claim ends.
        clock: Unix seconds, the same for all.
        sleep: waits so many seconds.
        start: runs a function beside the caller.
    """
    rules = _Rules(respond, store, notice, late, answer_within, hold, lease, clock, sleep, start)
    return lambda message: _Delivery(rules, message).answer()


class _Rules(Value):
    respond: Responder
    store: Store
    notice: Callable[[Notice, int, str], None]
    late: Reply
    answer_within: float
    hold: float
    lease: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    start: Callable[[Callable[[], None]], None]


class _Delivery:
    """One delivery of a message, from its arrival to its answer."""

    def __init__(self, rules: _Rules, message: Message) -> None:
        self._rules = rules
        self._message = message
        self._key = message.key
        self._owner = token_hex(16)
        self._arrived = rules.clock()
        self._number = 0
        self._claimed = False

    def answer(self) -> Reply:
        until = self._arrived + self._rules.lease
        record = self._try(self._rules.store.claim, self._key, self._owner, now=self._arrived, until=until)
        if record is None:
            return self._run()
        self._number = record.deliveries
        return self._run_claimed() if record.owner == self._owner else self._follow(record)

    @property
    def _last(self) -> bool:
        return self._number >= DELIVERIES

    @property
    def _unheard(self) -> bool:
        """Whether nobody waits for this delivery any more."""
        return self._rules.clock() > self._arrived + self._rules.answer_within

    def _follow(self, record: Record) -> Reply:
        """The reply of the delivery that claimed the message, or one's own where that has given up or died."""
        if record.reply is None:
            self._notice("RetriesJoined")
        deadline = self._arrived + (self._rules.answer_within if self._last else self._rules.hold)
        while record.reply is None:
            now = self._rules.clock()
            if record.owner == self._owner or (record.until <= now and self._take_over(record.owner, now)):
                return self._run_claimed()
            if now >= deadline:
                return self._give_up()
            self._rules.sleep(min(POLL_SECONDS, deadline - now))
            found = self._try(self._rules.store.read, self._key, now=now)
            record = found or record
        self._notice("RetriesAnswered")
        return record.reply

    def _take_over(self, seen: str, now: float) -> bool:
        until = now + self._rules.lease
        return bool(self._try(self._rules.store.take_over, self._key, self._owner, seen=seen, until=until))

    def _give_up(self) -> Reply:
        if not self._last:
            return SILENCE  # to a closed connection: the platform delivers again
        self._notice("DeadlinesMissed")
        return self._rules.late

    def _run_claimed(self) -> Reply:
        self._claimed = True
        return self._run_in_time() if self._last else self._run()

    def _run(self) -> Reply:
        store = self._rules.store
        try:
            reply = self._rules.respond(self._message)
            sendable(reply, self._message)  # raises here, and not when it has been kept
        except BaseException:
            self._settle(store.release, self._key, self._owner)
            raise
        self._settle(store.keep, self._key, self._owner, reply)
        return reply

    def _run_in_time(self) -> Reply:
        """Run beside the wait for the last deadline: no delivery comes after it to carry a late reply."""
        run: Future[Reply] = Future()
        self._rules.start(lambda: _fulfil(run, self._run))
        deadline = self._arrived + self._rules.answer_within
        while not run.done() and (left := deadline - self._rules.clock()) > 0:
            self._rules.sleep(min(POLL_SECONDS / 10, left))
        return run.result() if run.done() else self._give_up()

    def _settle[*Ts](self, write: Callable[[*Ts], bool], *args: *Ts) -> None:
        """Write how the run ended.

        While the follower waits for this answer it is tried once, and only where the store has worked before. After
        that the deliveries to come wait for the record, so it is tried until the claim is nearly over.
        """
        end = self._arrived + self._rules.lease - 1
        while self._claimed or self._unheard:
            written = self._try(write, *args) is not None
            if written or not self._unheard or self._rules.clock() >= end:
                return
            self._rules.sleep(POLL_SECONDS)

    def _try[**P, T](self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return call(*args, **kwargs)
        except StoreFailed as error:
            self._notice("StoreFailures", str(error))
            return None

    def _notice(self, what: Notice, reason: str = "") -> None:
        self._rules.notice(what, self._number, reason)


def _fulfil(run: Future[Reply], respond: Callable[[], Reply]) -> None:
    try:
        run.set_result(respond())
    except BaseException as error:
        run.set_exception(error)

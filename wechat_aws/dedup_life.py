"""Signs of life: a run gives them, and the deliveries that wait for it watch them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from wechat_aws.dedup_delivery import Delivery
from wechat_aws.dedup_records import NOBODY, MessageRecord
from wechat_aws.dedup_time import Wait

BEAT: Final = 1.0
"""Seconds between two signs of life of a run."""
FIRST_BEAT: Final = 4.5
"""Seconds after its arrival before which a run gives none: an answer in time costs no further call."""
LEASE: Final = 4.0
"""Seconds without a sign of life after which a run is taken for dead, by the watcher's own clock."""
FIRST_LEASE: Final = FIRST_BEAT + BEAT
"""The same for a run that has not given any."""


class Life:
    """The signs of life of one run. A run that holds the interpreter for longer than a lease is taken for dead."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._beats = 0

    @contextmanager
    def show(self) -> Iterator[None]:
        """Give signs of life meanwhile, from a thread that ends with the run."""
        stop = self._delivery.rules.time.beside(self._beat)
        try:
            yield
        finally:
            stop()

    def _beat(self, wait: Wait) -> None:
        delivery = self._delivery
        pause = max(delivery.arrived + FIRST_BEAT - delivery.now, BEAT)
        while not wait(pause) and not delivery.calls.lasting:
            pause = BEAT
            if self._is_over():
                return

    def _is_over(self) -> bool:
        """Give one sign, and find out whether another run has the message by now; claim it if that failed before."""
        delivery = self._delivery
        if not delivery.number:
            record = delivery.claim()
            return record is not None and record.owner != delivery.name
        self._beats += 1
        beat = delivery.try_(lambda: delivery.records.beat(delivery.key, delivery.name, self._beats))
        return beat is False


class Watch:
    """Watches a run's signs of life. Clocks of two machines are never compared."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._mark: tuple[str, int] | None = None
        self._since = 0.0

    def is_dead(self, record: MessageRecord) -> bool:
        """Whether nobody runs the message any more."""
        if record.mark != self._mark:
            self._mark, self._since = record.mark, self._delivery.now
        lease = LEASE if record.beat else FIRST_LEASE
        return record.owner == NOBODY or self._delivery.now - self._since >= lease

"""Signs of life: a run gives them, and the deliveries that wait for it watch them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
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


@contextmanager
def show_life(delivery: Delivery) -> Iterator[None]:
    """Give signs of life meanwhile, from a thread that ends with the run.

    A run that holds the interpreter for longer than a lease is taken for dead.
    """
    stop = delivery.rules.time.beside(partial(_beat, delivery))
    try:
        yield
    finally:
        stop()


def _beat(delivery: Delivery, wait: Wait) -> None:
    pause, beats = max(delivery.arrived + FIRST_BEAT - delivery.now, BEAT), count(1)
    while not wait(pause) and not delivery.calls.lasting and not _is_over(delivery, beats):
        pause = BEAT


def _is_over(delivery: Delivery, beats: Iterator[int]) -> bool:
    """Give one sign, and find out whether another run has the message by now; claim it if that failed before."""
    if not delivery.number:
        record = delivery.claim()
        return record is not None and record.owner != delivery.name
    beat = next(beats)
    return delivery.try_(lambda: delivery.records.beat(delivery.key, delivery.name, beat)) is False


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

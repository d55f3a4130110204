"""The goals, as ratios within one run, and which of them are held."""

from statistics import median
from typing import NamedTuple

from bench.functions import DEPLOYED, DEPLOYED_SAFE, FLOOR, PLAIN, WITH_TABLE
from bench.measure import Figures, ratio
from bench.peer_builds import PEERS
from bench.per_message import Microseconds

SLACK = 1.1
"""Measured twice, a figure differs by less than this: over a goal by more, it is broken."""


class Goal(NamedTuple):
    """One goal: what is measured, at most how much, how much it is; and why it stays where it is known to be missed."""

    what: str
    most: float
    measured: float
    why_missed: str = ""

    @property
    def met(self) -> bool:
        """Whether it is met."""
        return self.measured <= self.most

    @property
    def broken(self) -> bool:
        """Whether it should be met and is not, by more than chance."""
        return not self.why_missed and self.measured > self.most * SLACK


def goals(figures: dict[str, Figures], messages: dict[str, Microseconds]) -> list[Goal]:
    """All goals, with what was measured."""
    floor, in_place = figures[FLOOR], figures[PLAIN]
    plain, safe, table = figures[DEPLOYED], figures[DEPLOYED_SAFE], figures[WITH_TABLE]
    ours, theirs = messages["wechat-lambda"], messages["wechatpy"]
    leanest = min((figures[name] for name in PEERS), key=lambda peer: median(peer.inits))
    return [
        Goal("init as deployed, of the empty handler's", 2.5, ratio(plain.inits, floor.inits)),
        Goal("init as deployed, of the leanest peer's", 0.6, ratio(plain.inits, leanest.inits)),
        Goal("init with the table, of the empty handler's", 2.7, ratio(table.inits, floor.inits)),
        Goal("init with the account in place, of the empty handler's", 1.8, ratio(in_place.inits, floor.inits)),
        Goal("peak memory as deployed, plain mode, MiB", 30, plain.peak),
        Goal("peak memory as deployed, safe mode, MiB", 36, safe.peak, SAFE_MEMORY),
        Goal("warm median as deployed, of the empty handler's", 1.3, ratio(plain.warms, floor.warms), WARM),
        Goal("one message in plain mode, of wechatpy's", 1.0, ours.plain / theirs.plain, CHECKS),
        Goal("one message in safe mode, of wechatpy's", 0.85, ours.safe / theirs.safe, CHECKS),
        Goal("zipped, MB", 5.8, plain.zipped),
    ]


WARM = (
    "The empty handler does nothing, so that a fraction of a millisecond is all there is for checking, parsing, "
    "rendering and a line of JSON, which Powertools' Logger takes half of the time for."
)
SAFE_MEMORY = (
    "cryptography's library is most of the archive, and loading it touches a part of that. Plain mode does not load it."
)
CHECKS = (
    "Half of the time goes into reading the XML, which is cleaned of what followers smuggle in, and of which all "
    "elements are kept. The request's age, its size and its parameters are checked, signatures compared in constant "
    "time."
)

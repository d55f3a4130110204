"""The goals, as ratios within one run, and which of them are held."""

from statistics import median
from typing import NamedTuple

from bench.functions import BARE_SSM, FLOOR, ON_AWS, PLAIN, SAFE
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
    floor, plain, safe = figures[FLOOR], figures[PLAIN], figures[SAFE]
    on_aws, bare = figures[ON_AWS], figures[BARE_SSM]
    ours, theirs = messages["wechat-lambda"], messages["wechatpy"]
    leanest = min((figures[name] for name in PEERS), key=lambda peer: median(peer.inits))
    return [
        Goal("init, of the empty handler's", 2.0, ratio(plain.inits, floor.inits)),
        Goal("init, of the leanest peer's", 0.45, ratio(plain.inits, leanest.inits), LEAN_PEER),
        Goal("init with SSM and a table, of a bare SSM reader's", 1.15, ratio(on_aws.inits, bare.inits)),
        Goal("warm median, of the empty handler's", 1.3, ratio(plain.warms, floor.warms), WARM),
        Goal("peak memory in plain mode, MiB", 30, plain.peak),
        Goal("peak memory in safe mode, MiB", 30, safe.peak, SAFE_MEMORY),
        Goal("one message in plain mode, of wechatpy's", 1.0, ours.plain / theirs.plain, CHECKS),
        Goal("one message in safe mode, of wechatpy's", 1.0, ours.safe / theirs.safe),
        Goal("zipped, MB", 6.0, plain.zipped),
    ]


LEAN_PEER = (
    "The runtime's own start is in both, and the larger part of ours. Most of the rest is Powertools' Logger and "
    "Metrics: the peers log nothing and count nothing."
)
WARM = (
    "The empty handler does nothing, so that a fraction of a millisecond is all there is for checking, parsing, "
    "rendering, a line of JSON and a set of metrics. The line and the metrics are more than half of what is added."
)
SAFE_MEMORY = (
    "cryptography's library is most of the archive, and loading it touches a part of that. Plain mode does not load it."
)
CHECKS = (
    "Half of the time goes into reading the XML, which is cleaned of what followers smuggle in, and of which all "
    "elements are kept. The request's age, its size and its parameters are checked, signatures compared in constant "
    "time."
)

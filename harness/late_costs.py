"""What late answers cost, from the simulation in virtual time: `python -m harness.late_costs` prints the table of
operations.md.
"""

from typing import Final

from harness.virtual_platform import LATE, Platform, text
from wechat_core.values import Value

GIGABYTE_SECOND: Final = 0.0000166667
MEMORY: Final = 0.5
LAMBDA_REQUEST, API_REQUEST = 0.20e-6, 1.00e-6
WRITE, READ = 0.625e-6, 0.125e-6
"""List prices in us-east-1, 2026, in dollars."""
TAPS_AFTER: Final = 5.0
"""Seconds after the late text at which a follower taps."""
CONCURRENCY: Final = 1000
SECONDS: Final = (2, 8, 20, 30, 60, 300)


class Cost(Value):
    """The cost of a message whose responder takes that many seconds, including the fetches of its follower."""

    seconds: int
    requests: int
    executions: float
    calls: int
    dollars: float

    @property
    def most(self) -> float:
        """Messages a second that an AWS account's default concurrency carries."""
        return CONCURRENCY / self.executions


def measure(seconds: int) -> Cost:
    """The cost of one message."""
    platform = Platform()
    platform.seconds = lambda message: seconds

    def follow() -> None:
        seen = platform.send(text(1))
        while seen == LATE:
            platform.world.sleep(TAPS_AFTER)
            seen = platform.send(text(len(platform.shown) + 1, "继续", at=platform.world.now))

    platform.world.start(follow)
    platform.world.run()
    held = sum(end - began for began, end in platform.executions)
    store, requests = platform.store, len(platform.executions)
    dollars = held * MEMORY * GIGABYTE_SECOND + requests * (LAMBDA_REQUEST + API_REQUEST)
    return Cost(
        seconds, requests, held, store.reads + store.writes, dollars + store.writes * WRITE + store.reads * READ
    )


def table() -> list[str]:
    """The rows of the table, in Markdown: seconds, requests, executions at one message a second, calls, dollars per
    thousand, and the messages a second at which the concurrency is used up.
    """
    costs = [measure(seconds) for seconds in SECONDS]
    return [
        f"| {c.seconds} s | {c.requests} | {c.executions:.0f} | {c.calls} | ${c.dollars * 1000:.2f} | {c.most:.0f} |"
        for c in costs
    ]


if __name__ == "__main__":
    print("\n".join(table()))

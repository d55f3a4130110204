"""What late answers cost, from the simulation in virtual time: `python -m harness.late_costs` prints the table of
operations.md.
"""

from typing import Final

from harness.virtual_platform import LATE, Platform, text

GIGABYTE_SECOND: Final = 0.0000166667
MEMORY: Final = 0.5
LAMBDA_REQUEST, API_REQUEST = 0.20e-6, 1.00e-6
WRITE, READ = 0.625e-6, 0.125e-6
"""List prices in us-east-1, 2026, in dollars."""
TAPS_AFTER: Final = 5.0
"""Seconds after the late text at which a follower taps."""
CONCURRENCY: Final = 1000
SECONDS: Final = (2, 8, 20, 30, 60, 300)


def measure(seconds: int) -> str:
    """The row of a message whose responder takes that many seconds, with the fetches of its follower."""
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
    dollars += store.writes * WRITE + store.reads * READ
    calls, most = store.reads + store.writes, CONCURRENCY / held
    return f"| {seconds} s | {requests} | {held:.0f} | {calls} | ${dollars * 1000:.2f} | {most:.0f} |"


def table() -> list[str]:
    """The rows of the table, in Markdown: seconds, requests, executions at one message a second, calls, dollars per
    thousand, and the messages a second at which an AWS account's default concurrency is used up.
    """
    return [measure(seconds) for seconds in SECONDS]


if __name__ == "__main__":
    print("\n".join(table()))

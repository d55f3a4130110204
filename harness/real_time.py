"""Late answers in real time: the platform, a function of real processes, and a table behind a bad network.

`python -m harness.real_time 500` sends that many messages, whose answers take from a tenth of a second to a minute,
once with a healthy table and once with one that fails every seventh call, and then the table of single faults; it
counts what followers saw, what ran how often, and what it asked of the table.
"""

import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import product
from typing import Final

import boto3

from harness.dynamodb import TABLE, create_table, serve_dynalite
from harness.fault_proxy import Asked, FaultProxy
from harness.lambda_processes import Function
from harness.real_platform import FAULT, TEXTS, Platform, Sent
from harness.servers import serve
from wechat_sim.platform import sample

_CREDENTIALS: Final = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}


@contextmanager
def stage(dynalite: str, *, warm: int, timeout: float = 70) -> Iterator[tuple[Platform, FaultProxy]]:
    """A platform, and the network between its function and an empty table, which loses what was silent for seconds."""
    proxy = FaultProxy(dynalite, latency=lambda: random.uniform(0.002, 0.01), forgets_after=3)
    settings = {"WECHAT_ACCOUNT": sample.ACCOUNT_JSON, "WECHAT_MAX_AGE_SECONDS": "0", "DEDUP_TABLE": TABLE}
    environ = os.environ | _CREDENTIALS | settings | {"AWS_ENDPOINT_URL_DYNAMODB": proxy.url}
    with serve(proxy), closing(Function(environ, timeout=timeout, warm=warm)) as function:
        yield Platform(function), proxy


def tell(sent: list[Sent], platform: Platform, proxy: FaultProxy) -> Counter[str]:
    """Count what came of the messages."""
    counts: Counter[str] = Counter(messages=len(sent))
    runs = Counter(platform.function.runs)
    for each in sent:
        counts["shown"] += bool(each.shown)
        counts["shown twice"] += each.shown > 1
        counts["fault lines"] += each.seen.count(FAULT)
        counts["late texts"] += each.seen.count(TEXTS.late)
        counts["told to ask again"] += TEXTS.ask_again in each.seen
        counts["in silence"] += not (each.shown or TEXTS.ask_again in each.seen or FAULT in each.seen)
        counts["double runs"] += runs[str(each.number)] > 1
    counts["calls"] = sum(proxy.kinds.values())
    counts["executions at once"] = platform.function.most
    return +counts


def ask_all(platform: Platform, seconds: list[float], *, at_once: int) -> list[Sent]:
    """Send messages whose answers take so many seconds, some at once."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(platform.ask, range(len(seconds)), seconds))


def fail_some(rate: float) -> Callable[[Asked], str]:
    """A fault of any kind, at a rate."""
    draw = random.Random(1)
    kinds = ("reset before", "reset after", "throttle", "error", "hang")
    return lambda asked: draw.choice(kinds) if draw.random() < rate else ""


ONE_FAULT: Final = list(
    product(("reset before", "reset after", "throttle", "hang"), ("claim 1", "claim 2", "claim 3", "keep"))
)
"""How a call fails, and which."""


def fail_one(platform: Platform, cases: list[tuple[str, str]]) -> Callable[[Asked], str]:
    """One fault for each message, by its number; each message's call fails once."""
    by_key = {platform.key_of(number): case for number, case in enumerate(cases)}

    def fault(asked: Asked) -> str:
        how, call = by_key.get(asked.key, ("", ""))
        return how if call in (f"{asked.kind} {asked.number}", asked.kind if asked.number == 1 else "") else ""

    return fault


def _main(count: int) -> None:
    draw = random.Random(count)
    seconds = [draw.choice([draw.uniform(0.1, 4), draw.uniform(4, 14), draw.uniform(10, 60)]) for _ in range(count)]
    cases = [case for case in ONE_FAULT for _ in range(8)]
    waits = [seconds for _ in ONE_FAULT for seconds in (6, 9, 11, 13.2) * 2]
    with serve_dynalite() as dynalite:
        os.environ.update(_CREDENTIALS)
        create_table(boto3.client("dynamodb", endpoint_url=dynalite, region_name="us-east-1"))
        with stage(dynalite, warm=48) as (platform, proxy):
            print("healthy:", dict(tell(ask_all(platform, seconds, at_once=8), platform, proxy)))
        with stage(dynalite, warm=48) as (platform, proxy):
            proxy.fault = fail_some(0.15)
            print("15 % of all calls fail:", dict(tell(ask_all(platform, seconds, at_once=8), platform, proxy)))
        with stage(dynalite, warm=48) as (platform, proxy):
            proxy.fault = fail_one(platform, cases)
            sent = ask_all(platform, [float(wait) for wait in waits], at_once=16)
            print("one call of each message fails:", dict(tell(sent, platform, proxy)))


if __name__ == "__main__":
    _main(int(sys.argv[1]))

"""Late answers in real time: the platform, a function of real processes, and a table behind a bad network.

`python -m harness.real_time 500` sends that many messages, whose answers take from a tenth of a second to a minute,
once with a healthy table and once with one that fails every seventh call, and then the table of single faults; it
counts what followers saw, what ran how often, and what it asked of the table.
"""

import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import product
from secrets import token_hex
from typing import Any, Final

import boto3

from harness.fault_proxy import Asked, FaultProxy
from harness.lambda_processes import Function
from tests.aws.conftest import TABLE, create_table, serve_dynalite
from tests.wechat import fields, proxy_event, query
from wechat_aws.late_texts import read_texts
from wechat_core.messages import TextMessage

LISTENS: Final = 5.0
TEXTS: Final = read_texts({})
FAULT: Final = "fault line"
_CREDENTIALS: Final = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}


class Sent:
    """A message, and what its follower saw: when, after so many seconds, and what."""

    def __init__(self, number: int, seconds: float) -> None:
        self.number, self.seconds = number, seconds
        self.began = time.time()
        self.seen: list[tuple[float, str]] = []

    @property
    def answer(self) -> str:
        """What is to be shown once."""
        return f"re {self.number}"

    @property
    def shown(self) -> list[float]:
        """When it was shown."""
        return [when for when, what in self.seen if what == self.answer]

    def has_seen(self, text: str) -> bool:
        """Whether the follower saw a text."""
        return any(what == text for _, what in self.seen)


class Platform:
    """Delivers messages of followers, each of whom waits for one answer."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self._account = f"gh_{token_hex(6)}"  # a table is shared by what was sent before
        self._fetches = 10**6
        self._lock = threading.Lock()

    def ask(self, number: int, seconds: float, crash_after: float | None = None) -> Sent:
        """Send a message, and fetch its answer while it is late."""
        sent = Sent(number, seconds)
        what = self._send(sent, number, f"take {seconds}", crash_after)
        for _ in range(20):
            if what != TEXTS.late:
                break
            time.sleep(random.uniform(0.5, 2))
            what = self._send(sent, self._fetch_number(), TEXTS.word)
        return sent

    def fetch(self, sent: Sent) -> str:
        """Fetch once more; what is seen."""
        return self._send(sent, self._fetch_number(), TEXTS.word)

    def key_of(self, number: int) -> str:
        """The key of a message's record."""
        return TextMessage(to_user_name=self._account, from_user_name=f"o{number}", msg_id=str(number)).key

    def _fetch_number(self) -> int:
        with self._lock:
            self._fetches += 1
            return self._fetches

    def _send(self, sent: Sent, msg_id: int, content: str, crash_after: float | None = None) -> str:
        created = int(time.time())
        what = FAULT
        for delivery in (1, 2, 3):
            answer = self._deliver(sent, msg_id, content, created, crash_after if delivery == 1 else None)
            if answer is not None:
                what = answer
                break
        sent.seen.append((round(time.time() - sent.began, 2), what))
        return what

    def _deliver(self, sent: Sent, msg_id: int, content: str, created: int, crash_after: float | None) -> str | None:
        body = (
            f"<xml><ToUserName>{self._account}</ToUserName><FromUserName>o{sent.number}</FromUserName>"
            f"<CreateTime>{created}</CreateTime><MsgType>text</MsgType><Content>{content}</Content>"
            f"<MsgId>{msg_id}</MsgId></xml>"
        )
        event = proxy_event("POST", query(timestamp=str(created)), body.encode())
        event["requestContext"]["timeEpoch"] = int(time.time() * 1000)
        answered: list[dict[str, Any] | None] = []
        done = threading.Event()

        def invoke() -> None:
            answered.append(self.function.invoke(event, crash_after))
            done.set()

        threading.Thread(target=invoke, daemon=True).start()
        if not done.wait(LISTENS) or answered[0] is None:
            return None
        assert answered[0]["statusCode"] == 200
        return "" if answered[0]["body"] == "success" else fields(answered[0]["body"])["Content"]


@contextmanager
def stage(dynalite: str, *, warm: int, timeout: float = 70) -> Iterator[tuple[Platform, FaultProxy]]:
    """A platform, and the network between its function and an empty table, which loses what was silent for seconds."""
    proxy = FaultProxy(dynalite, latency=lambda: random.uniform(0.002, 0.01), forgets_after=3)
    settings = {"WECHAT_ACCOUNT": '{"token": "SampleToken"}', "WECHAT_MAX_AGE_SECONDS": "0", "DEDUP_TABLE": TABLE}
    environ = os.environ | _CREDENTIALS | settings | {"AWS_ENDPOINT_URL_DYNAMODB": proxy.url}
    function = Function(environ, timeout=timeout, warm=warm)
    try:
        yield Platform(function), proxy
    finally:
        function.close()
        proxy.close()


def tell(sent: list[Sent], platform: Platform, proxy: FaultProxy) -> Counter[str]:
    """Count what came of the messages."""
    counts: Counter[str] = Counter(messages=len(sent))
    runs = Counter(msg_id for msg_id, _, _ in platform.function.runs)
    for each in sent:
        counts["shown"] += bool(each.shown)
        counts["shown twice"] += len(each.shown) > 1
        counts["fault lines"] += sum(what == FAULT for _, what in each.seen)
        counts["late texts"] += sum(what == TEXTS.late for _, what in each.seen)
        counts["told to ask again"] += each.has_seen(TEXTS.ask_again)
        counts["in silence"] += not (each.shown or each.has_seen(TEXTS.ask_again) or each.has_seen(FAULT))
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

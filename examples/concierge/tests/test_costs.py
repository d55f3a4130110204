"""What a question costs on AWS: counted in virtual time, and as the document says."""

import re
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any, Final

import pytest

from examples.concierge.concierge.answers import answer_by, with_memory
from examples.concierge.concierge.memory import Memory
from examples.concierge.concierge.pictures import fetch_picture
from examples.concierge.tests.documents import PAGES
from harness.virtual_platform import LATE, NOW, Platform, text
from harness.virtual_time import Process
from wechat_aws.dedup_store import Change, Item, MemoryStore
from wechat_core import Message, Reply, TextReply

GIGABYTES: Final = 0.5
PRICES: Final = {  # US dollars of us-east-1, for one each
    "Lambda": 0.0000166667,  # a gigabyte for a second
    "requests": 0.20e-6 + 1.00e-6,  # of Lambda and of an HTTP API
    "writes": 0.625e-6,
    "reads": 0.125e-6,
    "logs": 0.50 / 1e9,  # a byte
}
LOGGED: Final = 1500
"""Bytes of a request's log."""
QUESTION: Final = "周五下午还营业吗？"
ANSWER: Final = "这是一个大约三百字的回答。" * 23
EARLIER: Final = 7
"""Questions before, so many that the memory is full."""


class Counting(MemoryStore):
    """Counts what a table would charge for: a read of up to 4 KB, a write of up to 1 KB."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = self.writes = 0

    def read(self, key: str, *, timeout: float) -> Item | None:
        item = super().read(key, timeout=timeout)
        self.reads += max(1, ceil(_size(item) / 4096))
        return item

    def update(self, key: str, change: Change, *, timeout: float) -> Item | None:
        before = _size(super().read(key, timeout=timeout))
        item = super().update(key, change, timeout=timeout)
        self.writes += max(1, ceil(max(before, _size(item)) / 1024))
        return item


class Account(Platform):
    """The platform, and the example behind it, whose model takes so many seconds once the clock says so."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.table = self.store.store = Counting()
        self.invocations: list[float] = []
        answer = answer_by(partial(self._model, seconds), fetch=fetch_picture, allows=lambda _: True)
        self._concierge = with_memory(answer, Memory(self.store, clock=self.world.clock))

    def _model(self, seconds: float, *_: object) -> str:
        self.world.sleep(seconds if self.world.now >= NOW else 0.1)
        return ANSWER

    def _respond(self, message: Message) -> Reply:
        return self._concierge(message)

    def _function(self, *args: Any) -> None:
        started = self.world.now
        super()._function(*args)
        self.invocations.append(self.world.now - started)

    def ask(self) -> Reply | str:
        """Ask a question in the midst of a conversation, and tap until the answer is there."""
        for number in range(EARLIER):
            self.send(text(number, QUESTION, at=self.world.now))
        self.world.sleep(NOW - self.world.now)
        self.table.reads = self.table.writes = 0
        self.invocations.clear()
        shown = self.send(text(100, QUESTION, at=NOW))
        while shown == LATE:
            self.world.sleep(1)
            shown = self.send(text(101 + len(self.invocations), "继续", at=self.world.now))
        return shown

    @property
    def dollars(self) -> dict[str, float]:
        """What a thousand such questions cost."""
        times = len(self.invocations)
        table = self.table.reads * PRICES["reads"] + self.table.writes * PRICES["writes"]
        each = {
            "Lambda": sum(self.invocations) * GIGABYTES * PRICES["Lambda"],
            "requests": times * PRICES["requests"] + times * LOGGED * PRICES["logs"],
            "table": table,
        }
        each["together"] = sum(each.values())
        return {name: 1000 * dollars for name, dollars in each.items()}


def asked(seconds: float) -> Account:
    """What has happened once such a question is answered."""
    account, shown = Account(seconds), []
    account.world.now = NOW - 600
    account.world.start(lambda: shown.append(account.ask()), Process())
    account.world.run()
    assert shown == [TextReply(ANSWER)]
    return account


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_document_says_what_a_question_costs(page: Path) -> None:
    """Line by line, for models of three speeds: within a tenth, so that a call more or less is no matter."""
    text = page.read_text("utf-8")
    rows = re.findall(r"^\| .* \| \$([\d.]+) \| \$([\d.]+) \| \$([\d.]+) \|$", text, re.MULTILINE)
    costs = [asked(seconds).dollars for seconds in (3, 10, 25)]
    counted = [[one[name] for one in costs] for name in costs[0]]
    assert [[float(dollars) for dollars in row] for row in rows] == [
        pytest.approx(row, rel=0.1, abs=0.0005) for row in counted
    ], counted


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_small_account_pays_for_the_model_alone(page: Path) -> None:
    """So many slow answers are within the gigabyte-seconds that are free every month, rounded down."""
    free = int(400_000 / (sum(asked(25).invocations) * GIGABYTES))
    assert f"{free // 1000 * 1000:,}" in page.read_text("utf-8")


def _size(item: Item | None) -> int:
    """Bytes of an item, with its key and about what its names take."""
    return 64 + sum(len(name) + len(str(value).encode()) for name, value in (item or {}).items())

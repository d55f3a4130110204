"""The memory in the project's table, as two others understand DynamoDB."""

from typing import Any

import pytest

from examples.concierge.concierge.answers import CLEARED, answer_by, with_memory
from examples.concierge.concierge.conversation import conversation_key
from examples.concierge.concierge.memory import Memory
from examples.concierge.concierge.pictures import fetch_picture
from examples.concierge.tests.followers import ACCOUNT, ROBIN, XIAOLIN, Clock, Parrot, text
from harness.dynamodb import TABLE
from tests.aws.conftest import (  # noqa: F401  (fixtures)
    credentials,
    dynalite,
    dynalite_table,
    moto,
    moto_server,
    moto_table,
    store_of,
)
from wechat_aws.dedup_store import Change, Item
from wechat_core import Responder, TextReply

pytestmark = pytest.mark.enable_socket


class Patient:
    """The table's store, but for how long it is waited for: a machine that tests may be slower than DynamoDB is."""

    def __init__(self) -> None:
        self._store = store_of()

    def read(self, key: str, *, timeout: float) -> Item | None:
        """The item, in half a minute."""
        return self._store.read(key, timeout=max(timeout, 30))

    def update(self, key: str, change: Change, *, timeout: float) -> Item | None:
        """What the item is then, in half a minute."""
        return self._store.update(key, change, timeout=max(timeout, 30))


class Chat:
    """A model whose memory is a table; each message is answered by another process."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.store = Patient()
        self.model, self.clock = Parrot(), Clock()

    def respond(self) -> Responder:
        answer = answer_by(self.model, fetch=fetch_picture, allows=lambda _: True)
        return with_memory(answer, Memory(self.store, clock=self.clock))

    def say(self, content: str, follower: str = ROBIN) -> str:
        """What a new message is answered."""
        reply = self.respond()(text(content, follower))
        assert isinstance(reply, TextReply)
        return reply.content

    def fill(self, count: int) -> None:
        """Keep so many old turns of the first follower's, by writes of 65."""
        for first in range(0, count, 65):
            turns = {f"turn_{number:016}": '[1, "旧", "旧"]' for number in range(first, first + 65)}
            self.store.update(conversation_key(ACCOUNT, ROBIN), Change(put=turns), timeout=5)

    def items(self) -> list[dict[str, Any]]:
        """All that the table holds."""
        items: list[dict[str, Any]] = self.client.scan(TableName=TABLE)["Items"]
        return items


@pytest.fixture(params=["moto_table", "dynalite_table"])
def chat(request: pytest.FixtureRequest) -> Chat:
    """One in an empty table."""
    return Chat(request.getfixturevalue(request.param))


def test_a_conversation_is_kept_in_the_table(chat: Chat) -> None:
    """From one process to the next, one item for each follower, which expires, and names nobody."""
    chat.say("我叫小林")
    chat.say("我叫罗宾", XIAOLIN)
    chat.say("我叫什么？")
    assert chat.model.known == [("我叫小林", "我叫小林（0）")]
    items = chat.items()
    assert len(items) == 2
    assert all(int(item["expires_at"]["N"]) == int(chat.clock.now + 5400) for item in items)
    assert ROBIN not in str(items)
    assert ACCOUNT not in str(items)


def test_a_conversation_of_many_turns_stays_small(chat: Chat) -> None:
    """Each write takes away what no longer counts, within what DynamoDB reads of an expression."""
    for number in range(24):
        chat.say(str(number))
    assert [question for question, _ in chat.model.known] == [str(number) for number in range(3, 23)]
    (item,) = chat.items()
    assert len([name for name in item if name.startswith("turn_")]) == 21


def test_a_follower_is_forgotten_however_much_was_said(chat: Chat) -> None:
    """Also where more turns have gathered than one write can take away."""
    chat.say("一")
    chat.fill(260)
    assert chat.say("清空") == CLEARED.content
    (item,) = chat.items()
    assert set(item) == {"id", "expires_at"}


def test_what_is_outdated_goes_a_hundred_at_a_time(chat: Chat) -> None:
    """So the next turn is always written."""
    chat.say("一")
    chat.fill(195)
    for _ in range(3):
        chat.say("二")
    (item,) = chat.items()
    assert len([name for name in item if name.startswith("turn_")]) == 4

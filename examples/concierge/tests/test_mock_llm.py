"""The example against an OpenAI-compatible server that others wrote."""

import pytest

from examples.concierge.concierge.answers import APOLOGY, answer_by, with_apology, with_memory
from examples.concierge.concierge.chat_completions import ChatCompletions
from examples.concierge.concierge.desk import with_desk
from examples.concierge.concierge.memory import Memory
from examples.concierge.concierge.model import Picture, Question
from examples.concierge.concierge.pictures import fetch_picture
from examples.concierge.tests.followers import Clock, text
from examples.concierge.tests.providers import KEY, MODEL
from wechat_aws.dedup_store import MemoryStore
from wechat_core import Responder, TextReply

pytestmark = pytest.mark.enable_socket


def model(url: str, key: str = KEY) -> ChatCompletions:
    """A model of that server."""
    return ChatCompletions(url, MODEL, key=lambda: key, instructions="简短", sleep=lambda _: None)


def concierge(url: str, key: str = KEY) -> Responder:
    """The example, wired as it wires itself."""
    answer = answer_by(model(url, key), fetch=fetch_picture, allows=lambda _: True)
    return with_desk(with_apology(with_memory(answer, Memory(MemoryStore(), clock=Clock()))))


def test_a_question_is_answered(mock_llm: str) -> None:
    """In plain text."""
    assert concierge(mock_llm)(text("你好")) == TextReply("你好，是吗？")


def test_the_second_question_knows_the_first(mock_llm: str) -> None:
    """As the server reads the request: the first question stands where the interface puts it."""
    respond = concierge(mock_llm)
    respond(text("我叫小林"))
    expected = '【名字】\n\n你叫小林，见<a href="https://example.com/xiaolin">百科</a>：\n\n• 姓：林\n• 名：小'
    assert respond(text("我叫什么？")) == TextReply(expected)


def test_a_picture_arrives(mock_llm: str) -> None:
    """As the server reads it."""
    question = Question("?", Picture("png", b"\x89PNG"))
    assert model(mock_llm)(question, ()) == "data:image/png;base64,iVBORw=="


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("慢", "status 429, rate_limit_exceeded"),
        ("空", "empty answer"),
        ("禁", "refused by the provider"),
    ],
)
def test_a_fault_is_apologized_for(mock_llm: str, asked: str, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    """The follower is told, and the log why."""
    assert concierge(mock_llm)(text(asked)) == TextReply(APOLOGY)
    assert caplog.messages == [f"no answer: {reason}"]


def test_another_key_is_refused(mock_llm: str, caplog: pytest.LogCaptureFixture) -> None:
    """By the server, and the log does not show it."""
    assert concierge(mock_llm, key="sk-other")(text("你好")) == TextReply(APOLOGY)
    assert caplog.messages == ["no answer: status 401, invalid_api_key"]

"""What surrounds a model: the moderation's hook, the label, the apology, and what the follower sees."""

import pytest

from examples.concierge.concierge.answers import APOLOGY, answer_by, with_apology, with_memory
from examples.concierge.concierge.memory import Memory
from examples.concierge.concierge.model import Hook, Model, NoAnswer
from examples.concierge.concierge.pictures import CANNOT_SEE, LONGEST, TOO_LONG, fetch_picture
from examples.concierge.tests.followers import Clock, Parrot, text
from wechat_aws.dedup_store import MemoryStore
from wechat_core import ImageMessage, Responder, TextReply


def responder(model: Model, allows: Hook = lambda _: True, label: str = "") -> Responder:
    """All that stands behind the desk."""
    memory = Memory(MemoryStore(), clock=Clock())
    return with_apology(with_memory(answer_by(model, fetch=fetch_picture, allows=allows), memory, label=label))


def test_the_hook_sees_each_question_and_each_answer() -> None:
    """The question before the model does, the answer as the follower would."""
    seen: list[str] = []
    responder(Parrot(), allows=lambda shown: not seen.append(shown))(text("你好"))  # type: ignore[func-returns-value]
    assert seen == ["你好", "你好（0）"]


@pytest.mark.parametrize(
    ("refused", "asked", "reason"),
    [("你好", 0, "the question is not allowed"), ("你好（0）", 1, "the answer is not allowed")],
)
def test_what_the_hook_refuses_is_not_shown(
    refused: str, asked: int, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A question it refuses reaches no model; the log has no text."""
    model = Parrot()
    assert responder(model, allows=lambda shown: shown != refused)(text("你好")) == TextReply(APOLOGY)
    assert len(model.asked) == asked
    assert caplog.messages == [f"no answer: {reason}"]


def test_the_hook_may_apologize_itself() -> None:
    """In words of its own."""

    def allows(_: str) -> bool:
        raise NoAnswer("flagged", "我们换个话题吧。")

    assert responder(Parrot(), allows=allows)(text("你好")) == TextReply("我们换个话题吧。")


def test_each_answer_ends_with_the_label() -> None:
    """And the model is not shown it as if it were its own words."""
    model = Parrot()
    respond = responder(model, label="\n（AI）")
    assert respond(text("你好")) == TextReply("你好（0）\n（AI）")
    assert respond(text("?")) == TextReply("?（1）\n（AI）")
    assert model.known == [("你好", "你好（0）")]


def test_an_answer_of_markup_alone_is_empty() -> None:
    """Nothing of it would be shown, and WeChat takes no empty text."""
    assert responder(lambda *_: "```\n```")(text("你好")) == TextReply(APOLOGY)


def test_a_picture_that_cannot_be_opened_is_apologized_for(caplog: pytest.LogCaptureFixture) -> None:
    """In words of its own; its address is in no log."""
    message = ImageMessage(to_user_name="gh_1", from_user_name="o1", msg_id="1", pic_url="http://evil.example/x")
    assert responder(Parrot())(message) == TextReply(CANNOT_SEE)
    assert caplog.messages == ["no answer: the picture is on no host of the platform's"]


def test_a_text_of_any_length_costs_no_model(caplog: pytest.LogCaptureFixture) -> None:
    """A megabyte reaches neither the hook nor the model nor the memory; the follower is told how to ask."""
    model, seen = Parrot(), list[str]()
    respond = responder(model, allows=lambda shown: not seen.append(shown))  # type: ignore[func-returns-value]
    assert respond(text("长" * (1 << 20))) == TextReply(TOO_LONG)
    assert (model.asked, seen) == ([], [])
    assert caplog.messages == [f"no answer: the question is over {LONGEST} bytes"]
    respond(text("?"))
    assert model.known == []

"""The examples, against stubs that check each call by the service's own model."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from examples.bedrock_concierge import APOLOGY, INSTRUCTIONS, MOST_TOKENS, bedrock, concierge
from wechat_core.message import Message
from wechat_core.messages import ImageMessage, TextMessage
from wechat_core.replies import NoReply, TextReply

QUESTION = TextMessage(to_user_name="gh_1", from_user_name="o1", msg_id="1", content="几点关门？")


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """A model that says what a test puts there."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    client: Any = boto3.client("bedrock-runtime")
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()
    client.close()


def says(stub: Stubber, *content: dict[str, Any]) -> None:
    """Expect the question, and answer it."""
    asked = {
        "modelId": "a-model",
        "system": [{"text": INSTRUCTIONS}],
        "messages": [{"role": "user", "content": [{"text": "几点关门？"}]}],
        "inferenceConfig": {"maxTokens": MOST_TOKENS},
    }
    answer = {
        "output": {"message": {"role": "assistant", "content": list(content)}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        "metrics": {"latencyMs": 1},
    }
    stub.add_response("converse", answer, asked)


def test_a_text_is_answered_by_the_model(stub: Stubber) -> None:
    """The model gets the follower's words, the follower the model's."""
    says(stub, {"text": "晚上九点。"})
    assert concierge(model="a-model", connect=lambda: stub.client)(QUESTION) == TextReply("晚上九点。")


def test_reasoning_is_not_shown(stub: Stubber) -> None:
    """Of what the model says, the text alone is for the follower."""
    says(stub, {"reasoningContent": {"reasoningText": {"text": "Hm."}}}, {"text": "九点"}, {"text": "。"})
    assert concierge(model="a-model", connect=lambda: stub.client)(QUESTION) == TextReply("九点。")


def test_a_model_that_says_nothing_is_apologized_for(stub: Stubber) -> None:
    """An empty reply could not be sent."""
    says(stub, {"text": " "})
    assert concierge(model="a-model", connect=lambda: stub.client)(QUESTION) == TextReply(APOLOGY)


def test_a_model_that_fails_is_apologized_for(stub: Stubber, caplog: pytest.LogCaptureFixture) -> None:
    """Throttled, say: the follower is told, and so is the log, without the question."""
    stub.add_client_error("converse", "ThrottlingException", QUESTION.content)
    assert concierge(model="a-model", connect=lambda: stub.client)(QUESTION) == TextReply(APOLOGY)
    assert caplog.messages == ["the model a-model gives no answer (ThrottlingException)"]


def test_a_model_that_is_too_slow_is_apologized_for(caplog: pytest.LogCaptureFixture) -> None:
    """So is what the client gives up."""

    class Slow:
        def converse(self, **_: object) -> None:
            raise ReadTimeoutError(endpoint_url="")

    assert concierge(connect=Slow)(QUESTION) == TextReply(APOLOGY)
    assert "ReadTimeoutError" in caplog.text


@pytest.mark.parametrize("message", [QUESTION.replace(content=" "), ImageMessage(media_id="1"), Message()])
def test_nothing_else_is_answered(stub: Stubber, message: Message) -> None:
    """A message without words, of whatever kind, does not reach the model."""
    assert concierge(connect=lambda: stub.client)(message) == NoReply()


def test_the_client_gives_up_in_time(stub: Stubber) -> None:
    """Its only attempt ends before the function's fourteen seconds do, so that the follower can be told."""
    client = bedrock()
    config = client.meta.config
    assert config.connect_timeout + config.read_timeout < 14
    assert config.retries["total_max_attempts"] == 1
    client.close()

"""A model on Bedrock, against stubs that check each call by the service's own description of it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from examples.concierge.concierge.bedrock import Bedrock, bedrock_client
from examples.concierge.concierge.model import NoAnswer, Picture, Question, Turn

QUESTION = Question("几点关门？")


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


def bedrock(stub: Stubber, **options: Any) -> Bedrock:
    """A model of that client."""
    return Bedrock("a-model", instructions="简短", connect=lambda _: stub.client, **options)


def says(stub: Stubber, *content: dict[str, Any], stop: str = "end_turn", **asked: Any) -> None:
    """Expect a question, and answer it."""
    asked = {
        "modelId": "a-model",
        "system": [{"text": "简短"}],
        "messages": [{"role": "user", "content": [{"text": QUESTION.text}]}],
        **asked,
    }
    answer = {
        "output": {"message": {"role": "assistant", "content": list(content)}},
        "stopReason": stop,
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        "metrics": {"latencyMs": 1},
    }
    stub.add_response("converse", answer, asked)


def test_a_question_is_answered_by_the_model(stub: Stubber) -> None:
    """Of what it says the text alone, in one piece: reasoning is not shown."""
    says(stub, {"reasoningContent": {"reasoningText": {"text": "Hm."}}}, {"text": "九点"}, {"text": "。"})
    assert bedrock(stub)(QUESTION, ()) == "九点。"


def test_turns_picture_options_and_guardrail_go_along(stub: Stubber) -> None:
    """As the service describes them."""
    messages = [
        {"role": "user", "content": [{"text": "你好"}]},
        {"role": "assistant", "content": [{"text": "你好！"}]},
        {"role": "user", "content": [{"text": "?"}, {"image": {"format": "png", "source": {"bytes": b"..."}}}]},
    ]
    guardrail = {"guardrailIdentifier": "g1", "guardrailVersion": "2"}
    says(stub, {"text": "好"}, messages=messages, inferenceConfig={"maxTokens": 9}, guardrailConfig=guardrail)
    model = bedrock(stub, options={"maxTokens": 9}, guardrail=("g1", "2"))
    assert model(Question("?", Picture("png", b"...")), (Turn("1", 0, "你好", "你好！"),)) == "好"


@pytest.mark.parametrize(
    ("text", "stop", "reason"),
    [
        ("抱歉", "guardrail_intervened", "refused by the provider"),
        ("抱歉", "content_filtered", "refused by the provider"),
        (" ", "end_turn", "empty answer"),
    ],
)
def test_what_is_no_answer_has_its_reason(stub: Stubber, text: str, stop: str, reason: str) -> None:
    """A guardrail's own sentence is no answer either: the follower gets the apology."""
    says(stub, {"text": text}, stop=stop)
    with pytest.raises(NoAnswer, match=reason):
        bedrock(stub)(QUESTION, ())


def test_what_the_service_refuses_is_not_quoted(stub: Stubber) -> None:
    """Its code is for the log, its text is not: that may hold the question."""
    stub.add_client_error("converse", "ThrottlingException", QUESTION.text)
    with pytest.raises(NoAnswer) as caught:
        bedrock(stub)(QUESTION, ())
    assert (caught.value.reason, caught.value.__cause__) == ("Bedrock refuses (ThrottlingException)", None)


def test_a_model_that_is_too_slow_is_given_up() -> None:
    """So is one that cannot be reached."""

    class Slow:
        def converse(self, **_: object) -> None:
            raise ReadTimeoutError(endpoint_url="")

    with pytest.raises(NoAnswer, match=r"^Bedrock cannot be had \(ReadTimeoutError\)$"):
        Bedrock("m", instructions="", connect=lambda _: Slow())(QUESTION, ())


def test_the_client_is_made_once_and_gives_up_in_time(stub: Stubber) -> None:
    """At the first question, and both of its attempts fit into the time for an answer."""
    made: list[float] = []

    def connect(seconds: float) -> Any:
        made.append(seconds)
        return stub.client

    model = Bedrock("a-model", instructions="简短", seconds=30, connect=connect)
    assert made == []
    for _ in range(2):
        says(stub, {"text": "好"})
        model(QUESTION, ())
    assert made == [30]
    client = bedrock_client(30)
    config = client.meta.config
    assert config.retries["total_max_attempts"] * (config.connect_timeout + config.read_timeout) <= 30
    client.close()

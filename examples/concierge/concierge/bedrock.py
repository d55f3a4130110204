"""A model on Amazon Bedrock. Its key is the function's role, which needs `bedrock:InvokeModel` for it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from .model import NoAnswer, Question, Turns

_REFUSALS: Final = ("guardrail_intervened", "content_filtered")


class Bedrock:
    """A model by its id, or by that of an inference profile.

    Args:
        instructions: what the model is told before every conversation.
        guardrail: the id and version of a guardrail, which examines questions and answers.
        options: how it answers, such as `{"maxTokens": 800}`.
        seconds: for an answer, a second attempt included.
        connect: makes the client, for so many seconds; used at the first question, for the SDK is expensive.
    """

    def __init__(
        self,
        model: str,
        *,
        instructions: str,
        guardrail: tuple[str, str] | None = None,
        options: dict[str, Any] | None = None,
        seconds: float = 50,
        connect: Callable[[float], Any] | None = None,
    ) -> None:
        self._fixed: dict[str, Any] = {"modelId": model, "system": [{"text": instructions}]}
        if options:
            self._fixed["inferenceConfig"] = options
        if guardrail:
            names = ("guardrailIdentifier", "guardrailVersion")
            self._fixed["guardrailConfig"] = dict(zip(names, guardrail, strict=True))
        self._seconds = seconds
        self._connect = connect or bedrock_client

    @cached_property
    def _client(self) -> Any:
        return self._connect(self._seconds)

    def __call__(self, question: Question, turns: Turns) -> str:
        """The answer. Raises NoAnswer."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client.converse(**self._fixed, messages=_messages(question, turns))
        except ClientError as error:  # its text may quote the question
            raise NoAnswer(f"Bedrock refuses ({error.response['Error']['Code']})") from None
        except BotoCoreError as error:
            raise NoAnswer(f"Bedrock cannot be had ({type(error).__name__})") from None
        if answer["stopReason"] in _REFUSALS:
            raise NoAnswer("refused by the provider")
        blocks = answer["output"]["message"]["content"]  # besides text, there may be reasoning
        text = "".join(block.get("text", "") for block in blocks).strip()
        if not text:
            raise NoAnswer("empty answer")
        return text


def bedrock_client(seconds: float) -> Any:
    """A client that tries twice, and gives up in time."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=2,
        read_timeout=(seconds - 4) / 2,
        retries={"total_max_attempts": 2, "mode": "standard"},
    )
    return boto3.client("bedrock-runtime", config=config)


def _messages(question: Question, turns: Turns) -> list[dict[str, Any]]:
    said = []
    for turn in turns:
        said += [_message("user", {"text": turn.question}), _message("assistant", {"text": turn.answer})]
    content: list[dict[str, Any]] = [{"text": question.text}]
    if question.picture:
        content.append({"image": {"format": question.picture.kind, "source": {"bytes": question.picture.content}}})
    return [*said, _message("user", *content)]


def _message(role: str, *content: dict[str, Any]) -> dict[str, Any]:
    return {"role": role, "content": list(content)}

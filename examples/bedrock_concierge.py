"""A responder that takes its time: a language model on Amazon Bedrock answers what followers write.

In `handler.py`:

    from bedrock_concierge import concierge

    respond = concierge()

A model takes longer than the five seconds that the platform waits, so switch de-duplication on. The function's role
needs `bedrock:InvokeModel` for the model, and the model has to be there in the function's region.
"""

import logging
from collections.abc import Callable
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from wechat_core.callback import Responder
from wechat_core.message import Message
from wechat_core.messages import TextMessage
from wechat_core.replies import NoReply, Reply, TextReply

APOLOGY: Final = "抱歉，我现在回答不了，请稍后再试。"
INSTRUCTIONS: Final = (
    "You are the concierge of this account. Answer in the language of the question, in plain text, briefly."
)
MOST_TOKENS: Final = 400
"""Of an answer; so many make about as much text as one reply holds."""


def bedrock() -> Any:
    """A client of the models, which gives up while the follower can still be told."""
    config = Config(connect_timeout=1, read_timeout=11, retries={"total_max_attempts": 1})
    return boto3.client("bedrock-runtime", config=config)


def concierge(*, model: str = "amazon.nova-lite-v1:0", connect: Callable[[], Any] = bedrock) -> Responder:
    """A responder that answers text messages by a model, and nothing else.

    Args:
        model: the id of a model or of an inference profile.
        connect: makes the client, once, at start-up.
    """
    client = connect()

    def respond(message: Message) -> Reply:
        match message:
            case TextMessage(content=question) if question.strip():
                return TextReply(_answer(client, model, question) or APOLOGY)
        return NoReply()

    return respond


def _answer(client: Any, model: str, question: str) -> str:
    """The model's answer; empty where there is none."""
    try:
        answer = client.converse(
            modelId=model,
            system=[{"text": INSTRUCTIONS}],
            messages=[{"role": "user", "content": [{"text": question}]}],
            inferenceConfig={"maxTokens": MOST_TOKENS},
        )
    except (BotoCoreError, ClientError) as error:  # its text may quote the question
        logging.getLogger(__name__).error("the model %s gives no answer (%s)", model, type(error).__name__)
        return ""
    blocks = answer["output"]["message"]["content"]  # besides text, there may be reasoning
    return "".join(block.get("text", "") for block in blocks).strip()

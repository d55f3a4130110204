"""From a message to the model's answer, and what surrounds that: each wrapper has the type of what it wraps."""

import logging
from collections.abc import Callable
from typing import Final

from wechat_core import Event, ImageMessage, Message, NoReply, Reply, Responder, TextMessage, TextReply

from .memory import Memory
from .model import Hook, Model, NoAnswer, Picture, Turns
from .pictures import read_question

APOLOGY: Final = "抱歉，我现在回答不了，请稍后再试。"
CLEARED: Final = TextReply("好的，之前的对话已清空，我们重新开始吧。")
CLEAR: Final = ("/clear", "清空")

type Answerer = Callable[[Message, Turns], tuple[str, str]]
"""The question in a message, and its answer as plain text. Raises NoAnswer."""


def answer_by(model: Model, *, fetch: Callable[[str], Picture], allows: Hook) -> Answerer:
    """Answers by a model; the hook is shown each question and each answer."""

    def answer(message: Message, turns: Turns) -> tuple[str, str]:
        from .plain_text import to_plain_text  # an expensive import, deferred until the first answer

        question = read_question(message, fetch)
        _require(allows(question.text), "the question is not allowed")
        text = to_plain_text(model(question, turns))
        _require(bool(text), "empty answer")
        _require(allows(text), "the answer is not allowed")
        return question.text, text

    return answer


def with_memory(answer: Answerer, memory: Memory, *, label: str = "") -> Responder:
    """A responder that remembers what was said; it forgets on demand, and when a follower leaves.

    Args:
        label: what ends each answer.
    """

    def respond(message: Message) -> Reply:
        match message:
            case Event():
                if leaver := _find_leaver(message):
                    memory.forget(message.to_user_name, leaver)
            case TextMessage(content=content) if content.strip().lower() in CLEAR:
                memory.forget(message.to_user_name, message.from_user_name)
                return CLEARED
            case TextMessage() | ImageMessage():
                conversation = memory.recall(message)
                question, text = answer(message, conversation.turns)
                memory.add(conversation, message, question, text)
                return TextReply(text + label)
        return NoReply()

    return respond


def with_apology(respond: Responder) -> Responder:
    """A responder that tells the follower when there is no answer, and the log why."""

    def apologize(message: Message) -> Reply:
        try:
            return respond(message)
        except NoAnswer as error:
            logging.getLogger(__name__).error("no answer: %s", error.reason)
            return TextReply(error.apology or APOLOGY)

    return apologize


def _find_leaver(event: Event) -> str:
    """The OpenID of who does not want to be known any more; empty where nobody left."""
    from wechat_core.events.authorization import UserAuthorizationCancellationEvent
    from wechat_core.events.follow import UnsubscribeEvent

    match event:
        case UnsubscribeEvent(from_user_name=follower):
            return follower
        case UserAuthorizationCancellationEvent(open_id=follower):
            return follower
    return ""


def _require(allowed: bool, reason: str) -> None:
    if not allowed:
        raise NoAnswer(reason)

"""Messages of followers, and what surrounds a model in tests."""

from itertools import count
from typing import Any

from examples.concierge.concierge.model import NoAnswer, Question, Turns
from wechat_core import TextMessage

ACCOUNT, ROBIN, XIAOLIN = "gh_account", "oRobin", "oXiaolin"
_numbers = count(1)


def text(content: str, follower: str = ROBIN, **fields: Any) -> TextMessage:
    """A new message of a follower."""
    fields = {"msg_id": str(next(_numbers)), "create_time": 1, **fields}
    return TextMessage(to_user_name=ACCOUNT, from_user_name=follower, content=content, **fields)


class Parrot:
    """A model that repeats the question, and says how many turns it knows; it keeps what it was asked.

    What is asked `答不上来` has no answer.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[Question, Turns]] = []

    def __call__(self, question: Question, turns: Turns) -> str:
        self.asked.append((question, turns))
        if question.text == "答不上来":
            raise NoAnswer("the model is tired")
        return f"**{question.text}**（{len(turns)}）"

    @property
    def known(self) -> list[tuple[str, str]]:
        """The turns that came with the last question."""
        return [(turn.question, turn.answer) for turn in self.asked[-1][1]]


class Clock:
    """Unix seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now

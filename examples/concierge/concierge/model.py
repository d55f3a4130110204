"""What a language model is here: a function from a question, and what was said before, to an answer in Markdown."""

from collections.abc import Callable

from wechat_core.values import Value


class NoAnswer(Exception):
    """There is no answer. The reason is for the log: it quotes neither question, answer nor key.

    `apology` is what the follower is told, where that is something of its own.
    """

    def __init__(self, reason: str, apology: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.apology = apology


class Picture(Value):
    """A picture; `kind` is `jpeg`, `png`, `gif` or `webp`."""

    kind: str
    content: bytes


class Question(Value):
    """What a follower asks, perhaps about a picture; `text` is never empty."""

    text: str
    picture: Picture | None = None


class Turn(Value):
    """A question and its answer as shown. `name` tells it from others, `at` is when it was answered: Unix seconds."""

    name: str
    at: float
    question: str
    answer: str


type Turns = tuple[Turn, ...]
"""Of one conversation, oldest first."""


type Model = Callable[[Question, Turns], str]
"""A language model, wherever it is: gives an answer that is not empty, or raises NoAnswer."""

type Hook = Callable[[str], bool]
"""Whether a text may be asked or shown; it may also raise NoAnswer, with an apology of its own."""

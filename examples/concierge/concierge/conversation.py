"""A conversation: the newest turns within a budget of bytes, none of them before a long silence.

It is one item of the project's own store. Each turn is an attribute of its own, so two at once are both kept, and one
message never makes two. `born` names the conversation from its first question until it is forgotten, so that an answer
which comes after that is not kept.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from wechat_core import Message
from wechat_core.values import Value

from .model import Turn, Turns

_TURN: Final = "turn_"


class Limits(Value):
    """Seconds of silence that end a conversation, and what of it a model is shown: bytes of UTF-8, and turns."""

    seconds: float = 1800
    size: int = 6000
    turns: int = 20


class Conversation(Value):
    """The turns that count, oldest first; `outdated` names the others, and without `born` it cannot grow."""

    key: str
    born: str = ""
    turns: Turns = ()
    outdated: tuple[str, ...] = ()


def conversation_key(account: str, follower: str) -> str:
    """The key of a follower's conversation; a digest, so it names nobody."""
    return sha256(repr(("conversation", account, follower)).encode("utf-8", "surrogatepass")).hexdigest()


def read_conversation(
    key: str, item: Mapping[str, object], message: Message, *, now: float, limits: Limits
) -> Conversation:
    """The conversation in an item, without what an earlier delivery of the message has added to it."""
    turns = _current(_turns(item), now, limits)
    names = {turn.name for turn in turns}
    outdated = tuple(name for name in turn_names(item) if name not in names)
    others = tuple(turn for turn in turns if turn.name != turn_name(message))
    return Conversation(key, str(item.get("born", "")), others, outdated)


def write_turn(at: float, question: str, answer: str, limits: Limits) -> str:
    """The attribute of a turn; it is cut to fit, so that the newest turn always counts."""
    half = limits.size // 2
    return json.dumps([at, _cut(question, half), _cut(answer, half)], ensure_ascii=False)


def turn_name(message: Message) -> str:
    """The name of its attribute, by the message that asked."""
    return f"{_TURN}{message.key[:16]}"


def turn_names(item: Mapping[str, object]) -> tuple[str, ...]:
    """Those of all turns in an item."""
    return tuple(name for name in item if name.startswith(_TURN))


def _turns(item: Mapping[str, object]) -> Turns:
    read = (_read_turn(name, item[name]) for name in turn_names(item))
    return tuple(sorted((turn for turn in read if turn), key=lambda turn: turn.at))


def _read_turn(name: str, text: object) -> Turn | None:
    try:
        match json.loads(str(text)):
            case [int() | float() as at, str(question), str(answer)]:
                return Turn(name, at, question, answer)
    except ValueError:
        pass
    return None  # of another version of this; it counts as outdated


def _current(turns: Turns, now: float, limits: Limits) -> Turns:
    count, size, since = 0, 0, now
    for turn in reversed(turns[-limits.turns :]):
        size += len(turn.question.encode()) + len(turn.answer.encode())
        if since - turn.at > limits.seconds or size > limits.size:
            break
        count, since = count + 1, turn.at
    return turns[len(turns) - count :]


def _cut(text: str, size: int) -> str:
    return text.encode("utf-8", "ignore")[:size].decode(errors="ignore")

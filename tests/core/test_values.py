import copy
import pickle
from typing import Any

import pytest

from wechat_core import Article, NewsReply, TextMessage, TextReply, UnknownMessage, VideoReply


def test_equal_by_content() -> None:
    """Two values of one type and content are one; another type or content is another."""
    assert TextReply("a") == TextReply(content="a")
    assert TextReply("a") != TextReply("b")
    assert TextMessage(content="a") != UnknownMessage()
    assert len({TextReply("a"), TextReply("a"), NewsReply((Article("t", "d", "p", "u"),))}) == 2
    assert hash(TextMessage(extra={"A": ("1",)})) == hash(TextMessage(extra={"A": ("1",)}))


def test_frozen() -> None:
    """Nothing can be set or deleted once a value is built."""
    reply = TextReply("a")
    with pytest.raises(AttributeError, match="content cannot be set"):
        reply.content = "b"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="content cannot be deleted"):
        del reply.content
    assert reply.replace(content="b") == TextReply("b")


@pytest.mark.parametrize("value", [TextReply("secret"), TextMessage(content="secret", from_user_name="secret")])
def test_repr_shows_no_content(value: object) -> None:
    """A value that lands in a log by accident tells its type and nothing else."""
    assert repr(value) == f"<{type(value).__name__}>"


def test_wrong_arguments_are_named_without_their_values() -> None:
    """A wrong call says what the type takes, and never repeats what it was given."""
    text: Any = TextReply
    video: Any = VideoReply
    message: Any = TextMessage
    calls: list[tuple[Any, str]] = [
        (lambda: text(), "lacks content"),
        (lambda: text("secret", "secret"), "takes content"),
        (lambda: video("a", media_id="secret"), "takes media_id, title, description"),
        (lambda: video("a", secret="secret"), "takes media_id, title, description"),
        (lambda: video(media_id="a", secret="secret", title="b"), "takes media_id, title, description"),
        (lambda: message("secret"), "takes .*content, .* by keyword"),
        (lambda: message("secret", content="secret"), "takes .*content, .* by keyword"),
    ]
    for call, named in calls:
        with pytest.raises(TypeError, match=named) as caught:
            call()
        assert "secret" not in str(caught.value)


def test_matches_by_position() -> None:
    """A value takes part in structural pattern matching like a dataclass."""
    match VideoReply("m", "t"):
        case VideoReply(media_id, title):
            assert (media_id, title) == ("m", "t")


def first_field(value: object) -> object:
    match value:
        case TextMessage(first):  # type: ignore[misc]
            return first  # type: ignore[unreachable]
    return None


def test_a_message_has_no_positions() -> None:
    """A pattern that takes a message's fields by position is an error: which of a dozen would they be?"""
    with pytest.raises(TypeError, match="0 positional"):
        first_field(TextMessage(content="hi"))


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_copies_are_equal(again: object) -> None:
    """A value survives being copied and pickled, as a store or a queue may do."""
    reply = NewsReply((Article("t", "d", "p", "u"),))
    assert callable(again)
    assert again(reply) == reply

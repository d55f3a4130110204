"""What followers and the model have said to each other, kept where de-duplication keeps its records."""

import logging
import time
from collections.abc import Callable
from secrets import token_hex
from typing import Final

from wechat_aws.dedup_store import Change, Store, StoreFailed
from wechat_core import Message

from .conversation import (
    Conversation,
    Limits,
    conversation_key,
    read_conversation,
    turn_name,
    turn_names,
    write_turn,
)

_LEFTOVER: Final = 3600  # seconds that the table keeps what is no longer read
_TIMEOUT: Final = 1.0
_PAUSES: Final = (0.5, 2.0)  # seconds, between attempts to forget
_AT_ONCE: Final = 100  # turns that one write takes away: DynamoDB reads no more than 4 KB of expression


class Memory:
    """The conversations of all followers.

    Args:
        store: keeps them. What it fails to read or to keep is logged, and done without.
        clock: Unix seconds.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], float],
        limits: Limits = Limits(),  # noqa: B008
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits
        self._sleep = sleep

    def recall(self, message: Message) -> Conversation:
        """The conversation that a message belongs to."""
        key = conversation_key(message.to_user_name, message.from_user_name)
        try:
            item = self._store.read(key, timeout=_TIMEOUT)
            if not item or "born" not in item:
                begin = Change(once={"born": token_hex(8)}, put={"expires_at": self._expiry})
                item = self._store.update(key, begin, timeout=_TIMEOUT)
            return read_conversation(key, item or {}, message, now=self._clock(), limits=self._limits)
        except StoreFailed as error:
            logging.getLogger(__name__).error("a conversation cannot be read: %s", error)
            return Conversation(key)

    def add(self, conversation: Conversation, message: Message, question: str, answer: str) -> None:
        """Add a turn, unless the conversation has it, or has been forgotten since."""
        turn = {turn_name(message): write_turn(self._clock(), question, answer, self._limits)}
        put, where = {"expires_at": self._expiry}, {"born": conversation.born}
        change = Change(once=turn, put=put, remove=conversation.outdated[:_AT_ONCE], where=where)
        try:
            if conversation.born:
                self._store.update(conversation.key, change, timeout=_TIMEOUT)
        except StoreFailed as error:
            logging.getLogger(__name__).error("a conversation cannot be kept: %s", error)

    def forget(self, account: str, follower: str) -> None:
        """Forget a follower's conversation, and what is being added to it; a store that fails is asked three times.

        Raises:
            StoreFailed: it is still there, until it expires.
        """
        key = conversation_key(account, follower)
        for pause in (*_PAUSES, None):
            try:
                self._remove(key)
                return
            except StoreFailed as error:
                if pause is None or error.lasting:
                    line = "a conversation cannot be forgotten, and expires by itself: %s"
                    logging.getLogger(__name__).error(line, error)
                    raise
                self._sleep(pause)

    def _remove(self, key: str) -> None:
        item = self._store.read(key, timeout=_TIMEOUT) or {}
        while "born" in item or turn_names(item):  # until nothing is left: between two calls, a turn may have come
            remove = Change(remove=("born", *turn_names(item)[:_AT_ONCE]))
            item = self._store.update(key, remove, timeout=_TIMEOUT) or {}

    @property
    def _expiry(self) -> int:
        return int(self._clock() + self._limits.seconds + _LEFTOVER)

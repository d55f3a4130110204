"""Calls to the store for one delivery: repeated where they fail fast, never long, with one notice of a failure."""

from collections.abc import Callable
from typing import Final

from wechat_aws.dedup_store import Change, Item, Store, StoreFailed
from wechat_aws.dedup_time import Time

ATTEMPTS: Final = 3
"""Of each call; the client below makes two of each of these."""
PAUSE: Final = 0.03


class Calls:
    """A store, as one delivery calls it. Every call can be repeated without harm.

    `longest` gives the seconds that a call may take now, for all of its attempts. `lasting` is whether the store
    has failed for good.
    """

    def __init__(self, store: Store, time: Time, longest: Callable[[], float], notice: Callable[[str], None]) -> None:
        self._store, self._time, self._longest, self._notice = store, time, longest, notice
        self._noticed = False
        self.lasting = False

    def read(self, key: str) -> Item | None:
        """The newest item, or None where there is none.

        Raises:
            StoreFailed: it cannot be read.
        """
        return self._call(lambda timeout: self._store.read(key, timeout=timeout))

    def update(self, key: str, change: Change) -> Item | None:
        """Change an item; what it is then, or None where the change's conditions do not hold.

        Raises:
            StoreFailed: it may have been changed, or not.
        """
        return self._call(lambda timeout: self._store.update(key, change, timeout=timeout))

    def _call(self, attempt: Callable[[float], Item | None]) -> Item | None:
        if self.lasting:
            raise StoreFailed("not asked again", lasting=True)
        end = self._time.clock() + self._longest()
        for more in reversed(range(ATTEMPTS)):
            try:
                return attempt(end - self._time.clock())
            except StoreFailed as error:
                self.lasting = self.lasting or error.lasting
                if self.lasting or not more or self._time.clock() + PAUSE >= end:
                    self._notice_once(str(error))
                    raise
            self._time.sleep(PAUSE)
        raise AssertionError("the last attempt returns or raises")

    def _notice_once(self, reason: str) -> None:
        if not self._noticed:
            self._noticed = True
            self._notice(reason)

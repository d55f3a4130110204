"""The account in the SSM Parameter Store, fetched at start-up and again every five minutes.

A rotation is one `put-parameter`: it is picked up without a deploy. While the parameter cannot be read, or is not an
account, the last good one is used.
"""

from collections.abc import Callable
from typing import Final

from wechat_aws.settings import InvalidSettings

FRESH_SECONDS: Final = 300
RETRY_SECONDS: Final = 30
"""Seconds before a failed refresh is tried again, so that not every request waits for a service that is down."""


class AccountStore[T]:
    """Gives the current account, or what is made of it.

    Args:
        fetch: gets it; raises InvalidSettings.
        clock: Unix seconds.
        on_failure: is given the error of a refresh that failed.

    Raises:
        InvalidSettings: the account cannot be fetched at the start.
    """

    def __init__(
        self,
        fetch: Callable[[], T],
        *,
        clock: Callable[[], float],
        on_failure: Callable[[InvalidSettings], None],
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._on_failure = on_failure
        self._account = fetch()
        self._due = clock() + FRESH_SECONDS

    def current(self) -> T:
        """The account, at most five minutes old unless refreshing it fails."""
        now = self._clock()
        if now >= self._due:
            self._due = now + RETRY_SECONDS  # set first: of requests that overlap, one refreshes
            try:
                self._account = self._fetch()
                self._due = now + FRESH_SECONDS
            except InvalidSettings as error:
                self._on_failure(error)
        return self._account

"""The account in the SSM Parameter Store, fetched at start-up and again every five minutes.

A rotation is one `put-parameter`: it is picked up without a deploy. While the parameter cannot be had, or holds no
account, the last good one is used.
"""

from collections.abc import Callable
from typing import Any, Final

from wechat_aws.settings import Account, InvalidSettings, Settings, read_account

FRESH_SECONDS: Final = 300
RETRY_SECONDS: Final = 30
"""How long a failed refresh is left alone, so that requests do not each wait for a service that is down."""


class AccountStore:
    """Gives the current account.

    Args:
        fetch: gets the account; raises InvalidSettings.
        clock: Unix seconds.
        on_failure: told of a refresh that failed.

    Raises:
        InvalidSettings: the first account cannot be had.
    """

    def __init__(
        self,
        fetch: Callable[[], Account],
        *,
        clock: Callable[[], float],
        on_failure: Callable[[InvalidSettings], None],
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._on_failure = on_failure
        self._account = fetch()
        self._due = clock() + FRESH_SECONDS

    def current(self) -> Account:
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


def open_account(
    settings: Settings,
    *,
    clock: Callable[[], float],
    on_failure: Callable[[InvalidSettings], None],
    connect: Callable[[], Callable[[str], str]],
) -> Callable[[], Account]:
    """A function that gives the current account, wherever the settings say it is.

    Raises:
        InvalidSettings: there is none.
    """
    name = settings.account
    if settings.in_place:
        account = read_account(name, "WECHAT_ACCOUNT")
        return lambda: account
    text = connect()
    source = f"the SSM parameter {name}"
    return AccountStore(lambda: read_account(text(name), source), clock=clock, on_failure=on_failure).current


def ssm_parameter() -> Callable[[str], str]:
    """A function that gets the decrypted text of a SecureString, by its name or ARN.

    It waits a second to connect and a second to read, and tries twice.

    Raises:
        InvalidSettings: there is no such parameter, or it cannot be had; the text names it and the service's reason.
    """
    # Only here: it costs more than everything else together, and an account in place needs none. botocore alone, not
    # boto3, which would add its resources to the cost and nothing that is used.
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2})
    try:
        client: Any = botocore.session.get_session().create_client("ssm", config=config)
    except BotoCoreError as error:
        raise InvalidSettings(f"SSM cannot be used ({type(error).__name__}): set AWS_REGION") from None

    def fetch(name: str) -> str:
        try:
            found = client.get_parameter(Name=name, WithDecryption=True)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise InvalidSettings(
                f"the SSM parameter {name} cannot be read ({code}): write it, or let the role"
            ) from None
        except BotoCoreError as error:
            reason = type(error).__name__
            raise InvalidSettings(f"the SSM parameter {name} cannot be had ({reason}): check the network") from None
        return str(found["Parameter"]["Value"])

    return fetch

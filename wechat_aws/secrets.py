"""Secrets of your own, such as the key of an API: neither in the code nor in the template.

    from wechat_aws.secrets import secret

    weather_key = secret("WEATHER_KEY")  # fetches nothing yet

    def respond(message: Message) -> Reply:
        … weather_key() …  # the current text

`make secret NAME=WEATHER_KEY` writes it, as an SSM SecureString in the folder that `WECHAT_SECRETS` names. It is
fetched at its first use and again every five minutes, as the account is: a new one is picked up without a
deploy, and while SSM is down the last one is used. Where the environment has a variable of that name, that is the
secret: under `make run`, and in tests.
"""

import logging
import os
import re
import time
from collections.abc import Callable, Mapping
from functools import cache

from wechat_aws.account_store import AccountStore
from wechat_aws.settings import InvalidSettings

type Secret = Callable[[], str]


def secret(name: str, *, environ: Mapping[str, str] = os.environ, clock: Callable[[], float] = time.time) -> Secret:
    """A function that gives a secret's current text.

    It raises InvalidSettings where there is none, in one line that names it and not what it holds.

    Args:
        name: capitals, digits and underscores, as of any variable of an environment.
        environ: where it may be itself, or else `WECHAT_SECRETS` and what `wechat_aws.aws_settings` says.
        clock: Unix seconds.

    Raises:
        ValueError: the name is not of that form.
    """
    if not re.fullmatch("[A-Z][A-Z0-9_]{0,63}", name):
        raise ValueError(
            f"{name!r} cannot be a secret's name: write capitals, digits and underscores, as in WEATHER_KEY"
        )
    open_store = cache(lambda: _open_store(name, environ, clock))
    return lambda: environ.get(name) or open_store().current()


def _open_store(name: str, environ: Mapping[str, str], clock: Callable[[], float]) -> AccountStore[str]:
    folder = environ.get("WECHAT_SECRETS", "").rstrip("/")
    try:
        if not folder:
            raise InvalidSettings(f"the secret {name} is missing: set {name}, or WECHAT_SECRETS to its folder in SSM")
        from wechat_aws.aws_client import AwsClient  # only here: a function without secrets does not import TLS
        from wechat_aws.ssm import fetch_text

        client = AwsClient(environ)
        return AccountStore(lambda: fetch_text(client, f"{folder}/{name}"), clock=clock, on_failure=_tell)
    except InvalidSettings as error:
        _tell(error)
        raise


def _tell(error: InvalidSettings) -> None:
    """Log an error here, since the text of what a responder raises is not logged."""
    logging.getLogger(__name__).error("%s", error)

"""Whose account the simulator plays to."""

import time
from collections.abc import MutableMapping

from simulator import sample
from wechat_aws.account_store import open_account, ssm_parameter
from wechat_aws.settings import read_settings
from wechat_core.values import Value


class Played(Value):
    """What the simulator needs to know of an account: its newest token, and how long the callback takes a signature."""

    token: str
    max_age: int

    @property
    def is_sample(self) -> bool:
        """Whether the token is no secret."""
        return self.token == sample.TOKEN


def choose_account(environ: MutableMapping[str, str]) -> Played:
    """The account in an environment; where it names none, the sample account is put there first.

    Raises:
        InvalidSettings: an account is configured and cannot be had.
    """
    if not environ.get("WECHAT_ACCOUNT", "").strip():
        environ["WECHAT_ACCOUNT"] = sample.ACCOUNT_JSON
    settings = read_settings(environ)
    # read once: nothing is refreshed here, so no refresh can fail
    account = open_account(settings, clock=time.time, on_failure=lambda _: None, connect=ssm_parameter)()
    return Played(account.tokens[0], settings.max_age)

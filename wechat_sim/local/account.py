"""The account that the callback of this project is configured with, as WeChat's console would have it."""

import time
from collections.abc import MutableMapping

from wechat_aws.account_store import open_account, ssm_parameter
from wechat_aws.settings import Account, read_settings
from wechat_sim.platform import sample
from wechat_sim.platform.console import SAMPLE, Console


def choose_account(environ: MutableMapping[str, str]) -> tuple[Console, int]:
    """The account in an environment, and the seconds for which its callback takes a signature.

    Where the environment names none, the sample account is put there first, in plain mode.

    Raises:
        InvalidSettings: an account is configured and cannot be had.
    """
    if not environ.get("WECHAT_ACCOUNT", "").strip():
        environ["WECHAT_ACCOUNT"] = sample.ACCOUNT_JSON
    settings = read_settings(environ)
    # read once: nothing is refreshed here, so no refresh can fail
    account = open_account(settings, clock=time.time, on_failure=lambda _: None, connect=ssm_parameter)()
    return (SAMPLE if settings.account == sample.ACCOUNT_JSON else console_of(account)), settings.max_age


def console_of(account: Account) -> Console:
    """The console of a configured account; one with a key is in safe mode."""
    if not account.keys:
        return Console(account.tokens[0])
    return Console(account.tokens[0], account.keys[0], account.app_id, "safe")

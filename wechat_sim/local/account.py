"""The account that this project's callback is configured with, as the settings of WeChat's console."""

from collections.abc import MutableMapping

from wechat_aws.aws_client import AwsClient
from wechat_aws.settings import Account, read_account, read_settings
from wechat_aws.ssm import fetch_account
from wechat_sim.platform import sample
from wechat_sim.platform.console import SAMPLE, Console


def choose_account(environ: MutableMapping[str, str]) -> tuple[Console, int]:
    """The account in an environment, and the seconds for which its callback accepts a signature.

    Where the environment names none, the sample account is put there first, in plain mode.

    Raises:
        InvalidSettings: an account is configured and cannot be read.
    """
    if not environ.get("WECHAT_ACCOUNT", "").strip():
        environ["WECHAT_ACCOUNT"] = sample.ACCOUNT_JSON
    settings = read_settings(environ)
    if settings.account == sample.ACCOUNT_JSON:
        return SAMPLE, settings.max_age
    if settings.calls_aws:
        _lend_credentials(environ)
    if settings.in_place:
        return console_of(read_account(settings.account, "WECHAT_ACCOUNT")), settings.max_age
    return console_of(fetch_account(AwsClient(environ), settings.account)), settings.max_age


def _lend_credentials(environ: MutableMapping[str, str]) -> None:
    """Put credentials from a profile or a sign-on into the environment, where the function reads them."""
    import boto3  # only here: no other callback needs it

    session = boto3.Session()
    if session.region_name:
        environ.setdefault("AWS_REGION", session.region_name)
    if "AWS_ACCESS_KEY_ID" not in environ and (credentials := session.get_credentials()):
        found = credentials.get_frozen_credentials()
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        values = (found.access_key, found.secret_key, found.token)
        environ.update({name: value or "" for name, value in zip(names, values, strict=True)})


def console_of(account: Account) -> Console:
    """The console of a configured account; one with a key is in safe mode."""
    if not account.keys:
        return Console(account.tokens[0])
    return Console(account.tokens[0], account.keys[0], account.app_id, "safe")

"""What the function is configured with: environment variables, checked before the first request.

`WECHAT_ACCOUNT` is the account's JSON, or the name of the SSM parameter that holds it (what the template uses):

    {"token": "…", "encoding_aes_key": "…", "app_id": "wx…"}

The key and the AppID are there in safe and compatible mode, and only then. Token and key may each be a list, newest
first, while one is being changed.

`WECHAT_MAX_AGE_SECONDS` is how far a request's timestamp may be from now: 300 by default, 0 for any.

`DEDUP_TABLE` is the DynamoDB table that keeps late answers, or `memory`: dedup_wiring.py and late_texts.py; none by
default.

`LOG_ERROR_TEXT` is `true` where the log is to have the text of what a responder raised, which may quote the message.
"""

import json
import os
import re
from collections.abc import Mapping
from typing import Any, Final

from wechat_core.envelope import Envelope, PlainEnvelope
from wechat_core.values import Value

_ACCOUNT_FORMS: Final = 'set it to {"token": "…"} or to the name of an SSM parameter, such as /wechat-lambda/account'


class InvalidSettings(Exception):
    """The function cannot start; the text is one line that names the cause and what to do, never the value."""


class Account(Value):
    """What the account and we share; tokens and keys newest first. Without keys the account is in plain mode."""

    tokens: tuple[str, ...]
    keys: tuple[str, ...] = ()
    app_id: str = ""


class Settings(Value):
    """Everything that is configured; `account` is the JSON of one, or the name of the SSM parameter that holds it."""

    account: str
    max_age: int
    dedup_table: str = ""
    log_error_text: bool = False

    @property
    def in_place(self) -> bool:
        """Whether `account` is the account itself."""
        return self.account.startswith("{")

    @property
    def calls_aws(self) -> bool:
        """Whether there is anything to ask AWS for."""
        return self.dedup_table not in ("", "memory") or not self.in_place


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in an environment.

    Raises:
        InvalidSettings: something is missing or malformed.
    """
    account = environ.get("WECHAT_ACCOUNT", "").strip()
    if not account:
        raise InvalidSettings(f"WECHAT_ACCOUNT is missing: {_ACCOUNT_FORMS}")
    if not account.startswith(("{", "/", "arn:")):  # it may be a bare token, so it is not shown as a name
        raise InvalidSettings(f"WECHAT_ACCOUNT is malformed: {_ACCOUNT_FORMS}")
    table = environ.get("DEDUP_TABLE", "").strip()
    return Settings(account, _max_age(environ), table, environ.get("LOG_ERROR_TEXT", "").strip() == "true")


def envelope_for(account: Account, max_age: int) -> Envelope:
    """The envelope of the configured mode. The mode is never chosen by a request, and never falls back to plain."""
    if not account.keys:
        return PlainEnvelope(account.tokens, max_age)
    from wechat_core.safe_mode import SafeEnvelope  # imports cryptography, which plain mode does not pay for

    return SafeEnvelope(account.tokens, account.keys, account.app_id, max_age, os.urandom)


def read_account(text: str, source: str) -> Account:
    """The account in its JSON; `source` is where it was found, for the error.

    Raises:
        InvalidSettings: it is not JSON, not an object, or a part of it is missing or malformed.
    """
    try:
        account: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidSettings(f'{source} is not JSON: write {{"token": "…"}}') from None
    if not isinstance(account, dict):
        raise InvalidSettings(f'{source} is not a JSON object: write {{"token": "…"}}')
    if unknown := account.keys() - {"token", "encoding_aes_key", "app_id"}:
        raise InvalidSettings(f"{source} has {len(unknown)} unknown names: it takes token, encoding_aes_key and app_id")
    tokens = _several(account, "token", "[A-Za-z0-9]{3,32}", "3 to 32 letters and digits", source)
    if "encoding_aes_key" not in account:
        return Account(tokens)
    keys = _several(account, "encoding_aes_key", "[A-Za-z0-9]{43}", "43 letters and digits", source)
    app_ids = _several(account, "app_id", "w[wx][0-9a-f]{16}", "one text, wx and 16 hexadecimal digits", source, most=1)
    return Account(tokens, keys, app_ids[0])


def _several(
    account: dict[str, Any], name: str, form: str, meaning: str, source: str, most: int = 9
) -> tuple[str, ...]:
    values = account.get(name)
    values = values if isinstance(values, list) else [values]
    if not 1 <= len(values) <= most or not all(isinstance(text, str) and re.fullmatch(form, text) for text in values):
        raise InvalidSettings(f"{name} in {source} is missing or malformed: it is {meaning}, as in the WeChat console")
    return tuple(values)


def _max_age(environ: Mapping[str, str]) -> int:
    text = environ.get("WECHAT_MAX_AGE_SECONDS", "").strip() or "300"
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise InvalidSettings("WECHAT_MAX_AGE_SECONDS is malformed: write whole seconds, 300 by default, 0 for any age")
    return int(text)

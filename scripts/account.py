"""Writes the account to the SSM Parameter Store: `make account`.

Asks for the token and, where the account is in compatible or safe mode, for the EncodingAESKey and the AppID. Secrets
are never shown, and never in a process list. Old ones stay valid beside new ones until the operator says otherwise.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from scripts.cloud import Cloud, ask_secretly, exit_in_a_line, write_parameter
from scripts.stack import load_stack
from wechat_aws.settings import InvalidSettings, read_account

type AccountJson = dict[str, Any]
type Ask = Callable[[str], str]


def ask_account(ask: Ask, ask_openly: Ask) -> AccountJson:
    """The account, typed by the operator; without a key it is in plain mode."""
    account = {"token": ask("Token (令牌): ")}
    if key := ask("EncodingAESKey (消息加解密密钥; empty for plain mode, 明文模式): "):
        account |= {"encoding_aes_key": key, "app_id": ask_openly("AppID (开发者ID): ")}
    read_account(json.dumps(account), "what you gave")
    return account


def keep_old_secrets(new: AccountJson, old: AccountJson) -> AccountJson:
    """The new account, with the newest of each old secret as a second one."""
    result = dict(new)
    for name in ("token", "encoding_aes_key"):
        before = old.get(name)
        newest = before[0] if isinstance(before, list) else before
        if name in new and newest and newest != new[name]:
            result[name] = [new[name], newest]
    return result


def read_stored(ssm: Any, name: str) -> AccountJson:
    """The account that SSM has; empty where there is none."""
    try:
        text = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        return {}
    try:
        read_account(text, name)
    except InvalidSettings:
        return {}
    account: AccountJson = json.loads(text)
    return account


def run(ssm: Any, name: str, ask: Ask, ask_openly: Ask, *, key: str = "") -> str:
    """Ask for the account and write it, encrypted with a KMS key or else SSM's; returns what to tell the operator."""
    account = ask_account(ask, ask_openly)
    both = keep_old_secrets(account, read_stored(ssm, name))
    question = "Accept the old secrets as well, until you run this again? [Y/n] "
    if both != account and ask_openly(question).lower() == "n":
        both = account
    write_parameter(ssm, name, json.dumps(both), key)
    also = ", and the old secrets are still accepted" if both != account else ""
    return f"{name} is written{also}; a function that is deployed uses it within five minutes"


def main() -> None:
    """Run on a terminal, or with the answers as lines of standard input."""
    ask_openly: Ask = input if sys.stdin.isatty() else ask_secretly
    with exit_in_a_line("not written: "):
        cloud = Cloud(load_stack(os.environ))
        print(f"{cloud.stack.account_name} for {cloud.where}")
        key = cloud.stack.parameters["AccountKey"]
        print(run(cloud.client("ssm"), cloud.stack.account_name, ask_secretly, ask_openly, key=key))


if __name__ == "__main__":
    main()

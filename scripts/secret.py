"""Writes a secret of your own to the SSM Parameter Store, for `wechat_aws.secrets`: `make secret NAME=WEATHER_KEY`.

Asks for it; it is never shown, and never in a process list.
"""

import os
import re
import sys
from typing import Any

from scripts.cloud import Cloud, Stopped, ask_secretly, exit_in_a_line, write_parameter
from scripts.stack import load_stack


def write(ssm: Any, name: str, text: str, *, key: str = "") -> str:
    """Put a secret where the function reads it, encrypted with a KMS key or else SSM's; what to tell the operator.

    Raises:
        Stopped: there is nothing to write.
    """
    if not text:
        raise Stopped("nothing was typed")
    write_parameter(ssm, name, text, key)
    return f"{name} is written; a function that is deployed uses it within five minutes"


def main() -> None:
    """Run on a terminal, or with the secret as a line of standard input."""
    name = os.environ.get("NAME", "")
    if not re.fullmatch("[A-Z][A-Z0-9_]{0,63}", name):
        sys.exit("NAME is capitals, digits and underscores: make secret NAME=WEATHER_KEY")
    with exit_in_a_line("not written: "):
        cloud = Cloud(load_stack(os.environ))
        print(f"{name} for {cloud.where}")
        text, key = ask_secretly(f"{name}: "), cloud.stack.parameters["AccountKey"]
        print(write(cloud.client("ssm"), f"/{cloud.stack.name}/secrets/{name}", text, key=key))


if __name__ == "__main__":
    main()

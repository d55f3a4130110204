"""What the commands ask AWS about a stack, and how they end where that fails."""

import getpass
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from scripts.stack import InvalidStack, Stack
from wechat_aws.settings import InvalidSettings, read_account
from wechat_core.values import Value

_FRESH: Final = 300  # seconds after which every function that runs has read a changed account


class Stopped(Exception):
    """The command cannot go on; the text is one line that says why, and what to do."""


class Build(Value):
    """What is deployed as a stack: its template, which names the code in S3, and the values of its parameters."""

    template: str
    parameters: dict[str, str]


class Cloud:
    """The AWS account and region of a stack."""

    def __init__(self, stack: Stack) -> None:
        self._session = boto3.Session(profile_name=stack.profile or None, region_name=stack.region or None)
        if not self._session.region_name:
            raise Stopped("no region is set: set region in samconfig.toml, or AWS_REGION")
        self.stack, self.region = stack, str(self._session.region_name)

    def client(self, service: Any) -> Any:
        """A client of a service of AWS."""
        return self._session.client(service)

    @property
    def where(self) -> str:
        """The stack, its region and its AWS account, for the operator to see before anything is written."""
        account = self.client("sts").get_caller_identity()["Account"]
        return f"stack {self.stack.name} in {self.region}, AWS account {account}"

    def account(self) -> tuple[str, bool]:
        """The WeChat account as the function would read it, and whether it was written a moment ago.

        Raises:
            Stopped: it is missing or malformed.
        """
        ssm, name = self.client("ssm"), self.stack.account_name
        run = f"make account{'' if name.startswith('/wechat-lambda/') else f' STACK={self.stack.name}'}"
        try:
            parameter = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
            read_account(parameter["Value"], name)
        except ssm.exceptions.ParameterNotFound:
            raise Stopped(f"there is no account yet, no {name} in {self.region}: run {run}") from None
        except InvalidSettings as error:
            raise Stopped(f"{error}: run {run}") from None
        if parameter["Type"] != "SecureString":
            raise Stopped(f"{name} is not encrypted: delete it and run {run}")
        return str(parameter["Value"]), time.time() - parameter["LastModifiedDate"].timestamp() < _FRESH

    def outputs(self) -> dict[str, str]:
        """The stack's outputs."""
        (found,) = self.client("cloudformation").describe_stacks(StackName=self.stack.name)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def build(self) -> Build:
        """What is deployed now."""
        stacks, name = self.client("cloudformation"), self.stack.name
        (found,) = stacks.describe_stacks(StackName=name)["Stacks"]
        body = stacks.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
        parameters = {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])}
        return Build(body if isinstance(body, str) else json.dumps(body), parameters)


def write_parameter(ssm: Any, name: str, text: str, key: str) -> None:
    """Put a secret where the function reads it; without a KMS key, SSM encrypts with its own, at every write."""
    encryption = {"KeyId": key} if key else {}
    ssm.put_parameter(Name=name, Value=text, Type="SecureString", Overwrite=True, **encryption)


def ask_secretly(prompt: str) -> str:
    """What is typed on a terminal, without showing it, or else the next line of standard input."""
    return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().strip()


@contextmanager
def exit_in_a_line(before: str = "") -> Iterator[None]:
    """End a command that cannot go on with one line for the operator, and a text before it."""
    try:
        yield
    except (InvalidSettings, InvalidStack, Stopped) as error:
        sys.exit(f"{before}{error}")
    except (BotoCoreError, ClientError, WaiterError) as error:
        sys.exit(f"{before}{str(error).splitlines()[0]}")
    except (KeyboardInterrupt, EOFError):
        sys.exit(f"\n{before}interrupted")

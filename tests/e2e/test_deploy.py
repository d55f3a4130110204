"""A real `sam deploy` into a local AWS: the documented commands, and what a new operator does with them."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from harness.deployed_api import DeployedApi
from harness.emulator import ROOT
from harness.local_aws import local_aws
from tests.wechat import fields, proxy_event, query, text
from wechat_aws.account_store import FRESH_SECONDS

pytestmark = pytest.mark.enable_socket

STACK, NAME = "wechat-lambda", "/wechat-lambda/account"
OLD, NEW = "FirstToken", "SecondToken"

Environ = dict[str, str]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environ]:
    """A local AWS, and the environment that makes every command use it."""
    with local_aws(tmp_path_factory.mktemp("aws")) as variables:
        yield os.environ | variables | {"SAM_CLI_TELEMETRY": "0"}


def wait_for(ready: Callable[[], bool], seconds: float) -> None:
    """Return once something is so."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(1)


def run(aws: Environ, *command: str, answers: str = "") -> str:
    """A documented command, with what is typed into it; what it printed."""
    process = subprocess.run(command, cwd=ROOT, env=aws, input=answers, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def client(aws: Environ, service: Any) -> Any:
    session = boto3.Session(aws["AWS_ACCESS_KEY_ID"], aws["AWS_SECRET_ACCESS_KEY"], region_name=aws["AWS_REGION"])
    return session.client(service, endpoint_url=aws["AWS_ENDPOINT_URL"])


class Deployed:
    """The stack, and its function as the API would call it."""

    def __init__(self, aws: Environ) -> None:
        self.aws = aws
        (stack,) = client(aws, "cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        self.first = time.monotonic()

    def variables(self) -> dict[str, str]:
        """The environment of what the API calls."""
        return DeployedApi(self.aws, STACK).variables()

    def answer(self, method: str, token: str, body: bytes | None = None, **more: str) -> dict[str, Any]:
        """The function's answer to a request that is signed now."""
        event = proxy_event(method, query(token=token, timestamp=str(int(time.time())), **more), body)
        function = self.outputs["FunctionName"]
        invoked = client(self.aws, "lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        assert "FunctionError" not in invoked
        given: dict[str, Any] = json.load(invoked["Payload"])
        return given


@pytest.fixture(scope="module")
def deployed(aws: Environ) -> Deployed:
    """What the README's commands make: the account written, the stack deployed."""
    assert OLD not in run(aws, "make", "account", answers=f"{OLD}\n\n")
    assert "CallbackUrl" in run(aws, "make", "deploy")
    return Deployed(aws)


def test_the_url_is_printed(deployed: Deployed) -> None:
    """The stack says which URL to give the WeChat console."""
    assert deployed.outputs["CallbackUrl"].startswith("https://")
    assert deployed.outputs["CallbackUrl"].endswith("/wechat")


def test_the_account_is_kept_encrypted(deployed: Deployed) -> None:
    """`make account` writes a SecureString, and the function is told its name alone."""
    parameter = client(deployed.aws, "ssm").get_parameter(Name=NAME)["Parameter"]
    assert parameter["Type"] == "SecureString"
    function = client(deployed.aws, "lambda").get_function_configuration(FunctionName=deployed.outputs["FunctionName"])
    assert function["Environment"]["Variables"]["WECHAT_ACCOUNT"] == NAME


def test_the_deployed_function_answers(deployed: Deployed) -> None:
    """A signed check of the URL gets its echostr, a signed message its echo, a forgery nothing."""
    assert deployed.answer("GET", OLD, echostr="5838479218127813673")["body"] == "5838479218127813673"
    assert fields(deployed.answer("POST", OLD, text("你好"))["body"])["Content"] == "你好"
    assert deployed.answer("POST", NEW, text("你好"))["statusCode"] == 403


def test_a_rotation_is_picked_up_within_five_minutes(deployed: Deployed) -> None:
    """The documented command rotates the token; the running function accepts both a little later, without a deploy."""
    run(deployed.aws, "make", "account", answers=f"{NEW}\n\n\n")
    wait_for(lambda: deployed.answer("POST", NEW, text("你好"))["statusCode"] == 200, seconds=FRESH_SECONDS + 30)
    assert time.monotonic() - deployed.first < FRESH_SECONDS + 60
    assert deployed.answer("POST", OLD, text("你好"))["statusCode"] == 200


def test_a_changed_parameter_reaches_what_answers(deployed: Deployed) -> None:
    """Switching de-duplication on, and nothing else, gives the table to what the API calls; off takes it away."""
    assert deployed.variables()["DEDUP_TABLE"] == ""
    run(deployed.aws | {"PARAMETERS": "Architecture=x86_64 Deduplication=true"}, "make", "deploy")
    assert deployed.variables()["DEDUP_TABLE"] in client(deployed.aws, "dynamodb").list_tables()["TableNames"]
    run(deployed.aws, "make", "deploy")
    assert deployed.variables()["DEDUP_TABLE"] == ""


def test_the_stack_can_be_removed(deployed: Deployed) -> None:
    """Deleting the stack leaves no stack."""
    stacks = client(deployed.aws, "cloudformation")
    stacks.delete_stack(StackName=STACK)
    stacks.get_waiter("stack_delete_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    left = [s for s in stacks.describe_stacks()["Stacks"] if s["StackStatus"] != "DELETE_COMPLETE"]
    assert STACK not in {stack["StackName"] for stack in left}

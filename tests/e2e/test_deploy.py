"""A real `sam deploy` into a local AWS: the documented commands, and what a new operator does with them."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.deployed_api import DeployedApi, serve_api
from harness.emulator import ROOT
from scripts.stack import load_stack
from tests.default import SHIPPED
from tests.e2e.operating import WELL, Environ, Operator, answer
from tests.wechat import fields, text
from wechat_aws.account_store import FRESH_SECONDS

pytestmark = pytest.mark.enable_socket

STACK, NAME = "wechat-lambda", "/wechat-lambda/account"
OLD, NEW = "FirstToken", "SecondToken"
APART = (".*", "__pycache__", "*.egg-info", "mutants")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this repository, as an operator has one."""
    copy = tmp_path_factory.mktemp("operator") / "wechat-lambda"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*APART))
    for made in (".venv", ".venv-sam", ".venv-build"):
        if (ROOT / made).exists():
            (copy / made).symlink_to(ROOT / made)
    (copy / "handler.py").write_text(SHIPPED, "utf-8")  # whatever ours is
    return copy


@pytest.fixture(scope="module")
def api(aws: Environ) -> DeployedApi:
    """The deployed API."""
    return DeployedApi(aws, STACK)


@pytest.fixture(scope="module")
def operator(aws: Environ, api: DeployedApi, folder: Path) -> Iterator[Operator]:
    """The operator of a callback that has a domain of its own: the local AWS serves no HTTP API by its URL."""
    with serve_api(api) as url:
        yield Operator(aws, folder, url)


def wait_for(ready: Callable[[], bool], seconds: float) -> None:
    """Return once something is so."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(1)


def stacks(api: DeployedApi) -> set[str]:
    """The stacks that are there."""
    found = api.client("cloudformation").describe_stacks()["Stacks"]
    return {stack["StackName"] for stack in found if stack["StackStatus"] != "DELETE_COMPLETE"}


def test_nothing_is_deployed_without_an_account(operator: Operator, api: DeployedApi) -> None:
    """The first thing a deploy looks for is the account, and it says which command writes one."""
    printed = operator.make("deploy", fails=True)
    assert f"there is no account yet, no {NAME} in us-east-1: run make account" in printed
    assert "stack wechat-lambda in us-east-1, AWS account 000000000000" in printed
    assert STACK not in stacks(api)


@pytest.fixture(scope="module")
def deployed(operator: Operator, api: DeployedApi) -> DeployedApi:
    """What the README's commands make: the account written, the stack deployed and found well."""
    printed = operator.make("account", answers=f"{OLD}\n\n")
    assert "stack wechat-lambda in us-east-1, AWS account 000000000000" in printed
    assert OLD not in printed
    printed = operator.make("deploy")
    said = ("stack wechat-lambda in us-east-1", "CREATE_COMPLETE", "examining http://127.0.0.1", WELL)
    assert [words for words in said if words not in printed] == [], printed
    assert sorted(said, key=printed.index) == list(said)
    assert OLD not in printed
    assert printed.splitlines()[-1].startswith("CallbackUrl https://")
    assert printed.splitlines()[-1].endswith("/wechat")
    return api


def test_a_second_deploy_says_the_same(operator: Operator, deployed: DeployedApi) -> None:
    """With nothing changed the URL is examined and printed again."""
    printed = operator.make("deploy")
    assert WELL in printed
    assert "CallbackUrl https://" in printed


def test_the_account_is_kept_encrypted(deployed: DeployedApi) -> None:
    """`make account` writes a SecureString, and the function is told its name alone."""
    parameter = deployed.client("ssm").get_parameter(Name=NAME)["Parameter"]
    assert parameter["Type"] == "SecureString"
    assert deployed.variables()["WECHAT_ACCOUNT"] == NAME


def test_the_deployed_function_answers(deployed: DeployedApi) -> None:
    """A signed check of the URL gets its echostr, a signed message its echo, a forgery nothing."""
    assert answer(deployed, "GET", OLD, echostr="5838479218127813673")["body"] == "5838479218127813673"
    assert fields(answer(deployed, "POST", OLD, text("你好"))["body"])["Content"] == "你好"
    assert answer(deployed, "POST", NEW, text("你好"))["statusCode"] == 403


def test_a_changed_parameter_reaches_what_answers(operator: Operator, deployed: DeployedApi) -> None:
    """Switching de-duplication on, and nothing else, gives the table to what the API calls; leaving it out takes it."""
    assert deployed.variables()["DEDUP_TABLE"] == ""
    assert WELL in operator.make("deploy", "PARAMETERS=Deduplication=true")
    assert deployed.variables()["DEDUP_TABLE"] in deployed.client("dynamodb").list_tables()["TableNames"]
    assert WELL in operator.make("deploy")
    assert deployed.variables()["DEDUP_TABLE"] == ""
    assert not deployed.client("dynamodb").list_tables()["TableNames"]


def test_a_broken_build_is_found_and_rolled_back(operator: Operator, deployed: DeployedApi) -> None:
    """A build that does not start is deployed, found ill, and one command brings back the one before, which answers."""
    handler = operator.folder / "handler.py"
    good = handler.read_text("utf-8")
    handler.write_text(good + 'raise RuntimeError("broken")\n')
    printed = operator.make("deploy", "PARAMETERS=MaxAgeSeconds=77", fails=True)
    assert "deployed, but it does not work" in printed
    assert "make rollback" in printed
    assert WELL not in printed
    printed = operator.make("rollback")
    assert WELL in printed
    assert deployed.variables()["WECHAT_MAX_AGE_SECONDS"] == "300"
    assert fields(answer(deployed, "POST", OLD, text("你好"))["body"])["Content"] == "你好"
    handler.write_text(good)


CHANGES = {
    "AccountParameter": "/other/account",
    "AccountKey": "arn:aws:kms:us-east-1:000000000000:key/1-2",
    "MaxAgeSeconds": "77",
    "Deduplication": "true",
    "ResponderSeconds": "77",
    "FetchWord": "更多",
    "LateText": "稍候",
    "TailText": "未完",
    "NothingMoreText": "没有了",
    "AskAgainText": "再问一次",
    "Architecture": "arm64",
    "LogLevel": "WARNING",
    "LogErrorText": "true",
    "LogRetentionDays": "7",
    "Tracing": "true",
    "RequestsPerSecond": "7",
    "AlarmEmail": "me@example.com",
    "RejectedAlarmThreshold": "7",
}

ALONGSIDE = {"ResponderSeconds": {"Deduplication": "true"}}  # what a parameter is of no consequence without


def possessions(api: DeployedApi) -> dict[str, str]:
    """What the stack consists of, as AWS has it."""
    found: dict[str, Any] = {}
    called = {"FunctionName": api.function("POST")}
    function = api.client("lambda").get_function_configuration(**called)
    for name in ("Architectures", "TracingConfig", "LoggingConfig", "Environment", "Timeout"):
        found[name] = function[name]
    role = {"RoleName": function["Role"].rpartition("/")[2]}
    found["rights"] = api.client("iam").get_role_policy(PolicyName="callback", **role)["PolicyDocument"]
    for alarm in api.client("cloudwatch").describe_alarms()["MetricAlarms"]:
        found[alarm["AlarmName"]] = {
            key: value for key, value in alarm.items() if "State" not in key and "Updated" not in key
        }
    for group in api.client("logs").describe_log_groups()["logGroups"]:
        if STACK in group["logGroupName"]:
            found[group["logGroupName"]] = group.get("retentionInDays")
    apis = api.client("apigatewayv2")
    for each in apis.get_apis()["Items"]:
        # past boto3, which would not find what the local AWS keeps in CloudFormation's spelling
        stages = httpx.get(f"{api.endpoint}/v2/apis/{each['ApiId']}/stages", trust_env=False).json()["items"]
        found["stages"] = [stage["defaultRouteSettings"] for stage in stages]
    found["tables"] = api.client("dynamodb").list_tables()["TableNames"]
    found["topics"] = api.client("sns").list_topics()["Topics"]
    return {name: json.dumps(value, sort_keys=True, ensure_ascii=False, default=str) for name, value in found.items()}


def update(api: DeployedApi, **changed: str) -> None:
    """Give the stack its own template again, with parameters at their defaults but these."""
    clouds, given = api.client("cloudformation"), dict(load_stack({}).parameters) | changed
    body = clouds.get_template(StackName=STACK, TemplateStage="Original")["TemplateBody"]
    clouds.update_stack(
        StackName=STACK,
        TemplateBody=body,
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    clouds.get_waiter("stack_update_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def test_every_parameter_is_tried() -> None:
    """The table has each parameter but one that the local AWS does not apply, which is seen in the template alone."""
    assert set(CHANGES) | {"MaxConcurrency"} == set(load_stack({}).parameters)


@pytest.mark.parametrize("name", CHANGES)
def test_a_parameter_alone_is_switched_on_and_off(name: str, deployed: DeployedApi) -> None:
    """Each parameter changed alone reaches what AWS has, with its value; changed back, everything is as before."""
    before = possessions(deployed)
    if alongside := ALONGSIDE.get(name, {}):
        update(deployed, **alongside)
    without = possessions(deployed)
    update(deployed, **alongside, **{name: CHANGES[name]})
    during = possessions(deployed)
    changed = {key: value for key, value in during.items() if without.get(key) != value}
    assert changed
    assert CHANGES[name] in str(changed) or name in ("Deduplication", "Tracing", "AlarmEmail"), changed
    update(deployed)
    assert possessions(deployed) == before


def test_a_second_account_has_a_stack_of_its_own(operator: Operator, deployed: DeployedApi, aws: Environ) -> None:
    """Another stack, by STACK= alone: account, function and verdict are its own, and the first one's stay."""
    shop = DeployedApi(aws, "shop")
    with serve_api(shop) as url:
        second = Operator(aws, operator.folder, url)
        second.make("account", "STACK=shop", answers="ShopToken\n\n")
        assert WELL in second.make("deploy", "STACK=shop")
        assert shop.variables()["WECHAT_ACCOUNT"] == "/shop/account"
        assert shop.variables()["POWERTOOLS_SERVICE_NAME"] == "shop"
        assert answer(shop, "GET", "ShopToken", echostr="1")["body"] == "1"
        assert answer(shop, "GET", OLD, echostr="1")["statusCode"] == 403
        second.make("delete", "STACK=shop", answers="shop\n")
    assert "shop" not in stacks(deployed)
    assert answer(deployed, "GET", OLD, echostr="1")["body"] == "1"


def test_a_rotation_is_picked_up_within_five_minutes(operator: Operator, deployed: DeployedApi) -> None:
    """The documented command rotates the token; the running function accepts both a little later, without a deploy."""
    assert answer(deployed, "POST", OLD, text("你好"))["statusCode"] == 200
    started = time.monotonic()
    operator.make("account", answers=f"{NEW}\n\n\n")
    wait_for(lambda: answer(deployed, "POST", NEW, text("你好"))["statusCode"] == 200, seconds=FRESH_SECONDS + 30)
    assert time.monotonic() - started < FRESH_SECONDS + 60
    assert answer(deployed, "POST", OLD, text("你好"))["statusCode"] == 200


def test_the_stack_can_be_removed(operator: Operator, deployed: DeployedApi) -> None:
    """Deleting takes the stack's name, leaves no stack, and says what is left and how to delete that."""
    assert "nothing is deleted" in operator.make("delete", answers="wechat\n", fails=True)
    assert STACK in stacks(deployed)
    printed = operator.make("delete", answers=f"{STACK}\n")
    assert STACK not in stacks(deployed)
    assert f"aws ssm delete-parameter --region us-east-1 --name {NAME}" in printed
    assert deployed.client("ssm").get_parameter(Name=NAME)

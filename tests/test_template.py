"""The template, expanded as AWS expands it, for the world and for China."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from tests.default import shipped_default
from wechat_aws.late_texts import read_texts
from wechat_aws.secrets import secret
from wechat_aws.settings import InvalidSettings, read_settings
from wechat_sim.platform import sample

ROOT = Path(__file__).parent.parent
SOURCE = (ROOT / "template.yaml").read_text("utf-8")

type Resource = dict[str, Any]


class NoManagedPolicies:
    """The translator asks for managed policies, of which the template uses none."""

    def load(self) -> dict[str, str]:
        return {}


def expanded(region: str, **chosen: str) -> dict[str, Resource]:
    """The resources that CloudFormation is given in a region, with parameters as chosen or else their defaults."""
    template = yaml_parse(SOURCE)
    template["Resources"]["CallbackFunction"]["Properties"]["CodeUri"] = {"Bucket": "b", "Key": "k"}  # as a deploy does
    parameters = {name: value.get("Default", "") for name, value in template["Parameters"].items()} | chosen
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", region)
        resources: dict[str, Resource] = transform(template, parameters, NoManagedPolicies())["Resources"]
    return {name: with_defaults(resource, parameters) for name, resource in resources.items()}


def with_defaults(value: Any, parameters: dict[str, Any]) -> Any:
    """The value with its parameters' defaults put in."""
    match value:
        case {"Ref": str(name)} if name in parameters:
            return parameters[name]
        case {"Fn::Sub": str(text)}:
            for name, given in parameters.items():
                text = text.replace(f"${{{name}}}", str(given))
            return {"Fn::Sub": text}
        case dict():
            return {name: with_defaults(inner, parameters) for name, inner in value.items()}
        case list():
            return [with_defaults(inner, parameters) for inner in value]
    return value


@pytest.fixture(scope="module", params=["us-east-1", "cn-north-1"])
def resources(request: pytest.FixtureRequest) -> dict[str, Resource]:
    return expanded(request.param)


def of_type(resources: dict[str, Resource], kind: str) -> list[Resource]:
    return [resource["Properties"] for resource in resources.values() if resource["Type"] == kind]


def strings(value: Any) -> Iterator[str]:
    """Every text anywhere in a value."""
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from strings(inner)
        case list():
            for inner in value:
                yield from strings(inner)


def statements(resources: dict[str, Resource]) -> list[Resource]:
    """Every statement that the function's role allows."""
    policies = [p["PolicyDocument"] for p in resources["CallbackRole"]["Properties"]["Policies"]]
    policies += [p["PolicyDocument"] for p in of_type(resources, "AWS::IAM::Policy")]
    return [statement for policy in policies for statement in policy["Statement"]]


def listed(value: Any) -> list[Any]:
    """A list, which IAM and CloudFormation let be written as its only entry."""
    return value if isinstance(value, list) else [value]


def test_the_routes(resources: dict[str, Resource]) -> None:
    """GET and POST on /wechat reach the function, in payload 2.0 and with a time-out of their own, and nothing else."""
    (api,) = of_type(resources, "AWS::ApiGatewayV2::Api")
    routes = {
        (path, method): route for path, methods in api["Body"]["paths"].items() for method, route in methods.items()
    }
    assert set(routes) == {("/wechat", "get"), ("/wechat", "post")}
    for route in routes.values():
        integration = route["x-amazon-apigateway-integration"]
        assert integration["payloadFormatVersion"] == "2.0"
        assert 5000 < integration["timeoutInMillis"] <= 30000


def test_the_stage_is_throttled(resources: dict[str, Resource]) -> None:
    """The default stage has limits, and no access log: its group takes of a quota that the AWS account has once."""
    (stage,) = of_type(resources, "AWS::ApiGatewayV2::Stage")
    assert stage["StageName"] == "$default"
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 100, "ThrottlingBurstLimit": 100}
    assert "AccessLogSettings" not in stage


def named(value: Any) -> set[str]:
    """The resources that a value names, by Ref, GetAtt or Sub."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return {name}
        case {"Fn::Sub": str(text)}:
            return set(re.findall(r"\$\{(\w+)(?:\.\w+)?\}", text))
        case dict():
            return {name for inner in value.values() for name in named(inner)}
        case list():
            return {name for inner in value for name in named(inner)}
    return set()


@pytest.mark.parametrize("deduplication", ["true", "false"])
def test_what_is_deployed_is_what_answers(deduplication: str) -> None:
    """The API calls the function itself, and may: no alias stands between a changed parameter and the answer."""
    resources = expanded("us-east-1", Deduplication=deduplication)
    (api,) = of_type(resources, "AWS::ApiGatewayV2::Api")
    for route in api["Body"]["paths"]["/wechat"].values():
        called = route["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        assert called.endswith(":lambda:path/2015-03-31/functions/${CallbackFunction.Arn}/invocations")
    permissions = of_type(resources, "AWS::Lambda::Permission")
    assert [permission["FunctionName"] for permission in permissions] == [{"Ref": "CallbackFunction"}] * 2
    kinds = {resource["Type"] for resource in resources.values()}
    assert not kinds & {"AWS::Lambda::Alias", "AWS::Lambda::Version"}
    assert not [kind for kind in kinds if "CodeDeploy" in kind]


def rendered(value: Any, stack: str, conditions: dict[str, bool]) -> Any:
    """The value as CloudFormation gives it to a stack, which calls each of its resources by its own name."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return stack if name == "AWS::StackName" else f"{stack}-{name}"
        case {"Fn::If": [str(condition), yes, no]}:
            return rendered(yes if conditions.get(condition, True) else no, stack, conditions)
        case {"Fn::Sub": str(text)}:
            resources = re.sub(r"\$\{(\w+)(\.\w+)?\}", rf"{stack}-\1", text.replace("${AWS::StackName}", stack))
            return resources.replace("${AWS::Region}", "us-east-1")
        case dict():
            return {name: rendered(inner, stack, conditions) for name, inner in value.items()}
        case list():
            return [rendered(inner, stack, conditions) for inner in value]
    return value


def possessions(stack: str) -> set[str]:
    """What a stack calls its own: series of metrics, log groups, parameters, and whatever it gives a name to."""
    resources = rendered(expanded("us-east-1", Deduplication="true"), stack, {"NamesAccount": False})
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")
    series = {f"{alarm['Namespace']} {alarm['MetricName']} {alarm['Dimensions']}" for alarm in alarms}
    body = resources["Dashboard"]["Properties"]["DashboardBody"]
    series |= {
        text
        for text in re.findall(r'"service", "(.+?)"|"ApiId", "(.+?)"|SOURCE \'(.+?)\'', body)
        for text in text
        if text
    }
    variables = resources["CallbackFunction"]["Properties"]["Environment"]["Variables"]
    names = {
        name
        for name in variables
        if name in ("WECHAT_ACCOUNT", "WECHAT_SECRETS", "POWERTOOLS_SERVICE_NAME", "DEDUP_TABLE")
    }
    given = {str(value) for each in resources.values() for key, value in each["Properties"].items() if key in FIXED}
    title = of_type(resources, "AWS::ApiGatewayV2::Api")[0]["Body"]["info"]["title"]
    group = resources["CallbackFunction"]["Properties"]["LoggingConfig"]["LogGroup"]
    return series | given | {variables[name] for name in names} | {title, group} | set(account_arns(resources))


FIXED = {"FunctionName", "RoleName", "TableName", "TopicName", "AlarmName", "DashboardName", "LogGroupName"}


def account_arns(resources: dict[str, Resource]) -> list[str]:
    """What the role may read from SSM."""
    return [arn for each in statements(resources) if each["Action"] == "ssm:GetParameter" for arn in each["Resource"]]


def test_two_stacks_share_nothing() -> None:
    """Two stacks in one region have no series of metrics, log group, parameter, table or name in common."""
    shop, wechat = possessions("shop"), possessions("wechat-lambda")
    assert len(shop) == len(wechat) >= 19
    assert not shop & wechat
    assert "/shop/account" in shop


def test_the_function_waits_for_its_rights() -> None:
    """What it may do is in the role that it is made with, its table's rights, too: no request comes before them."""
    resources = expanded("us-east-1", Deduplication="true")
    assert "CallbackRole" in named(resources["CallbackFunction"]["Properties"]["Role"])
    assert "DedupTable" in named(resources["CallbackRole"]["Properties"]["Policies"])
    assert not of_type(resources, "AWS::IAM::Policy")


NO_VALUE = {"Ref": "AWS::NoValue"}


def test_least_privilege(resources: dict[str, Resource]) -> None:
    """The role may do these things on these resources and nothing more; only X-Ray, if it traces, has none to name."""
    ssm = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"
    account = {"Fn::If": ["NamesAccount", {"Fn::Sub": ssm}, {"Fn::Sub": f"{ssm}/${{AWS::StackName}}/account"}]}
    parameter = [account, {"Fn::Sub": f"{ssm}/${{AWS::StackName}}/secrets/*"}]
    logs, table = {"Fn::GetAtt": ["CallbackLogs", "Arn"]}, {"Fn::GetAtt": ["DedupTable", "Arn"]}
    always = [statement for statement in statements(resources) if "Fn::If" not in statement]
    assert [{**statement, "Action": sorted(listed(statement["Action"]))} for statement in always] == [
        {"Effect": "Allow", "Action": ["ssm:GetParameter"], "Resource": parameter},
        {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": logs},
    ]
    chosen = [statement["Fn::If"] for statement in statements(resources) if "Fn::If" in statement]
    assert all(otherwise == NO_VALUE for _, _, otherwise in chosen)
    assert {name: (sorted(listed(allowed["Action"])), allowed["Resource"]) for name, allowed, _ in chosen} == {
        "Deduplicates": (["dynamodb:GetItem", "dynamodb:UpdateItem"], table),
        "HasAccountKey": (["kms:Decrypt"], ""),
        "Traces": (["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),
    }
    assert "ManagedPolicyArns" not in resources["CallbackRole"]["Properties"]


def test_deduplication_brings_a_table(resources: dict[str, Resource]) -> None:
    """The table and its alarms are all there is to it, and hang on one condition."""
    names = {name for name, resource in resources.items() if resource.get("Condition") == "Deduplicates"}
    assert names == {"DedupTable", "StoreFailuresAlarm", "DeadlinesMissedAlarm"}
    expiry = resources["DedupTable"]["Properties"]["TimeToLiveSpecification"]
    assert expiry == {"AttributeName": "expires_at", "Enabled": True}
    variables = resources["CallbackFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["DEDUP_TABLE"] == {"Fn::If": ["Deduplicates", {"Ref": "DedupTable"}, ""]}


def test_the_function_may_take_minutes(resources: dict[str, Resource]) -> None:
    """With the table as long as the parameter says, to the end of what Lambda allows; the API gives up before."""
    timeout = resources["CallbackFunction"]["Properties"]["Timeout"]
    assert timeout == {"Fn::If": ["Deduplicates", 60, 14]}
    seconds = yaml_parse(SOURCE)["Parameters"]["ResponderSeconds"]
    assert (seconds["Default"], seconds["MaxValue"]) == (60, 890)
    (api,) = of_type(resources, "AWS::ApiGatewayV2::Api")
    for route in api["Body"]["paths"]["/wechat"].values():
        assert route["x-amazon-apigateway-integration"]["timeoutInMillis"] == 15000


def test_slow_is_what_wechat_hardly_waits_for(resources: dict[str, Resource]) -> None:
    """Over four of its five seconds; with de-duplication answers may take minutes, and nothing is slow."""
    alarm = resources["SlowAlarm"]
    assert (alarm["Properties"]["Threshold"], alarm["Condition"]) == (4000, "AnswersAtOnce")


def test_no_secret_is_in_it(resources: dict[str, Resource]) -> None:
    """The account is named, never held."""
    variables = resources["CallbackFunction"]["Properties"]["Environment"]["Variables"]
    assert "account" in variables["WECHAT_ACCOUNT"]["Fn::If"][2]["Fn::Sub"]
    assert not [text for text in strings(list(resources.values())) if '"token"' in text]
    assert sample.TOKEN not in SOURCE


def test_logs_are_kept_for_a_while_and_not_for_ever(resources: dict[str, Resource]) -> None:
    """The log group has a retention, and Lambda leaves the function's lines and their level as they are."""
    assert of_type(resources, "AWS::Logs::LogGroup") == [{"RetentionInDays": 30}]
    assert resources["CallbackFunction"]["Properties"]["LoggingConfig"]["LogFormat"] == "Text"


def test_the_function(resources: dict[str, Resource]) -> None:
    """Runtime, handler and architecture are what the build makes; traces and a bound of its own are there if chosen."""
    function = resources["CallbackFunction"]["Properties"]
    assert (function["Runtime"], function["Handler"]) == ("python3.13", "handler.lambda_handler")
    assert (function["Architectures"], function["MemorySize"]) == (["x86_64"], 512)
    assert function["TracingConfig"] == {"Mode": {"Fn::If": ["Traces", "Active", "PassThrough"]}}
    assert function["ReservedConcurrentExecutions"] == {"Fn::If": ["BoundsConcurrency", 0, NO_VALUE]}


COUNTED = {
    *("Rejected", "Unreadable", "ResponderFailures", "Failures"),
    *("AccountRefreshFailures", "StoreFailures", "DeadlinesMissed"),
}


def test_alarms_watch_metrics_that_are_written(resources: dict[str, Resource]) -> None:
    """Every alarm on a metric of ours names one that the code writes, under the dimension it writes it with."""
    code = "".join(path.read_text("utf-8") for path in (ROOT / "wechat_aws").glob("*.py"))
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")
    ours = [alarm for alarm in alarms if alarm["Namespace"] == "WeChatCallback"]
    assert len(alarms) <= 10
    assert {alarm["MetricName"] for alarm in ours} == COUNTED
    for alarm in ours:
        assert f'"{alarm["MetricName"]}"' in code
        assert alarm["Dimensions"] == [{"Name": "service", "Value": {"Ref": "AWS::StackName"}}]
    assert all(alarm["TreatMissingData"] == "notBreaching" for alarm in alarms)


def test_the_dashboard_shows_metrics_that_are_written() -> None:
    """The dashboard is JSON, and each metric of ours in it is one that the code writes."""
    code = "".join(path.read_text("utf-8") for path in (ROOT / "wechat_aws").glob("*.py"))
    body = expanded("us-east-1")["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    widgets = json.loads(body)["widgets"]
    rows = [row for widget in widgets for row in widget["properties"].get("metrics", []) if isinstance(row[0], str)]
    namespace = ""
    for row in rows:
        namespace = row[0] if row[0] not in (".", "...") else namespace
        if namespace == "WeChatCallback":
            assert f'"{row[1]}"' in code
    assert len(widgets) == 7


@pytest.mark.parametrize(
    "line",
    [
        "wechat-lambda cannot start: token is missing",
        "2026-11-24T07:00:00Z 1-2 Task timed out after 14.00 seconds",
        "RequestId: 1-2 Error: Runtime exited with error: exit status 1",
        "Runtime.ExitError",
        "RequestId: 1-2 Error: Runtime exited with error: signal: killed",
    ],
)
def test_the_dashboard_shows_why_nothing_answers(line: str) -> None:
    """What Lambda writes of a function that did not start, ran out of time or was killed is shown beside our lines."""
    body = json.loads(expanded("us-east-1")["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
    query = body["widgets"][-1]["properties"]["query"]
    pattern = re.search(r"@message like /(.+?)/ ", query)
    assert pattern
    assert re.search(pattern[1], line)


def test_it_expands_in_every_partition(resources: dict[str, Resource]) -> None:
    """No partition, region or suffix is written out, but in names of services, which are the same everywhere."""
    found = {
        text
        for text in strings(list(resources.values()))
        if "amazonaws" in text or "arn:aws" in text or "us-east" in text
    }
    assert found <= {"lambda.amazonaws.com", "apigateway.amazonaws.com"}
    assert not re.search(r"arn:aws|us-east|amazonaws\.com(?!, |\})", SOURCE)
    assert "${AWS::URLSuffix}" in yaml_parse(SOURCE)["Outputs"]["CallbackUrl"]["Value"]["Fn::Sub"]


def test_every_parameter_is_explained_and_has_a_default() -> None:
    """Each parameter says what it sets, is refused where it is wrong, and need not be given."""
    for name, parameter in yaml_parse(SOURCE)["Parameters"].items():
        assert "Default" in parameter, name
        assert len(parameter["Description"]) > 20, name
        assert parameter.keys() & {"AllowedPattern", "AllowedValues", "MinValue"}, name


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__(WECHAT_ACCOUNT="{}")
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def read_variables() -> tuple[set[str], set[str]]:
    """The names that the code reads, and those that the template sets."""
    environ = Asked()
    read_settings(environ)
    read_texts(environ)
    with suppress(InvalidSettings):
        secret("A_KEY", environ=environ)()
    variables = yaml_parse(SOURCE)["Resources"]["CallbackFunction"]["Properties"]["Environment"]["Variables"]
    return environ.names - {"A_KEY"}, {name for name in variables if not name.startswith("POWERTOOLS_")}


def test_every_environment_variable_is_declared() -> None:
    """What the code reads the template sets: `sam local` can override only what is there."""
    asked, declared = read_variables()
    assert asked <= declared


@shipped_default
def test_no_other_environment_variable_is_declared() -> None:
    """Until the user adds settings, the template sets none that nobody reads."""
    asked, declared = read_variables()
    assert declared <= asked


@pytest.mark.parametrize(
    ("name", "account"), [("sam-local.json", sample.ACCOUNT_JSON), ("sam-local-safe.json", sample.SAFE_ACCOUNT_JSON)]
)
def test_sam_local_uses_the_sample_account(name: str, account: str) -> None:
    """The bare `sam local invoke -e events/…` runs with the account and the clock that the files are signed with."""
    variables = json.loads((ROOT / name).read_text("utf-8"))["CallbackFunction"]
    assert json.loads(variables["WECHAT_ACCOUNT"]) == json.loads(account)
    assert variables["WECHAT_MAX_AGE_SECONDS"] == "0"


def test_the_template_is_plain_yaml() -> None:
    """No anchors, which other tools of AWS do not read."""
    tokens = {type(token).__name__ for token in yaml.scan(SOURCE)}
    assert not tokens & {"AnchorToken", "AliasToken"}

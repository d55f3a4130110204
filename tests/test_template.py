"""The template, expanded as AWS expands it, for the world and for China."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from wechat_aws.dedup import LEASE_SECONDS
from wechat_aws.settings import read_settings
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


def test_the_stage_is_throttled_and_logs_no_query(resources: dict[str, Resource]) -> None:
    """The default stage has limits, and its log holds neither query, path nor address: signatures stay out of it."""
    (stage,) = of_type(resources, "AWS::ApiGatewayV2::Stage")
    assert stage["StageName"] == "$default"
    assert set(stage["DefaultRouteSettings"]) == {"ThrottlingRateLimit", "ThrottlingBurstLimit"}
    shown = set(re.findall(r"\$context\.([\w.]+)", stage["AccessLogSettings"]["Format"]))
    assert shown == {"requestId", "requestTime", "httpMethod", "routeKey", "status", "responseLatency", "error.message"}
    json.loads(stage["AccessLogSettings"]["Format"])


def test_least_privilege(resources: dict[str, Resource]) -> None:
    """The role may do these things on these resources and nothing more; only X-Ray has no resources to name."""
    parameter = {"Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${AccountParameter}"}
    logs, table = {"Fn::GetAtt": ["CallbackLogs", "Arn"]}, {"Fn::GetAtt": ["DedupTable", "Arn"]}
    assert [{**statement, "Action": sorted(listed(statement["Action"]))} for statement in statements(resources)] == [
        {"Effect": "Allow", "Action": ["ssm:GetParameter"], "Resource": parameter},
        {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": logs},
        {"Effect": "Allow", "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:UpdateItem"],
            "Resource": table,
        },
    ]
    assert "ManagedPolicyArns" not in resources["CallbackRole"]["Properties"]


def test_deduplication_brings_a_table_and_the_right_to_use_it(resources: dict[str, Resource]) -> None:
    """The table, the right to it and its alarm are all there is to it, and hang on one condition."""
    names = {name for name, resource in resources.items() if resource.get("Condition") == "Deduplicates"}
    assert names == {"DedupTable", "DedupPolicy", "StoreFailuresAlarm"}
    expiry = resources["DedupTable"]["Properties"]["TimeToLiveSpecification"]
    assert expiry == {"AttributeName": "expires_at", "Enabled": True}
    variables = resources["CallbackFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["DEDUP_TABLE"] == {"Fn::If": ["Deduplicates", {"Ref": "DedupTable"}, ""]}


def test_a_claim_outlives_the_function(resources: dict[str, Resource]) -> None:
    """The function has ended, and the API still waits, when a claim expires: no message is run twice at once."""
    timeout = resources["CallbackFunction"]["Properties"]["Timeout"]
    assert timeout <= LEASE_SECONDS
    (api,) = of_type(resources, "AWS::ApiGatewayV2::Api")
    for route in api["Body"]["paths"]["/wechat"].values():
        assert route["x-amazon-apigateway-integration"]["timeoutInMillis"] >= timeout * 1000


def test_slow_is_what_wechat_hardly_waits_for(resources: dict[str, Resource]) -> None:
    """Over four of its five seconds, or with de-duplication, which may take longer by design, close to the time-out."""
    threshold = resources["SlowAlarm"]["Properties"]["Threshold"]
    assert threshold == {"Fn::If": ["Deduplicates", 13000, 4000]}
    assert resources["CallbackFunction"]["Properties"]["Timeout"] > 13


def test_no_secret_is_in_it(resources: dict[str, Resource]) -> None:
    """The account is named, never held."""
    variables = resources["CallbackFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["WECHAT_ACCOUNT"] == "/wechat-lambda/account"
    assert not [text for text in strings(list(resources.values())) if '"token"' in text]
    assert sample.TOKEN not in SOURCE


def test_logs_are_kept_for_a_while_and_not_for_ever(resources: dict[str, Resource]) -> None:
    """Both log groups have a retention, and Lambda leaves the function's lines and their level as they are."""
    groups = of_type(resources, "AWS::Logs::LogGroup")
    assert len(groups) == 2
    assert all(group["RetentionInDays"] == 30 for group in groups)
    assert resources["CallbackFunction"]["Properties"]["LoggingConfig"]["LogFormat"] == "Text"


def test_the_function(resources: dict[str, Resource]) -> None:
    """Runtime, handler and architecture are what the build makes, tracing is on, and every version has an alias."""
    function = resources["CallbackFunction"]["Properties"]
    assert (function["Runtime"], function["Handler"]) == ("python3.13", "handler.lambda_handler")
    assert (function["Architectures"], function["MemorySize"]) == (["x86_64"], 512)
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert of_type(resources, "AWS::Lambda::Alias")[0]["Name"] == "live"


@pytest.mark.parametrize("region", ["us-east-1", "cn-north-1"])
def test_alarms_roll_a_gradual_deployment_back(region: str) -> None:
    """A new version that takes over gradually and fails is taken back by the alarms on failure."""
    assert not of_type(expanded(region), "AWS::CodeDeploy::DeploymentGroup")
    resources = expanded(region, GradualDeployment="true")
    (group,) = of_type(resources, "AWS::CodeDeploy::DeploymentGroup")
    watched = {alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]}
    assert watched == {"FunctionErrorsAlarm", "ResponderFailuresAlarm", "FailuresAlarm"}
    assert watched <= resources.keys()
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


def test_alarms_watch_metrics_that_are_written(resources: dict[str, Resource]) -> None:
    """Every alarm on a metric of ours names one that the code writes, under the dimension it writes it with."""
    code = "".join(path.read_text("utf-8") for path in (ROOT / "wechat_aws").glob("*.py"))
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")
    ours = [alarm for alarm in alarms if alarm["Namespace"] == "WeChatCallback"]
    assert len(alarms) == 9
    assert len(ours) == 6
    for alarm in ours:
        assert f'"{alarm["MetricName"]}"' in code
        assert alarm["Dimensions"] == [{"Name": "service", "Value": "wechat-callback"}]
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
    assert len(widgets) == 6


def test_it_expands_in_every_partition(resources: dict[str, Resource]) -> None:
    """No partition, region or suffix is written out, but in names of services, which are the same everywhere."""
    ours = [text for name in resources for text in strings(resources[name]) if "CodeDeployServiceRole" not in name]
    found = {text for text in ours if "amazonaws" in text or "arn:aws" in text or "us-east" in text}
    assert found <= {"lambda.amazonaws.com", "apigateway.amazonaws.com"}
    assert not re.search(r"arn:aws|us-east|amazonaws\.com(?!, |\})", SOURCE)
    assert "${AWS::URLSuffix}" in yaml_parse(SOURCE)["Outputs"]["CallbackUrl"]["Value"]["Fn::Sub"]


def test_every_parameter_is_explained_and_has_a_default() -> None:
    """`sam deploy --guided` is a row of Enters, each with a line that says what it sets."""
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


def test_every_environment_variable_is_declared() -> None:
    """What the code reads the template sets, and nothing else: `sam local` can override only what is there."""
    environ = Asked()
    read_settings(environ)
    variables = yaml_parse(SOURCE)["Resources"]["CallbackFunction"]["Properties"]["Environment"]["Variables"]
    assert environ.names == {name for name in variables if not name.startswith("POWERTOOLS_")}


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

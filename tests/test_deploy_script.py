"""The commands that deploy: what they go by, what they refuse, and what they conclude."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from scripts import deploy
from scripts.cloud import Build, Cloud, Stopped
from scripts.rollback import keep, list_good, roll_back
from scripts.stack import ROOT, InvalidStack, Stack, load_stack, read_stack

TEMPLATE = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))
DECLARED = TEMPLATE["Parameters"]
DEFAULTS = {name: str(about["Default"]) for name, about in DECLARED.items()}


def config(section: str = "default", command: str = "global", **settings: Any) -> dict[str, Any]:
    """A samconfig.toml with a stack's name and these settings in a section."""
    parsed: dict[str, Any] = {"default": {"global": {"parameters": {"stack_name": "wechat-lambda"}}}}
    parsed.setdefault(section, {}).setdefault(command, {}).setdefault("parameters", {}).update(settings)
    return parsed


def stack(parsed: dict[str, Any] | None = None, **environ: str) -> Stack:
    """The stack of a configuration and an environment."""
    return read_stack(environ, parsed or config(), DECLARED)


def test_the_file_lists_every_parameter_at_its_default() -> None:
    """What can be set stands in samconfig.toml, with the value it has if nothing is set."""
    assert load_stack({}).parameters == DEFAULTS
    text = (ROOT / "samconfig.toml").read_text("utf-8")
    assert all(f"'{name}=" in text for name in DEFAULTS)


def test_what_is_left_out_has_its_default() -> None:
    """An option that is removed is switched off, rather than kept as the stack has it."""
    assert stack().parameters == DEFAULTS
    assert stack(config(parameter_overrides="Deduplication=true")).parameters == DEFAULTS | {"Deduplication": "true"}


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("LateText=稍候", "稍候"),
        ('LateText="还在处理 …" LogLevel=INFO', "还在处理 …"),
        (['LogLevel="INFO"', 'LateText="say \\"hi\\""'], 'say "hi"'),
        ('LateText=""', ""),
        ('LateText="a=b"', "a=b"),
        ("\n  LateText=x\n  LogLevel=INFO\n", "x"),
    ],
)
def test_parameters_are_read_as_the_sam_cli_reads_them(given: Any, value: str) -> None:
    """Texts and lists, quoted or not; and what is handed to the SAM CLI reads the same."""
    found = stack(config(parameter_overrides=given))
    assert found.parameters["LateText"] == value
    assert stack(config(parameter_overrides=found.overrides)) == found


def test_parameters_of_the_environment_come_first() -> None:
    """PARAMETERS adds to the file's, and prevails."""
    found = stack(config(parameter_overrides="LogLevel=WARNING MaxAgeSeconds=7"), PARAMETERS="MaxAgeSeconds=8")
    assert (found.parameters["LogLevel"], found.parameters["MaxAgeSeconds"]) == ("WARNING", "8")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Dedupliction=true", "Dedupliction is no parameter of template.yaml: it has Deduplication"),
        ("Xyzzy=1", "Xyzzy is no parameter of template.yaml"),
        ("Deduplication=yes", "Deduplication is malformed: one of true, false"),
        ("MaxAgeSeconds=-1", "MaxAgeSeconds is malformed: a whole number, 0 or more, up to 86400"),
        ("MaxAgeSeconds=86401", "MaxAgeSeconds is malformed: a whole number, 0 or more, up to 86400"),
        ("LogRetentionDays=2", "LogRetentionDays is malformed: one of 1, 3, 5, 7, 14, 30, 60, 90, 180, 365"),
        ("AlarmEmail=nobody", "AlarmEmail is malformed: an e-mail address, or nothing"),
        ("AccountParameter=wechat/account", "AccountParameter is malformed: an SSM parameter's name"),
        ("RequestsPerSecond=0", "RequestsPerSecond is malformed: a whole number, 1 or more"),
        ("Deduplication", "samconfig.toml is malformed: write NAME=VALUE"),
        ('LateText="open', "samconfig.toml is malformed: write NAME=VALUE"),
    ],
)
def test_what_the_template_would_refuse_is_refused_at_once(given: str, said: str) -> None:
    """A misspelt parameter and a value that is not allowed are named, before anything is built or written."""
    with pytest.raises(InvalidStack) as caught:
        stack(config(parameter_overrides=given))
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("setting", "other"),
    [("parameter_overrides", "Architecture=arm64"), ("stack_name", "other"), ("region", "ap-east-1"), ("profile", "b")],
)
def test_build_and_deploy_cannot_disagree(setting: str, other: str) -> None:
    """What `sam deploy --guided` writes beside the file's own settings is refused: two architectures, names, places."""
    parsed = config(region="us-east-1", profile="a", parameter_overrides="Architecture=x86_64")
    parsed["default"]["deploy"] = {"parameters": {setting: other}}
    with pytest.raises(InvalidStack, match=r"samconfig\.toml sets .+ twice, .+: keep one"):
        stack(parsed)


def test_a_stack_of_another_name_has_its_own_settings() -> None:
    """STACK= names the stack and its account; a section of its name comes before the default one."""
    shop = config("shop", region="ap-east-1", parameter_overrides="Deduplication=true")
    shop["default"]["global"]["parameters"] |= {"region": "us-east-1", "parameter_overrides": "LogLevel=WARNING"}
    found = stack(shop, STACK="shop")
    assert (found.name, found.region, found.account_name) == ("shop", "ap-east-1", "/shop/account")
    assert (found.parameters["Deduplication"], found.parameters["LogLevel"]) == ("true", "WARNING")
    first = stack(shop)
    assert (first.name, first.region, first.account_name) == ("wechat-lambda", "us-east-1", "/wechat-lambda/account")
    assert first.parameters["Deduplication"] == "false"


@pytest.mark.parametrize("name", ["-shop", "shop_1", "店", "a" * 129])
def test_a_name_that_no_stack_can_have_is_refused(name: str) -> None:
    """CloudFormation's rule for names holds before anything is asked of it."""
    with pytest.raises(InvalidStack, match="STACK is malformed"):
        stack(STACK=name)


def test_the_region_is_the_files_or_the_environments() -> None:
    """The file decides, as it does for the SAM CLI, then AWS_REGION and AWS_DEFAULT_REGION, which mean the same."""
    both = {"AWS_REGION": "ap-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    assert stack(config(region="eu-west-1"), **both).region == "eu-west-1"
    assert stack(None, **both).region == "ap-east-1"
    assert stack(AWS_DEFAULT_REGION="us-east-1").region == "us-east-1"
    assert stack().region == ""
    assert stack(AWS_PROFILE="wechat").place == ["--profile", "wechat"]


def test_an_account_of_another_name_is_followed() -> None:
    """`make account` writes the parameter that the function is told to read."""
    assert stack(config(parameter_overrides="AccountParameter=/a/b")).account_name == "/a/b"


def test_an_account_is_one_stacks() -> None:
    """Another stack does not inherit the first one's account; it may name one."""
    parsed = config(parameter_overrides="AccountParameter=/a/b LogLevel=WARNING")
    found = stack(parsed, STACK="shop")
    assert (found.account_name, found.parameters["LogLevel"]) == ("/shop/account", "WARNING")
    parsed["shop"] = {"global": {"parameters": {"parameter_overrides": "AccountParameter=/c/d"}}}
    assert stack(parsed, STACK="shop").account_name == "/c/d"


class NoSuchKey(Exception):
    """Nothing is there."""


class FakeS3:
    """Keeps what is put."""

    exceptions = SimpleNamespace(NoSuchKey=NoSuchKey)

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    def put_object(self, **given: Any) -> None:
        self.kept[given["Bucket"], given["Key"]] = given["Body"]

    def get_object(self, **given: Any) -> Any:
        if (body := self.kept.get((given["Bucket"], given["Key"]))) is None:
            raise NoSuchKey
        return {"Body": SimpleNamespace(read=lambda: body)}


class FakeCloud(Cloud):
    """A stack that is what it was last made, in no AWS."""

    def __init__(self, account: str | None = '{"token": "SampleToken"}') -> None:
        self.stack, self.region, self.now = stack(), "us-east-1", Build("1 s3://bucket/1", {"A": "1"})
        self.s3, self.held, self.deleted, self.fresh = FakeS3(), account, False, False

    @property
    def where(self) -> str:
        return "here"

    def account(self) -> tuple[str, bool]:
        if self.held is None:
            raise Stopped("run make account")
        return self.held, self.fresh

    def outputs(self) -> dict[str, str]:
        return {"CallbackUrl": "https://api/wechat"}

    def build(self) -> Build:
        return self.now

    def client(self, service: Any) -> Any:
        return self.s3 if service == "s3" else self

    def get_waiter(self, _: str) -> Any:
        return SimpleNamespace(wait=lambda **_: None)

    def update_stack(self, **given: Any) -> None:
        parameters = {each["ParameterKey"]: each["ParameterValue"] for each in given["Parameters"]}
        self.now = Build(given["TemplateBody"], parameters)

    def delete_stack(self, **_: Any) -> None:
        self.deleted = True


def test_a_verdict_is_about_the_deployed_url_and_account(capsys: pytest.CaptureFixture[str]) -> None:
    """The doctor gets the URL that the stack gives out, or the operator's own, with the account of SSM."""
    asked: list[tuple[str, str]] = []
    cloud = FakeCloud()

    def examine(url: str, account: str) -> bool:
        asked.append((url, account))
        return True

    deploy.conclude(cloud, examine, "")
    deploy.conclude(cloud, examine, "https://wechat.example.com/wechat")
    assert asked == [
        ("https://api/wechat", '{"token": "SampleToken"}'),
        ("https://wechat.example.com/wechat", '{"token": "SampleToken"}'),
    ]
    printed = capsys.readouterr().out
    assert printed.count("CallbackUrl https://api/wechat") == 2
    assert "SampleToken" not in printed


@pytest.mark.parametrize("fresh", [True, False])
def test_a_bad_verdict_fails_and_keeps_nothing(fresh: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """What does not work is said to be deployed all the same, with the way back, and what else may be the reason."""
    cloud = FakeCloud()
    cloud.fresh = fresh
    with pytest.raises(Stopped, match="deployed, but it does not work.*make rollback") as caught:
        deploy.conclude(cloud, lambda *_: False, "")
    assert ("the account was changed just now" in str(caught.value)) == fresh
    assert not list_good(cloud, cloud.now)
    assert "CallbackUrl https://api/wechat" in capsys.readouterr().out


def test_the_way_back_is_to_the_last_good_build_that_differs() -> None:
    """From a bad build back to the last good one, from a good one to the one before; five are kept, each once."""
    cloud = FakeCloud()
    with pytest.raises(Stopped, match="no other good build is kept"):
        roll_back(cloud)
    first = cloud.now
    keep(cloud)
    cloud.now = second = Build("2 s3://bucket/2", {"A": "2"})
    keep(cloud)
    cloud.now = Build("bad s3://bucket/3", {"A": "1"})
    roll_back(cloud)
    assert cloud.now == second
    roll_back(cloud)
    assert cloud.now == first
    keep(cloud)
    assert list_good(cloud, second) == [first, second]
    for number in range(9):
        cloud.now = Build(f"s3://bucket/{number}", {})
        keep(cloud)
    assert [build.template[-1] for build in list_good(cloud, first)] == ["8", "7", "6", "5", "4"]
    cloud.now = Build("inline", {})
    with pytest.raises(Stopped, match="is not deployed by make deploy"):
        roll_back(cloud)


def test_the_template_comes_back_as_it_went() -> None:
    """CloudFormation may give back question marks for what is not ASCII, and takes 51,200 bytes without a bucket.

    Defaults may be in Chinese: whoever rolls back gives every parameter the value that it had.
    """
    text = (ROOT / "template.yaml").read_text("utf-8")
    assert re.sub(r"^ +Default: .*", "", text, flags=re.MULTILINE).isascii()
    assert len(text.encode()) < 40_000


@pytest.mark.parametrize(("typed", "deleted"), [("wechat-lambda", True), ("", False), ("y", False), ("shop", False)])
def test_deleting_takes_the_name(typed: str, deleted: bool) -> None:
    """Nothing is deleted but by the name of what is deleted."""
    cloud = FakeCloud()
    try:
        deploy.delete(cloud, lambda _: typed)
    except Stopped as stopped:
        assert str(stopped) == "nothing is deleted"
    assert cloud.deleted == deleted


def test_without_an_account_nothing_is_built(capsys: pytest.CaptureFixture[str]) -> None:
    """The account is asked for before the minute that a build takes, and after it is said where."""
    with pytest.raises(Stopped, match="run make account"):
        deploy.deploy(FakeCloud(account=None), lambda *_: True)
    assert capsys.readouterr().out == "here\n"

"""The example of a language model, as it is deployed: built in a copy of the project, under the runtime emulator."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from examples.concierge.tests.documents import copying, handler
from examples.concierge.tests.providers import KEY, MODEL
from harness.dynamodb import TABLE
from harness.emulator import ROOT, Emulator, run_emulator
from tests.aws.conftest import credentials, moto, moto_server, moto_table  # noqa: F401  (fixtures)
from tests.wechat import fields
from wechat_sim.platform import sample

pytestmark = pytest.mark.enable_socket

EVENT = json.loads((ROOT / "events" / "text.json").read_text("utf-8"))
WRITTEN = "周五下午还营业吗？"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The artefact of a copy of the project, in which the document was followed."""
    project = tmp_path_factory.mktemp("project")
    for name in ("scripts", "wechat_core", "wechat_aws", "examples", "requirements"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.in", "requirements.txt"):
        shutil.copy(ROOT / name, project)
    for command in copying():
        subprocess.run(command, shell=True, cwd=project, check=True)
    (project / "handler.py").write_text(handler(), "utf-8")
    subprocess.run(["make", ".venv-lock/ready", ".venv-build/ready"], cwd=ROOT, check=True)
    subprocess.run([ROOT / ".venv-lock" / "bin" / "python", "-m", "scripts.lock"], cwd=project, check=True)
    into = tmp_path_factory.mktemp("artifact")
    build = [
        str(ROOT / ".venv-build" / "bin" / "python"),
        "-m",
        "scripts.build",
        "--into",
        str(into),
        "--wheels",
        "x86_64",
    ]
    subprocess.run(build, cwd=project, check=True)
    return into


@pytest.fixture
def function(built: Path, mock_llm: str, tmp_path: Path) -> Iterator[Emulator]:
    """The function with three settings, and what it has without them."""
    settings = {"CONCIERGE_BASE_URL": mock_llm, "CONCIERGE_MODEL": MODEL, "CONCIERGE_API_KEY": KEY}
    own = {"WECHAT_ACCOUNT": sample.ACCOUNT_JSON, "WECHAT_MAX_AGE_SECONDS": "0", "DEDUP_TABLE": "memory"}
    with run_emulator(built, own | settings, tmp_path) as function:
        yield function


def ask(function: Emulator, number: int, content: str) -> str:
    """What a follower is answered who writes a text."""
    body = EVENT["body"].replace(WRITTEN, content).replace("24731180562347919", str(number))
    assert content in body
    answer: dict[str, Any] = function.invoke(EVENT | {"body": body})
    assert answer["statusCode"] == 200
    return fields(answer["body"])["Content"]


def test_what_is_deployed_answers_and_remembers(function: Emulator) -> None:
    """By the model, in plain text; the second question knows the first; nothing that was written is in the log."""
    assert ask(function, 1, "我叫小林") == "我叫小林，是吗？\n\n（内容由 AI 生成）"
    assert ask(function, 2, "我叫什么？").startswith('【名字】\n\n你叫小林，见<a href="https://example.com/xiaolin">')
    assert ask(function, 3, "营业时间") == "每天 10:00–20:00，节假日照常。"
    assert ask(function, 4, "慢慢来").startswith("慢慢来，是吗？")
    assert ask(function, 5, "禁").startswith("抱歉")
    log = function.wait_for("no answer: refused by the provider")
    assert not [word for word in ("小林", KEY, sample.FOLLOWER) if word in log]


def test_a_key_in_ssm_and_a_memory_in_the_table_do_as_well(
    built: Path,
    mock_llm: str,
    moto: str,  # noqa: F811
    moto_table: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    """As deployed: what one process was told, the next one remembers, and unsubscribing leaves nothing of it."""
    ssm = boto3.client("ssm")
    ssm.put_parameter(Name="/shop/secrets/CONCIERGE_API_KEY", Value=KEY, Type="SecureString")
    environ = {name: os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")}
    environ |= {"AWS_ENDPOINT_URL": moto, "WECHAT_SECRETS": "/shop/secrets", "DEDUP_TABLE": TABLE}
    environ |= {"WECHAT_ACCOUNT": sample.ACCOUNT_JSON, "WECHAT_MAX_AGE_SECONDS": "0"}
    environ |= {"CONCIERGE_BASE_URL": mock_llm, "CONCIERGE_MODEL": MODEL}
    with run_emulator(built, environ, tmp_path) as function:
        assert ask(function, 1, "我叫小林").startswith("我叫小林，是吗？")
    with run_emulator(built, environ, tmp_path) as function:
        assert ask(function, 2, "我叫什么？").startswith("【名字】")
        subscribed = json.loads((ROOT / "events" / "event_subscribe.json").read_text("utf-8"))
        function.invoke(subscribed | {"body": subscribed["body"].replace("[subscribe]", "[unsubscribe]")})
        assert ask(function, 3, "我叫什么？") == "我叫什么？，是吗？\n\n（内容由 AI 生成）"
    assert sample.FOLLOWER not in str(moto_table.scan(TableName=TABLE)["Items"])


def test_nothing_expensive_is_imported_for_the_start(built: Path) -> None:
    """Neither the parser nor the SDK: they are imported by the first that needs them."""
    code = "import handler, sys; print(sorted({'markdown_it', 'boto3', 'botocore'} & set(sys.modules)))"
    environ = {"PYTHONPATH": str(built), "WECHAT_ACCOUNT": sample.ACCOUNT_JSON, "CONCIERGE_API_KEY": KEY}
    python = ROOT / ".venv-build" / "bin" / "python"
    printed = subprocess.run([python, "-c", code], cwd=built, env=environ, capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"


def test_only_the_example_and_its_parser_are_added(built: Path) -> None:
    """The modules, without their tests, and the one package that they need."""
    names = {path.name for path in built.iterdir()}
    assert {"concierge", "markdown_it", "mdurl"} <= names
    assert not names & {"examples", "tests", "openai", "httpx", "boto3"}

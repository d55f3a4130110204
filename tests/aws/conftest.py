"""The DynamoDBs that tests run against: moto inside this process, and dynalite, an independent one, beside it."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

ROOT = Path(__file__).parent.parent.parent
LOCK = ROOT / "tests" / "dynalite" / "package-lock.json"
INSTALLED = ROOT / ".node"
TABLE = "messages"

_SERVE = """
require("dynalite")({createTableMs: 0, deleteTableMs: 0})
    .listen(0, "127.0.0.1", function () { console.log(this.address().port) })
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs dynalite, and so Node.js: `make check` runs it, `make test` does without."""
    for item in items:
        if "dynalite" in item.nodeid or "dynalite" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.node)


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """What any environment would hold."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def moto_table(credentials: None) -> Iterator[Any]:
    """A client of moto's DynamoDB, which has the table."""
    with mock_aws():
        client = boto3.client("dynamodb")
        create_table(client)
        yield client


@pytest.fixture
def dynalite_table(credentials: None, dynalite: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of dynalite, which has the table; every client of this process is led there."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynalite)
    client = boto3.client("dynamodb")
    create_table(client)
    yield client
    client.delete_table(TableName=TABLE)
    while client.list_tables()["TableNames"]:
        time.sleep(0.01)
    client.close()


@pytest.fixture(scope="session")
def dynalite() -> Iterator[str]:
    """The URL of a dynalite, installed when needed: npm verifies it by the hashes of the lock file."""
    installed = INSTALLED / "installed.json"  # a copy of the lock file; written last, it says that all is there
    if not installed.exists() or installed.read_bytes() != LOCK.read_bytes():
        shutil.copytree(LOCK.parent, INSTALLED, dirs_exist_ok=True)
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        subprocess.run(["npm", "ci", *quiet], cwd=INSTALLED, check=True)
        shutil.copy(LOCK, installed)
    with subprocess.Popen(["node", "-e", _SERVE], cwd=INSTALLED, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.terminate()


def create_table(client: Any) -> None:
    """Create the table as the template does."""
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    while client.describe_table(TableName=TABLE)["Table"]["TableStatus"] != "ACTIVE":
        time.sleep(0.01)

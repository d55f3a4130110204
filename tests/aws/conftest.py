"""The DynamoDBs that tests run against: moto's server, and dynalite, an independent one."""

import logging
import os
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import urllib3
from moto.server import ThreadedMotoServer

from harness.dynamodb import TABLE, create_table, serve_dynalite
from wechat_aws.aws_client import AwsClient
from wechat_aws.dynamo_store import DynamoStore


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs sockets; and what needs dynalite, and so Node.js: `make check` runs it, `make test` does not."""
    for item in items:
        used = [item.nodeid, *getattr(item, "fixturenames", ())]
        if any("dynalite" in name for name in used):
            item.add_marker(pytest.mark.node)
        if any(name in use for use in used for name in ("dynalite", "moto")):
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """What any environment would hold."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    """The URL of a moto, which pretends to be all of AWS."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def moto(credentials: None, moto_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its URL, with nothing in it; every client of this process is led there."""
    urllib3.request("POST", f"{moto_server}/moto-api/reset")
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_server)
    return moto_server


@pytest.fixture
def moto_table(moto: str) -> Iterator[Any]:
    """A client of moto's DynamoDB, which has the table."""
    client = boto3.client("dynamodb")
    create_table(client)
    yield client
    client.close()


def store_of(table: str = TABLE) -> DynamoStore:
    """A store in the table that this process is led to."""
    return DynamoStore(AwsClient(os.environ).call, table)


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
    """The URL of a dynalite."""
    with serve_dynalite() as url:
        yield url

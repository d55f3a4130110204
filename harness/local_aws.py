"""A local AWS, to deploy to and to read a parameter from."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import httpx

from harness.emulator import ROOT, free_addresses
from wechat_sim.platform import sample

NAME, SAFE_NAME = "/wechat-lambda/account", "/wechat-lambda/safe-account"
TABLE = "deliveries"
_PATIENCE = 60


@contextmanager
def local_aws(workdir: Path) -> Iterator[dict[str, str]]:
    """Run it, and give the variables that make a program use it."""
    (address,) = free_addresses(1)
    host, port = address.split(":")
    environ = {**os.environ, "BIND_HOST": host, "GATEWAY_PORT": port, "HOME": str(workdir), "IOT_MTLS_ENABLED": "0"}
    with (workdir / "local-aws.log").open("wb") as log:
        process = subprocess.Popen(
            [ROOT / ".venv-sam" / "bin" / "ministack"],
            cwd=workdir,
            env=environ,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    endpoint = f"http://{host}:{port}"
    try:
        _wait_for(endpoint)
        credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        yield credentials | {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for(endpoint: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            httpx.get(endpoint, trust_env=False)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def write_aws(aws: dict[str, str]) -> None:
    """Put into the local AWS what the functions find there."""
    session = boto3.Session(aws["AWS_ACCESS_KEY_ID"], aws["AWS_SECRET_ACCESS_KEY"], region_name=aws["AWS_REGION"])
    endpoint = aws["AWS_ENDPOINT_URL"]
    ssm, dynamodb = session.client("ssm", endpoint_url=endpoint), session.client("dynamodb", endpoint_url=endpoint)
    for name, account in ((NAME, sample.ACCOUNT_JSON), (SAFE_NAME, sample.SAFE_ACCOUNT_JSON)):
        ssm.put_parameter(Name=name, Value=account, Type="SecureString")
    dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )

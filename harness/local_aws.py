"""A local AWS, to deploy to and to read a parameter from."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from harness.dynamodb import create_table
from harness.emulator import ROOT
from harness.servers import free_ports, run_server
from wechat_sim.platform import sample

NAME, SAFE_NAME = "/wechat-lambda/account", "/wechat-lambda/safe-account"


@contextmanager
def local_aws(workdir: Path) -> Iterator[dict[str, str]]:
    """Run it, and give the variables that make a program use it."""
    (port,) = free_ports(1)
    own = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "HOME": str(workdir), "IOT_MTLS_ENABLED": "0"}
    command = [str(ROOT / ".venv-sam" / "bin" / "ministack")]
    with run_server(command, port, workdir / "local-aws.log", cwd=workdir, env=os.environ | own):
        credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
        yield credentials | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_DEFAULT_REGION": "us-east-1"}


def client(aws: Mapping[str, str], service: Any) -> Any:
    """A client of the local AWS."""
    session = boto3.Session(aws["AWS_ACCESS_KEY_ID"], aws["AWS_SECRET_ACCESS_KEY"], region_name=aws["AWS_REGION"])
    return session.client(service, endpoint_url=aws["AWS_ENDPOINT_URL"])


def write_aws(aws: Mapping[str, str]) -> None:
    """Put into the local AWS what the functions find there."""
    for name, account in ((NAME, sample.ACCOUNT_JSON), (SAFE_NAME, sample.SAFE_ACCOUNT_JSON)):
        client(aws, "ssm").put_parameter(Name=name, Value=account, Type="SecureString")
    create_table(client(aws, "dynamodb"))

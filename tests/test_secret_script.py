"""`make secret`, against a pretended SSM."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from scripts.cloud import Stopped
from scripts.secret import main, write
from scripts.stack import ROOT

NAME = "/wechat-lambda/secrets/WEATHER_KEY"


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("ssm", region_name="us-east-1")


def test_a_secret_is_written_encrypted(ssm: Any) -> None:
    """What was typed is a SecureString, and what is said of it does not hold it; a second one takes its place."""
    for text in ("first", "second"):
        assert text not in write(ssm, NAME, text)
    parameter = ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]
    assert (parameter["Type"], parameter["Value"]) == ("SecureString", "second")


def test_with_a_key_of_ones_own(ssm: Any) -> None:
    """A KMS key that is named encrypts it."""
    write(ssm, NAME, "first", key="alias/mine")
    (parameter,) = ssm.describe_parameters()["Parameters"]
    assert parameter["KeyId"] == "alias/mine"


def test_nothing_is_not_written(ssm: Any) -> None:
    """Enter alone leaves what is there."""
    write(ssm, NAME, "first")
    with pytest.raises(Stopped):
        write(ssm, NAME, "")
    assert ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]["Value"] == "first"


NAMELESS = "NAME is capitals, digits and underscores: make secret NAME=WEATHER_KEY"


@pytest.mark.parametrize("name", ["", "weather", "A/B"])
def test_a_name_that_no_variable_has_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what a name is like."""
    monkeypatch.setenv("NAME", name)
    with pytest.raises(SystemExit) as ended:
        main()
    assert str(ended.value) == NAMELESS


def test_a_process_says_it_too() -> None:
    """On standard error, and it fails."""
    command = [sys.executable, "-m", "scripts.secret"]
    process = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert (process.returncode, process.stdout, process.stderr) == (1, "", f"{NAMELESS}\n")

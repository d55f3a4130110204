import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from scripts.account import main, run
from scripts.stack import ROOT
from wechat_aws.settings import InvalidSettings

NAME = "/wechat-lambda/account"
KEY, APP_ID = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx2c2769f8efd9abc2"


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("ssm", region_name="us-east-1")


def answers(*lines: str) -> Callable[[str], str]:
    given = iter(lines)
    return lambda _: next(given)


def written(ssm: Any, *lines: str) -> Any:
    """What is in the parameter after the operator gave these answers."""
    ask = answers(*lines)
    said = run(ssm, NAME, ask, ask)
    assert not [line for line in lines if len(line) > 3 and line in said]
    parameter = ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]
    assert parameter["Type"] == "SecureString"
    return json.loads(parameter["Value"])


def test_plain_mode(ssm: Any) -> None:
    """A token and no key make an account in plain mode."""
    assert written(ssm, "SampleToken", "") == {"token": "SampleToken"}


def test_safe_mode(ssm: Any) -> None:
    """With a key the AppID is asked for, too."""
    expected = {"token": "SampleToken", "encoding_aes_key": KEY, "app_id": APP_ID}
    assert written(ssm, "SampleToken", KEY, APP_ID) == expected


def test_rotation_keeps_the_old_secret_until_told(ssm: Any) -> None:
    """A new token comes with the old one behind it; the next run leaves that out, and so does a no."""
    written(ssm, "OldToken", "")
    assert written(ssm, "NewToken", "", "") == {"token": ["NewToken", "OldToken"]}
    assert written(ssm, "NewToken", "") == {"token": "NewToken"}
    assert written(ssm, "NewestToken", "", "n") == {"token": "NewestToken"}


@pytest.mark.parametrize("lines", [("ab", ""), ("SampleToken", "short", APP_ID), ("SampleToken", KEY, "wx")])
def test_a_mistyped_account_is_not_written(ssm: Any, lines: tuple[str, ...]) -> None:
    """What the function would refuse to start with is refused here already, without repeating it."""
    with pytest.raises(InvalidSettings) as caught:
        written(ssm, *lines)
    assert KEY not in str(caught.value)
    assert not ssm.describe_parameters()["Parameters"]


def test_garbage_is_replaced(ssm: Any) -> None:
    """What is there but is no account is no reason to stop."""
    ssm.put_parameter(Name=NAME, Value="garbage", Type="SecureString")
    assert written(ssm, "SampleToken", "") == {"token": "SampleToken"}


def test_a_key_of_ones_own_is_kept(ssm: Any) -> None:
    """Each write names the KMS key that the settings name: SSM would take its own otherwise."""
    for key in ("alias/own", "alias/other"):
        ask = answers("SampleToken", "")
        run(ssm, NAME, ask, ask, key=key)
        assert ssm.describe_parameters()["Parameters"][0]["KeyId"] == key


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment, and where it is set, of somebody who has set up nothing."""
    environ = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    for name, text in environ.items():
        monkeypatch.setenv(name, text)
    return environ


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"PARAMETERS": "AccountParameter=wechat"}, "not written: AccountParameter is malformed"),
        ({"STACK": "-"}, "not written: STACK is malformed"),
        ({"AWS_PROFILE": "nobody"}, "not written: The config profile (nobody) could not be found"),
    ],
)
def test_it_is_said_in_a_line_what_is_wrong(
    environ: dict[str, str], said: str, nowhere: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that the template refuses, and a place that is not there, are refused before anything is asked."""
    for name, text in environ.items():
        monkeypatch.setenv(name, text)
    with pytest.raises(SystemExit) as ended:
        main()
    line = str(ended.value)
    assert line.startswith(said)
    assert "\n" not in line


def test_a_process_says_it_too(nowhere: dict[str, str]) -> None:
    """On standard error, and it fails; nothing was to be read on standard input."""
    process = subprocess.run(
        [sys.executable, "-m", "scripts.account"],
        cwd=ROOT,
        env=nowhere,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr.startswith("not written: no region is set: set region in samconfig.toml, or AWS_REGION")
    assert process.stderr.count("\n") == 1

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from wechat_aws.account_store import fetch_account
from wechat_aws.settings import InvalidSettings


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A pretended AWS; the credentials are what any environment would hold."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


def test_fetches_a_secure_string_decrypted() -> None:
    """The text that was put is the text that is fetched, by name as by ARN."""
    ssm = boto3.client("ssm")
    ssm.put_parameter(Name="/wechat-lambda/account", Value='{"token": "abc"}', Type="SecureString")
    arn = ssm.get_parameter(Name="/wechat-lambda/account")["Parameter"]["ARN"]
    assert fetch_account("/wechat-lambda/account") == fetch_account(arn) == '{"token": "abc"}'


def test_an_absent_parameter_is_named() -> None:
    """The line says which parameter cannot be read, and why in the service's own word."""
    with pytest.raises(InvalidSettings, match="parameter /absent cannot be read .ParameterNotFound.: write it"):
        fetch_account("/absent")


def test_an_unreachable_service_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a region there is no service to ask, and the line says so."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(InvalidSettings, match="NoRegionError"):
        fetch_account("/wechat-lambda/account")

"""The user's own secrets: in the environment, or in SSM as the account is."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest

from tests.wechat import NOW, TOKEN, build_handler, proxy_event, query, text
from wechat_aws.account_store import FRESH_SECONDS, RETRY_SECONDS
from wechat_aws.secrets import secret
from wechat_aws.settings import InvalidSettings
from wechat_core import Message, Reply, TextReply

FOLDER = "/shop/secrets"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ssm(moto: str) -> Iterator[Any]:
    """A client of a pretended SSM."""
    client = boto3.client("ssm")
    yield client
    client.close()


@pytest.fixture
def environ(moto: str) -> Mapping[str, str]:
    """What the function's environment holds."""
    return {**os.environ, "WECHAT_SECRETS": FOLDER}


def put(ssm: Any, value: str) -> None:
    ssm.put_parameter(Name=f"{FOLDER}/WEATHER_KEY", Value=value, Type="SecureString", Overwrite=True)


def test_a_secret_is_fetched_decrypted_and_kept(ssm: Any, environ: Mapping[str, str]) -> None:
    """It is asked for when it is first needed, and no more for five minutes; a new one needs no deploy."""
    clock = Clock()
    weather_key = secret("WEATHER_KEY", environ=environ, clock=clock)
    put(ssm, "first")
    assert weather_key() == "first"
    put(ssm, "second")
    clock.now = FRESH_SECONDS - 1
    assert weather_key() == "first"
    clock.now = FRESH_SECONDS
    assert weather_key() == "second"


def test_the_last_good_one_outlives_an_outage(
    ssm: Any, environ: Mapping[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be refreshed stays in use, with a line in the log that names it; once it is back, it is taken up."""
    clock = Clock()
    weather_key = secret("WEATHER_KEY", environ=environ, clock=clock)
    put(ssm, "first")
    assert weather_key() == "first"
    ssm.delete_parameter(Name=f"{FOLDER}/WEATHER_KEY")
    clock.now = FRESH_SECONDS
    assert weather_key() == "first"
    (line,) = caplog.messages
    assert line.startswith(f"the SSM parameter {FOLDER}/WEATHER_KEY cannot be read (ParameterNotFound)")
    put(ssm, "second")
    clock.now += RETRY_SECONDS
    assert weather_key() == "second"


def test_one_that_is_missing_is_named(ssm: Any, environ: Mapping[str, str], caplog: pytest.LogCaptureFixture) -> None:
    """The log says which and what to do, since of a responder's error it has no text; written, it is there at once."""
    weather_key = secret("WEATHER_KEY", environ=environ)
    with pytest.raises(InvalidSettings, match=rf"{FOLDER}/WEATHER_KEY cannot be read .*write it"):
        weather_key()
    assert caplog.messages
    put(ssm, "first")
    assert weather_key() == "first"


def test_a_variable_of_its_name_is_the_secret() -> None:
    """Under `make run` and in tests nothing is asked of AWS, and what is set later counts."""
    environ = {"WEATHER_KEY": "typed"}
    weather_key = secret("WEATHER_KEY", environ=environ)
    assert weather_key() == "typed"
    environ["WEATHER_KEY"] = "again"
    assert weather_key() == "again"


def test_without_either_both_are_named(caplog: pytest.LogCaptureFixture) -> None:
    """Who forgot it is told both ways."""
    with pytest.raises(InvalidSettings, match="WEATHER_KEY is missing: set WEATHER_KEY, or WECHAT_SECRETS"):
        secret("WEATHER_KEY", environ={})()
    assert caplog.messages == [
        "the secret WEATHER_KEY is missing: set WEATHER_KEY, or WECHAT_SECRETS to its folder in SSM"
    ]


@pytest.mark.parametrize("name", ["", "weather", "/shop/KEY", "A B", "1A", "A" * 65])
def test_a_name_is_a_variables(name: str) -> None:
    """A name that could not be set in an environment is refused where it is written, not when a message comes."""
    with pytest.raises(ValueError, match="cannot be a secret's name"):
        secret(name)


def test_a_responder_answers_with_its_secret(ssm: Any, environ: Mapping[str, str]) -> None:
    """In the function as it is wired, with the account in the environment and the secret in SSM."""
    weather_key = secret("WEATHER_KEY", environ=environ)
    put(ssm, "first")

    def respond(_: Message) -> Reply:
        return TextReply(weather_key())

    function = build_handler({"WECHAT_ACCOUNT": f'{{"token": "{TOKEN}"}}'}, respond, clock=lambda: NOW)
    assert "first" in function(proxy_event("POST", query(), text("?")), None)["body"]

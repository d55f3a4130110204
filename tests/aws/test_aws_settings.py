"""Regions, credentials and endpoints, as all of AWS's tools read them from the environment."""

from base64 import b64encode
from pathlib import Path

import botocore.session
import pytest

from wechat_aws.aws_client import AwsClient
from wechat_aws.aws_settings import read_endpoint, read_signer
from wechat_aws.settings import InvalidSettings

ENVIRON = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "Geheimnis/+="}


def test_every_region_has_its_endpoint() -> None:
    """In every region that botocore knows and that WeChat can reach, services listen under its partition's suffix."""
    known = botocore.session.Session().get_data("partitions")["partitions"]
    partitions = [partition for partition in known if "-iso" not in partition["id"]]
    suffixes = {region: p["outputs"]["dnsSuffix"] for p in partitions for region in p["regions"]}
    hosts = {r: f"ssm.{r}.{suffix}" for r, suffix in suffixes.items() if not r.endswith("-global")}
    assert len(partitions) >= 4
    assert len(hosts) > 35
    assert {region: read_endpoint({}, "ssm", region).host for region in hosts} == hosts
    assert read_endpoint({}, "dynamodb", "cn-north-1").host == "dynamodb.cn-north-1.amazonaws.com.cn"


@pytest.mark.parametrize(
    ("url", "secure", "name", "port", "host"),
    [
        ("http://localhost:4566", False, "localhost", 4566, "localhost:4566"),
        ("http://localhost:80/", False, "localhost", 80, "localhost"),
        ("https://vpce-1.ssm.us-east-1.vpce.amazonaws.com", True, "vpce-1.ssm.us-east-1.vpce.amazonaws.com", 443, None),
        ("https://127.0.0.1:443", True, "127.0.0.1", 443, "127.0.0.1"),
        ("https://127.0.0.1:80", True, "127.0.0.1", 80, "127.0.0.1:80"),
    ],
)
def test_an_endpoint_may_be_set(url: str, secure: bool, name: str, port: int, host: str | None) -> None:
    """For one service, or for all; the Host header has the port that is not the scheme's own."""
    for variable in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSM"):
        found = read_endpoint({variable: url}, "ssm", "us-east-1")
        assert (found.secure, found.name, found.port, found.host) == (secure, name, port, host or name)


def test_a_services_own_endpoint_comes_first() -> None:
    """A service's own variable is meant for it alone, and an empty one is none."""
    environ = {"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_SSM": "http://ssm", "AWS_ENDPOINT_URL_DYNAMODB": ""}
    assert [read_endpoint(environ, service, "r").name for service in ("ssm", "dynamodb")] == ["ssm", "all"]


@pytest.mark.parametrize(
    "url", ["localhost:4566", "ftp://x", "https://u:p@x", "https://x/path", "https://x?q", "https://x:y", "https://x\n"]
)
def test_a_malformed_endpoint_is_named(url: str) -> None:
    """What is no host is refused by the variable's name."""
    with pytest.raises(InvalidSettings, match="^AWS_ENDPOINT_URL_SSM is malformed: write https://host"):
        AwsClient(ENVIRON | {"AWS_ENDPOINT_URL_SSM": url})


def test_both_names_of_the_region() -> None:
    """AWS_REGION comes first, as in AWS's other SDKs; AWS_DEFAULT_REGION alone does as well."""
    assert read_signer(ENVIRON | {"AWS_REGION": "a-1", "AWS_DEFAULT_REGION": "b-1"}).region == "a-1"
    assert read_signer(ENVIRON | {"AWS_REGION": "", "AWS_DEFAULT_REGION": "b-1"}).region == "b-1"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"AWS_REGION": ""}, "AWS_REGION is missing: set it"),
        ({"AWS_REGION": "evil.example/"}, "AWS_REGION is malformed: set it"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "?"}, "AWS_DEFAULT_REGION is malformed: set it"),
        ({"AWS_ACCESS_KEY_ID": ""}, "AWS_ACCESS_KEY_ID is missing: .*SnapStart"),
        ({"AWS_SECRET_ACCESS_KEY": ""}, "AWS_SECRET_ACCESS_KEY is missing: .*SnapStart"),
        ({"AWS_SECRET_ACCESS_KEY": "Geheimnis\n"}, "AWS_SECRET_ACCESS_KEY is malformed"),
        ({"AWS_SESSION_TOKEN": "Geheimnis\r\nX: y"}, "AWS_SESSION_TOKEN is malformed"),
        ({"AWS_CA_BUNDLE": "/absent.pem"}, "AWS_CA_BUNDLE cannot be read"),
        ({"AWS_CA_BUNDLE": __file__}, "AWS_CA_BUNDLE cannot be read"),
    ],
)
def test_what_is_missing_is_named(changed: dict[str, str], reason: str) -> None:
    """A client is not made without what it needs; the line names the variable and never shows what it holds."""
    with pytest.raises(InvalidSettings, match=reason) as caught:
        AwsClient(ENVIRON | changed)
    assert "Geheimnis" not in str(caught.value)


def test_the_systems_authorities_are_named_where_they_are_malformed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that the system keeps and that holds no certificate is not said to be AWS_CA_BUNDLE."""
    system = tmp_path / "system.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(system))
    for content in (b64encode(b"junk Amazon Root CA 1"), b"Amazon"):
        system.write_bytes(b"-----BEGIN CERTIFICATE-----\n" + content + b"\n-----END CERTIFICATE-----\n")
        with pytest.raises(InvalidSettings, match="^SSL_CERT_FILE cannot be read"):
            AwsClient(ENVIRON)


def test_credentials_show_nothing() -> None:
    """They are in no repr."""
    assert "Geheimnis" not in repr(read_signer(ENVIRON))

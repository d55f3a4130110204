"""Signatures: AWS's published ones, and botocore's of whatever else."""

import calendar
import json
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SIGNED_HEADERS_BLACKLIST, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from wechat_aws.aws_settings import read_endpoint
from wechat_aws.sigv4 import Signer

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent.parent / "vectors" / "sigv4.json").read_text())
REGIONS = ["us-east-1", "cn-north-1", "cn-northwest-1", "us-gov-west-1", "eusc-de-east-1", "ap-southeast-3"]
REPLACED = {"host", "authorization", "x-amz-date", "date", "x-amz-security-token", "x-amz-content-sha256"}
UNSIGNED = set(SIGNED_HEADERS_BLACKLIST)  # by botocore, for proxies change them; we send none of them

names = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
keys = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)


def unix(date: str, form: str) -> int:
    return calendar.timegm(time.strptime(date, form))


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["id"])
def test_published_signatures(case: dict[str, Any]) -> None:
    """AWS's own suite, as far as it is of what we send: a POST to the root, without a query."""
    signer = Signer(case["region"], case["access_key"], case["secret_key"], case["session_token"])
    now = unix(case["time"], "%Y-%m-%dT%H:%M:%SZ")
    headers = signer.sign(case["headers"], case["body"].encode(), service=case["service"], now=now)
    assert headers["Authorization"].split(", ")[1:] == [
        f"SignedHeaders={case['signed_headers']}",
        f"Signature={case['signature']}",
    ]


@given(
    headers=st.dictionaries(names, texts | st.sampled_from(["  a   b ", "\ta\t", "“你好” \x7f"]), max_size=8),
    body=st.binary(max_size=200),
    credentials=st.tuples(keys, keys, st.just("") | keys | st.text("AQoDYXdz/+=", min_size=300, max_size=900)),
    region=st.sampled_from(REGIONS),
    service=st.sampled_from(["ssm", "dynamodb"]),
    port=st.sampled_from(["", ":80", ":443", ":8443"]),
)
def test_botocores_signatures(
    headers: dict[str, str], body: bytes, credentials: tuple[str, str, str], region: str, service: str, port: str
) -> None:
    """Whatever the headers, the body, the credentials and the host, botocore would have signed alike."""
    once = {name.lower(): name for name in headers}  # by one of its spellings
    headers = {name: headers[name] for lower, name in once.items() if lower not in REPLACED | UNSIGNED}
    endpoint = read_endpoint({}, service, region)
    if port:
        endpoint = read_endpoint({"AWS_ENDPOINT_URL": f"https://{endpoint.name}{port}"}, service, region)
    request = AWSRequest("POST", f"https://{endpoint.name}{port}/", headers=headers, data=body)
    access_key, secret_key, token = credentials
    SigV4Auth(Credentials(access_key, secret_key, token or None), service, region).add_auth(request)
    now = unix(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
    signed = Signer(region, *credentials).sign({**headers, "Host": endpoint.host}, body, service=service, now=now)
    assert signed["Authorization"] == request.headers["Authorization"]
    assert signed.get("X-Amz-Security-Token") == request.headers["X-Amz-Security-Token"]

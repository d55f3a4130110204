"""Region, credentials and endpoints of AWS, from environment variables by the names that all of AWS's tools use."""

import re
from collections.abc import Mapping
from typing import Final

from wechat_aws.settings import InvalidSettings
from wechat_aws.sigv4 import Signer
from wechat_core.values import Value

_SUFFIXES: Final = {"cn": "amazonaws.com.cn", "eusc-de": "amazonaws.eu"}
"""What hosts end with, by what a region's name begins with; amazonaws.com for all that reach the internet."""


class Endpoint(Value):
    """Where a service listens; `host` is the header's, with a port that is not the scheme's own."""

    secure: bool
    name: str
    port: int
    host: str


def read_signer(environ: Mapping[str, str]) -> Signer:
    """The region, and the credentials of the role or, elsewhere, of the user; raises InvalidSettings."""
    hint = "credentials are in the environment, except with SnapStart, which has to be off"
    return Signer(
        _read(environ, _first(environ, "AWS_REGION", "AWS_DEFAULT_REGION"), "[a-z0-9-]+", "set it, such as us-east-1"),
        _read(environ, "AWS_ACCESS_KEY_ID", "[!-~]+", hint),
        _read(environ, "AWS_SECRET_ACCESS_KEY", "[!-~]+", hint),
        _read(environ, "AWS_SESSION_TOKEN", "[!-~]*", hint),
    )


def read_endpoint(environ: Mapping[str, str], service: str, region: str) -> Endpoint:
    """The endpoint of a service: the region's, or the one that the environment names; raises InvalidSettings."""
    name = _first(environ, f"AWS_ENDPOINT_URL_{service.upper()}", "AWS_ENDPOINT_URL")
    url = environ.get(name) or f"https://{service}.{region}.{_SUFFIXES.get(region.rsplit('-', 2)[0], 'amazonaws.com')}"
    parts = re.fullmatch(r"http(s?)://(([A-Za-z0-9.-]+)(?::([0-9]{1,5}))?)/?", url)
    if not parts:
        raise InvalidSettings(f"{name} is malformed: write https://host or http://host:port")
    secure, port = bool(parts[1]), int(parts[4] or (443 if parts[1] else 80))
    return Endpoint(secure, parts[3], port, parts[3] if port == (443 if secure else 80) else parts[2])


def _first(environ: Mapping[str, str], *names: str) -> str:
    """The first of these variables that is set; without any, the first."""
    return next((name for name in names if environ.get(name)), names[0])


def _read(environ: Mapping[str, str], name: str, form: str, hint: str) -> str:
    if not re.fullmatch(form, value := environ.get(name, "")):
        raise InvalidSettings(f"{name} is {'malformed' if value else 'missing'}: {hint}")
    return value

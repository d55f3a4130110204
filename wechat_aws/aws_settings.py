"""Region, credentials and endpoints of AWS, from environment variables by the names that all of AWS's tools use."""

import re
from collections.abc import Mapping
from typing import Final

from wechat_aws.settings import InvalidSettings
from wechat_aws.sigv4 import Credentials
from wechat_core.values import Value

_SUFFIXES: Final = {
    "cn": "amazonaws.com.cn",
    "eusc-de": "amazonaws.eu",
    "us-iso": "c2s.ic.gov",
    "us-isob": "sc2s.sgov.gov",
    "us-isof": "csp.hci.ic.gov",
    "eu-isoe": "cloud.adc-e.uk",
}
"""What hosts end with, by what a region's name begins with; amazonaws.com for all others."""


class Endpoint(Value):
    """Where a service listens; `host` is the header's, with a port that is not the scheme's own."""

    secure: bool
    name: str
    port: int
    host: str


def read_region(environ: Mapping[str, str]) -> str:
    """The region; raises InvalidSettings."""
    theirs = not environ.get("AWS_REGION") and environ.get("AWS_DEFAULT_REGION")
    return _read(
        environ, "AWS_DEFAULT_REGION" if theirs else "AWS_REGION", "[a-z0-9-]+", "set it, such as to us-east-1"
    )


def read_credentials(environ: Mapping[str, str]) -> Credentials:
    """The credentials of the role, or elsewhere of the user; raises InvalidSettings."""
    hint = "credentials are in the environment, except with SnapStart, which has to be off"
    names = {"AWS_ACCESS_KEY_ID": "+", "AWS_SECRET_ACCESS_KEY": "+", "AWS_SESSION_TOKEN": "*"}
    return Credentials(*(_read(environ, name, f"[!-~]{times}", hint) for name, times in names.items()))


def read_endpoint(environ: Mapping[str, str], service: str, region: str) -> Endpoint:
    """The endpoint of a service: the region's, or the one that the environment names; raises InvalidSettings."""
    name = next((n for n in (f"AWS_ENDPOINT_URL_{service.upper()}", "AWS_ENDPOINT_URL") if environ.get(n)), "")
    url = environ.get(name) or f"https://{service}.{region}.{_SUFFIXES.get(region.rsplit('-', 2)[0], 'amazonaws.com')}"
    parts = re.fullmatch(r"http(s?)://(([A-Za-z0-9.-]+)(?::([0-9]{1,5}))?)/?", url)
    if not parts:
        raise InvalidSettings(f"{name} is malformed: write https://host or http://host:port")
    secure, port = bool(parts[1]), int(parts[4] or (443 if parts[1] else 80))
    return Endpoint(secure, parts[3], port, parts[3] if port == (443 if secure else 80) else parts[2])


def _read(environ: Mapping[str, str], name: str, form: str, hint: str) -> str:
    value = environ.get(name, "")
    if not re.fullmatch(form, value):
        raise InvalidSettings(f"{name} is {'malformed' if value else 'missing'}: {hint}")
    return value

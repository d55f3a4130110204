"""AWS Signature Version 4, of the only request that is sent: a POST to the root of a host, without a query.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import time
from collections.abc import Mapping

from wechat_core.values import Value


class Credentials(Value):
    """Who signs; without a session token they are a user's own and not a role's."""

    access_key: str
    secret_key: str
    session_token: str = ""


def sign(
    headers: Mapping[str, str], body: bytes, *, credentials: Credentials, region: str, service: str, now: float
) -> dict[str, str]:
    """The headers, all of them signed with the body, and those that hold the signature and its time.

    Args:
        headers: the request's, `Host` among them.
        now: Unix seconds.
    """
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    token = {"X-Amz-Security-Token": credentials.session_token} if credentials.session_token else {}
    signed = {**headers, "X-Amz-Date": date, **token}
    lines = sorted((name.lower(), " ".join(value.split())) for name, value in signed.items())
    names = ";".join(name for name, _ in lines)
    request = "\n".join(["POST", "/", "", *(f"{name}:{value}" for name, value in lines), "", names, _digest(body)])
    scope = f"{date[:8]}/{region}/{service}/aws4_request"
    key = b"AWS4" + credentials.secret_key.encode()
    for part in (*scope.split("/"), "\n".join(["AWS4-HMAC-SHA256", date, scope, _digest(request.encode())])):
        key = hmac.digest(key, part.encode(), "sha256")
    credential = f"Credential={credentials.access_key}/{scope}"
    return signed | {"Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders={names}, Signature={key.hex()}"}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

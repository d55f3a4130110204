"""AWS Signature Version 4, of the only request that is sent: a POST to the root of a host, without a query.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
import time
from collections.abc import Mapping
from hashlib import sha256

from wechat_core.values import Value


class Signer(Value):
    """Who signs, and in which region; without a session token the keys are a user's own and not a role's."""

    region: str
    access_key: str
    secret_key: str
    session_token: str = ""

    def sign(self, headers: Mapping[str, str], body: bytes, *, service: str, now: float) -> dict[str, str]:
        """The headers, all of them signed with the body, and those that hold the signature and its time.

        Args:
            headers: the request's, `Host` among them.
            now: Unix seconds.
        """
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        token = {"X-Amz-Security-Token": self.session_token} if self.session_token else {}
        signed = {**headers, "X-Amz-Date": date, **token}
        lines = sorted((name.lower(), " ".join(value.split())) for name, value in signed.items())
        names = ";".join(name for name, _ in lines)
        canonical = "".join(f"{name}:{value}\n" for name, value in lines)
        request = f"POST\n/\n\n{canonical}\n{names}\n{sha256(body).hexdigest()}"
        scope = f"{date[:8]}/{self.region}/{service}/aws4_request"
        key = b"AWS4" + self.secret_key.encode()
        for part in (*scope.split("/"), f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{sha256(request.encode()).hexdigest()}"):
            key = hmac.digest(key, part.encode(), "sha256")
        signer = f"Credential={self.access_key}/{scope}"
        return signed | {"Authorization": f"AWS4-HMAC-SHA256 {signer}, SignedHeaders={names}, Signature={key.hex()}"}

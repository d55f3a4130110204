"""Calls AWS: signed JSON over HTTPS, by one connection to each service, kept alive.

botocore would be most of the function's start: see docs/adr/0011-own-aws-client.md.
"""

import json
import re
import time
from collections.abc import Mapping
from http.client import HTTPException
from ssl import SSLCertVerificationError
from typing import Any, Final

from wechat_aws.aws_settings import read_endpoint, read_signer
from wechat_aws.connection import Connection
from wechat_aws.trust import load_trust

_SERVICES: Final = {"ssm": ("AmazonSSM", "1.1"), "dynamodb": ("DynamoDB_20120810", "1.0")}
_THROTTLED: Final = ("ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded")


class ServiceError(Exception):
    """A call failed. `code` is the service's error code, such as `AccessDeniedException`, or `HTTP` and the status.

    Where there was no answer, or none that can be read: `timed out`, `connection failed`, `certificate refused`,
    `malformed answer`. `pause` is the seconds after which another attempt may succeed; None where none will.
    """

    def __init__(self, code: str, pause: float | None = None) -> None:
        super().__init__(code)
        self.code, self.pause = code, pause


class AwsClient:
    """Calls SSM and DynamoDB. Threads may share it.

    Args:
        environ: region, credentials, endpoints and authorities, by the names that all of AWS's tools use. Read once: a
            process's environment does not change, and Lambda's credentials outlast its processes.

    Raises:
        InvalidSettings: one of them is missing or malformed.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._signer = read_signer(environ)
        self._endpoints = {service: read_endpoint(environ, service, self._signer.region) for service in _SERVICES}
        self._bundle = environ.get("AWS_CA_BUNDLE", "")
        self._trust = load_trust(self._bundle)
        self._idle: dict[str, Connection] = {}

    def call(self, service: str, operation: str, payload: Mapping[str, Any], *, timeout: float) -> dict[str, Any]:
        """The answer to an operation of `ssm` or `dynamodb`.

        A failure that may pass is tried once more: a time-out, of half the time; a lost connection; throttling; a 5xx.
        So an operation may be carried out twice: what the second time would spoil needs a condition.

        Args:
            timeout: seconds, for everything.

        Raises:
            ServiceError: it failed.
        """
        body, end = json.dumps(payload).encode(), time.monotonic() + timeout
        try:
            return self._attempt(service, operation, body, end - timeout / 2)
        except ServiceError as error:
            if error.pause is None:
                raise
            time.sleep(error.pause)
        return self._attempt(service, operation, body, end)

    def _attempt(self, service: str, operation: str, body: bytes, deadline: float) -> dict[str, Any]:
        endpoint, (target, version) = self._endpoints[service], _SERVICES[service]
        kind = f"application/x-amz-json-{version}"
        headers = {"Host": endpoint.host, "Content-Type": kind, "X-Amz-Target": f"{target}.{operation}"}
        signed = self._signer.sign(headers, body, service=service, now=time.time())
        try:
            connection = self._idle.pop(service, None)
            if not (connection and connection.is_idle()):
                connection = Connection(endpoint, self._trust, deadline=deadline)
            status, answer, reusable = connection.post(signed, body, deadline=deadline)
        except SSLCertVerificationError:
            if not self._bundle:
                self._trust.load_default_certs()  # for the second attempt: Amazon's own were loaded first
            raise ServiceError("certificate refused", pause=0) from None
        except (OSError, HTTPException, ValueError) as error:  # the last is http.client's, of a malformed chunk
            code = "timed out" if isinstance(error, TimeoutError) else "connection failed"
            raise ServiceError(code, pause=0) from None
        if reusable:
            self._idle[service] = connection
        return _read(status, answer)


def _read(status: int, content: bytes) -> dict[str, Any]:
    """What was asked for; raises ServiceError where the answer is something else."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if status == 200 and isinstance(answer, dict):
        return answer
    if status == 200:
        raise ServiceError("malformed answer")
    said = answer.get("__type") if isinstance(answer, dict) else None
    name = re.fullmatch("(?:.*#)?([A-Za-z][A-Za-z0-9_]{0,63})", str(said or ""))  # it will be logged
    code = name[1] if name else f"HTTP {status}"
    passing = status == 429 or status >= 500 or code in _THROTTLED
    raise ServiceError(code, pause=0.05 if passing else None)

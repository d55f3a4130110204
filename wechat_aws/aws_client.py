"""Calls AWS: signed JSON over HTTPS, by one connection to each service, kept alive.

botocore would be most of the function's start: see docs/adr/0011-own-aws-client.md.
"""

import json
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from ssl import SSLCertVerificationError
from typing import Any, Final

from wechat_aws.aws_settings import Endpoint, read_credentials, read_endpoint, read_region
from wechat_aws.connection import Connection
from wechat_aws.sigv4 import sign
from wechat_aws.trust import Trust

_SERVICES: Final = {"ssm": ("AmazonSSM", "1.1"), "dynamodb": ("DynamoDB_20120810", "1.0")}
_THROTTLED: Final = ("ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded")
_PAUSE_SECONDS: Final = 0.05


class ServiceError(Exception):
    """A call failed. `code` is the service's error code, such as `AccessDeniedException`, or `HTTP` and the status.

    Where there was no answer, or none that can be read: `timed out`, `connection failed`, `certificate refused`,
    `malformed answer`. `pause` is the seconds after which another attempt may succeed; None where none will.
    """

    def __init__(self, code: str, pause: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.pause = pause

    @property
    def refused(self) -> bool:
        """Whether the service itself has refused, and said why."""
        return self.code.isidentifier()


class AwsClient:
    """Calls SSM and DynamoDB. Threads may share it.

    Args:
        environ: region, credentials, endpoints and authorities, by the names that all of AWS's tools use. Read once: a
            process's environment does not change, and Lambda's credentials outlast its processes.
        clock: Unix seconds.

    Raises:
        InvalidSettings: one of them is missing or malformed.
    """

    def __init__(self, environ: Mapping[str, str], *, clock: Callable[[], float] = time.time) -> None:
        self._region = read_region(environ)
        self._credentials = read_credentials(environ)
        self._endpoints = {service: read_endpoint(environ, service, self._region) for service in _SERVICES}
        self._trust = Trust(environ.get("AWS_CA_BUNDLE", ""))
        self._idle: dict[str, list[Connection]] = {service: [] for service in _SERVICES}
        self._clock = clock

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
        headers = self._headers(service, operation, body)
        try:
            connection = self._connection(service, deadline)
            status, answer, reusable = connection.post(headers, body, deadline=deadline)
        except TimeoutError:
            raise ServiceError("timed out", pause=0) from None
        except SSLCertVerificationError:
            raise ServiceError("certificate refused") from None
        except (OSError, HTTPException):
            raise ServiceError("connection failed", pause=0) from None
        if reusable:
            self._idle[service].append(connection)
        return _read(status, answer)

    def _headers(self, service: str, operation: str, body: bytes) -> dict[str, str]:
        target, version = _SERVICES[service]
        headers = {
            "Host": self._endpoints[service].host,
            "Content-Type": f"application/x-amz-json-{version}",
            "X-Amz-Target": f"{target}.{operation}",
        }
        who, now = self._credentials, self._clock()
        return sign(headers, body, credentials=who, region=self._region, service=service, now=now)

    def _connection(self, service: str, deadline: float) -> Connection:
        """One that is idle, or a new one."""
        try:
            while not (connection := self._idle[service].pop()).is_idle():
                pass
        except IndexError:
            return self._connect(self._endpoints[service], deadline)
        return connection

    def _connect(self, endpoint: Endpoint, deadline: float) -> Connection:
        tls = self._trust.context() if endpoint.secure else None
        try:
            return Connection(endpoint.name, endpoint.port, tls, deadline=deadline)
        except SSLCertVerificationError:
            if not self._trust.widen():
                raise
        return Connection(endpoint.name, endpoint.port, self._trust.context(), deadline=deadline)


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
    code = str(answer.get("__type") or "").rpartition("#")[2] if isinstance(answer, dict) else ""
    if not (code.isascii() and code.isidentifier() and len(code) <= 64):  # it will be logged
        code = f"HTTP {status}"
    passing = status == 429 or status >= 500 or code in _THROTTLED
    raise ServiceError(code, pause=_PAUSE_SECONDS if passing else None)

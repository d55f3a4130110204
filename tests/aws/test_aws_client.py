"""The client of AWS, against servers that do what services and networks do on bad days."""

import gzip
import json
import os
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from socket import AF_INET, SHUT_RDWR, SOCK_STREAM, socket
from ssl import create_default_context
from threading import Barrier, Event
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from harness import certificates
from tests.aws import faults
from tests.aws.faults import Fault, Server, answer, at_once, drip, hang, refuse, reset, send, serving
from wechat_aws.aws_client import AwsClient, ServiceError
from wechat_aws.aws_settings import Endpoint
from wechat_aws.connection import Connection

pytestmark = pytest.mark.enable_socket

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI",
    "AWS_SESSION_TOKEN": "AQoDYXdzEPT//",
}
ENVIRON = {"AWS_REGION": "us-east-1", **CREDENTIALS}
NOISE = 0.4
"""Seconds that a busy machine may add."""


def client_of(server: Server, **environ: str) -> AwsClient:
    return AwsClient({**ENVIRON, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}", **environ})


def call(client: AwsClient, timeout: float = 2.0) -> dict[str, Any]:
    return client.call("dynamodb", "GetItem", {"TableName": "t"}, timeout=timeout)


def code(client: AwsClient, timeout: float = 2.0) -> str:
    """What a call fails with."""
    with pytest.raises(ServiceError) as caught:
        call(client, timeout)
    return caught.value.code


def test_what_is_sent() -> None:
    """The request is the service's own, signed as botocore would sign what arrived."""
    with serving(answer()) as server:
        client_of(server).call("ssm", "GetParameter", {"Name": "/x", "Note": "你好"}, timeout=2)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name: value for name, _, value in (line.partition(": ") for line in lines)}
    assert first == "POST / HTTP/1.1"
    assert json.loads(body) == {"Name": "/x", "Note": "你好"}
    assert headers["X-Amz-Target"] == "AmazonSSM.GetParameter"
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    sent = {name: headers[name] for name in ("Host", "Content-Type", "X-Amz-Target")}
    request = AWSRequest("POST", f"http://127.0.0.1:{server.port}/", headers=sent, data=body)
    signer = SigV4Auth(Credentials(*CREDENTIALS.values()), "ssm", "us-east-1")
    request.context["timestamp"] = headers["X-Amz-Date"]
    request.headers["X-Amz-Date"] = headers["X-Amz-Date"]
    request.headers["X-Amz-Security-Token"] = headers["X-Amz-Security-Token"]
    whole = signer.string_to_sign(request, signer.canonical_request(request))
    assert headers["Authorization"].endswith(f"Signature={signer.signature(whole, request)}")


def test_one_connection_is_kept() -> None:
    """Calls one after another share a connection; those at once have one each, of which one is kept."""
    with serving(answer(content={"Item": 1})) as server:
        client = client_of(server)
        assert [call(client) for _ in range(5)] == [{"Item": 1}] * 5
        assert server.connections == 1
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda _: call(client), range(40))) == [{"Item": 1}] * 40
        before = server.connections
        assert before <= 40
        assert [call(client) for _ in range(5)] == [{"Item": 1}] * 5
        assert server.connections == before


SECONDS = [
    pytest.param(refuse("ThrottlingException"), id="throttled"),
    pytest.param(refuse("ProvisionedThroughputExceededException"), id="over the table's throughput"),
    pytest.param(refuse("InternalServerError", 500), id="500"),
    pytest.param(send(faults.http(503, b"<html>busy"), close=True), id="503 of a load balancer"),
    pytest.param(answer(429), id="429"),
    pytest.param(reset, id="reset after the request"),
    pytest.param(at_once(reset), id="reset before the request"),
    pytest.param(send(b"", close=True), id="closed without an answer"),
    pytest.param(send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", close=True), id="cut short"),
    pytest.param(send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", close=True), id="bad chunks"),
    pytest.param(
        send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", close=True), id="a negative chunk"
    ),
    pytest.param(send(b"SSH-2.0-OpenSSH_9.2p1\r\n", close=True), id="not HTTP"),
    pytest.param(hang, id="hangs"),
    pytest.param(drip(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 9999), id="drips headers"),
    pytest.param(drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 999), id="drips 100s"),
    pytest.param(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b" " * 9999), id="drips a body"),
    pytest.param(
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + b" " * 900_000, 0), id="drips without a pause"
    ),
]


@pytest.mark.parametrize("fault", SECONDS)
def test_the_second_attempt_answers(fault: Fault) -> None:
    """A failure that may pass is tried once more, and within the time: half of it is left for the second attempt."""
    with serving(fault, answer(content={"Item": 1})) as server:
        started = time.monotonic()
        assert call(client_of(server), timeout=1) == {"Item": 1}
        assert time.monotonic() - started < 0.5 + NOISE


@pytest.mark.parametrize("fault", [*SECONDS, pytest.param(at_once(hang), id="hangs before it reads")])
@pytest.mark.parametrize("secure", [False, True])
def test_two_failures_end_in_time(fault: Fault, secure: bool, certified: Path) -> None:
    """Two attempts and no third, together no longer than the time given: also against one who drips."""
    with serving(fault, tls=certificates.context(certified) if secure else None) as server:
        client = secured(server, AWS_CA_BUNDLE=str(certified / "authority.pem")) if secure else client_of(server)
        started = time.monotonic()
        code(client, timeout=0.6)
        assert time.monotonic() - started < 0.6 + NOISE
        assert server.connections <= 2


def test_after_the_deadline_nothing_is_sent() -> None:
    """Where the time is over before a request, as after a freeze, it does not go out, by a kept connection either."""
    with serving(answer()) as server:
        client = client_of(server)
        assert call(client) == {}
        assert code(client, timeout=-1) == "timed out"
        assert len(server.requests) == 1


def test_a_connection_is_kept_beside_many_files() -> None:
    """A user's function may have as many files open as it likes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    with ExitStack() as stack, serving(answer()) as server:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        client = client_of(server)
        for _ in range(1024):
            stack.callback(os.close, os.dup(1))
        assert [call(client), call(client)] == [{}, {}]
        assert server.connections == 1


@pytest.mark.parametrize("secure", [False, True])
def test_a_connection_that_a_freeze_has_killed(secure: bool, certified: Path) -> None:
    """A kept connection whose peer has gone without a word is given up in half the time, and another one answers."""
    last = answer(content={"Item": 2})
    with serving(answer(), hang, last, tls=certificates.context(certified) if secure else None) as server:
        client = client_of(server) if not secure else secured(server, AWS_CA_BUNDLE=str(certified / "authority.pem"))
        assert call(client) == {}
        started = time.monotonic()
        assert call(client, timeout=1) == {"Item": 2}
        assert 0.5 <= time.monotonic() - started < 0.5 + NOISE
        assert server.connections == 2


def test_all_connections_that_a_freeze_has_killed() -> None:
    """However many calls there were at once before a freeze, the second attempt is on a connection made after it."""
    met, frozen = Barrier(2), Event()
    before: list[socket] = []

    def freeze(server: Server, connection: socket) -> None:
        if not frozen.is_set():
            before.append(connection)
            met.wait(5)
        (hang if frozen.is_set() and connection in before else answer(content={"Item": 2}))(server, connection)

    with serving(freeze) as server, ThreadPoolExecutor(2) as pool:
        client = client_of(server)
        assert list(pool.map(lambda _: call(client), range(2))) == [{"Item": 2}] * 2
        frozen.set()
        assert call(client, timeout=1) == {"Item": 2}


def test_a_connection_that_was_closed_is_not_used(certified: Path) -> None:
    """Where the peer has closed a kept connection, or said something unasked, a call does not even try it."""
    closed = send(faults.http(200, b"{}"), close=True)
    unasked = send(faults.http(200, b"{}") + faults.http(200, b'{"Item": "another\'s"}'))
    for fault in (closed, unasked):
        with serving(fault, answer(content={"Item": 1})) as server:
            client = client_of(server)
            assert call(client) == {}
            time.sleep(0.05)
            assert call(client) == {"Item": 1}
            assert len(server.requests) == 2


def test_connection_close_is_heeded() -> None:
    """A peer that wants a connection for each call gets it."""
    with serving(answer(200, {}, "Connection: close")) as server:
        client = client_of(server)
        assert [call(client), call(client)] == [{}, {}]
        assert server.connections == 2


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (refuse("AccessDeniedException"), "AccessDeniedException"),
        (refuse("ConditionalCheckFailedException"), "ConditionalCheckFailedException"),
        (answer(400, {"__type": "ParameterNotFound"}), "ParameterNotFound"),
        (answer(400, {"__type": "evil\u001b[31m name"}), "HTTP 400"),
        (answer(400, {"__type": "x" * 65}), "HTTP 400"),
        (answer(400, {"__type": "aws#Version_2Exception"}), "Version_2Exception"),
        (answer(400, {"__type": None}), "HTTP 400"),
        (answer(400, {"__type": {}}), "HTTP 400"),
        (answer(400, [1]), "HTTP 400"),
        (answer(403, b"<html>"), "HTTP 403"),
        (answer(301, b"", "Location: https://example.com/"), "HTTP 301"),
        (answer(204, b""), "HTTP 204"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(fault: Fault, expected: str) -> None:
    """A refusal has the service's own word where that is a name, and the status where it is not; nothing it says."""
    with serving(fault) as server:
        assert code(client_of(server)) == expected
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><title>Sign in to the airport's network</title>",
        b"[1]",
        b"null",
        b'{"a": 1',
        b'{"a": "\xff"}',
        b"1" * 5000,
        b"[" * 100_000,
        gzip.compress(b'{"a": 1}', mtime=0),
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_object_is_malformed(content: bytes) -> None:
    """An answer that says all is well and is not a JSON object is the service's failure, in our words."""
    with serving(answer(200, content, "Content-Encoding: gzip")) as server:
        assert code(client_of(server)) == "malformed answer"


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    """Of an answer a mebibyte is read, whatever length it claims or hides."""
    space = b" " * (1 << 20)
    long = answer(200, space + b'{"a": 1}')
    chunked = send(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"100000\r\n" + space + b"\r\n" + b"1\r\n"
    )
    endless = send(b"HTTP/1.1 200 OK\r\n\r\n" + space + b'{"a": 1}', close=True)
    for fault, expected in ((long, "connection failed"), (chunked, "connection failed"), (endless, "malformed answer")):
        with serving(fault) as server:
            assert code(client_of(server)) == expected


def test_a_chunk_of_no_size_is_not_read_to_its_end() -> None:
    """A chunk of -1 bytes has all that ever comes to http.client; not to us: its sender is soon left alone."""
    sent: list[int] = []

    def pour(server: Server, connection: socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")
        while len(sent) < 256:
            connection.sendall(b" " * (1 << 18))
            sent.append(1 << 18)
        connection.shutdown(SHUT_RDWR)

    with serving(pour) as server:
        assert code(client_of(server), timeout=20) == "connection failed"
    assert sum(sent) < 48 << 20  # in two attempts, with what the system's buffers hold


def test_nobody_there() -> None:
    """A port where nobody listens, and a name that nobody has."""
    with serving(answer()) as server:
        pass
    assert code(client_of(server)) == "connection failed"
    assert code(client_of(server, AWS_ENDPOINT_URL="http://absent.invalid")) == "connection failed"


def test_the_next_address_is_tried() -> None:
    """Where a host has several addresses, one that refuses does not hide the next."""
    with serving(answer()) as gone:
        pass
    with serving(answer(content={"Item": 1})) as server:
        addresses = [(AF_INET, SOCK_STREAM, 0, "", ("127.0.0.1", peer.port)) for peer in (gone, server)]
        deadline = time.monotonic() + 5
        endpoint, trust = Endpoint(False, "name", 1, "name:1"), create_default_context()
        connection = Connection(endpoint, trust, deadline=deadline, resolve=lambda *_, **__: addresses)
        assert connection.post({}, b"{}", deadline=deadline) == (200, b'{"Item": 1}', True)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the certificates of a server called localhost."""
    return certificates.certify(tmp_path_factory.mktemp("certified"))


def secured(server: Server, **environ: str) -> AwsClient:
    return client_of(server, AWS_ENDPOINT_URL=f"https://localhost:{server.port}", **environ)


def test_a_bundle_replaces_the_authorities(certified: Path) -> None:
    """Who AWS_CA_BUNDLE holds is believed, over one connection, and nobody else is."""
    with serving(answer(content={"Item": 1}), tls=certificates.context(certified)) as server:
        client = secured(server, AWS_CA_BUNDLE=str(certified / "authority.pem"))
        assert [call(client), call(client)] == [{"Item": 1}] * 2
        assert server.connections == 1


def test_beside_a_bundle_the_system_is_not_asked(
    certified: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom AWS_CA_BUNDLE does not hold is refused, even where the system would vouch for it."""
    others = certificates.certify(tmp_path / "others")
    monkeypatch.setenv("SSL_CERT_FILE", str(certified / "authority.pem"))
    with serving(answer(), tls=certificates.context(certified)) as server:
        assert call(secured(server)) == {}
        assert code(secured(server, AWS_CA_BUNDLE=str(others / "authority.pem"))) == "certificate refused"


@pytest.mark.parametrize(
    "certificate", [{"name": "other.example"}, {"valid": -1}, {}], ids=["another's", "expired", "unknown authority"]
)
def test_a_certificate_that_proves_nothing_is_refused(certificate: dict[str, Any], tmp_path: Path) -> None:
    """Another host's, an expired one, one of an authority unknown here: nothing is sent."""
    certificates.certify(tmp_path, **certificate)
    bundle = {"AWS_CA_BUNDLE": str(tmp_path / "authority.pem")} if certificate else {}
    with serving(answer(), tls=certificates.context(tmp_path)) as server:
        assert code(secured(server, **bundle)) == "certificate refused"
        assert server.requests == []


@pytest.mark.parametrize(("authority", "connections"), [("Amazon Root CA 9", 1), ("Another Authority", 2)])
def test_amazons_own_authorities_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: str, connections: int
) -> None:
    """Of the system's authorities those named as Amazon's are believed at first, and all of them where these fail."""
    certificates.certify(tmp_path, authority=authority)
    others = certificates.certify(tmp_path.joinpath("others"), authority="Amazon Root CA 1")
    system = tmp_path / "system.pem"
    system.write_bytes(b"# both\n" + b"".join((f / "authority.pem").read_bytes() for f in (tmp_path, others)))
    monkeypatch.setenv("SSL_CERT_FILE", str(system))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with serving(answer(content={"Item": 1}), tls=certificates.context(tmp_path)) as server:
        client = secured(server)
        assert [call(client), call(client)] == [{"Item": 1}] * 2
        assert server.connections == connections

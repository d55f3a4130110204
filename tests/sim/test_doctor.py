import contextlib
import re
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import trustme
from starlette.applications import Starlette
from starlette.routing import Route
from werkzeug.serving import make_server

from harness.servers import free_ports, run_server, serve, serve_app
from tests.sim.examining import examine
from tests.sim.zoo import (
    BROKEN,
    BROKEN_SAFE,
    DOUBTFUL,
    HEALTHY,
    PATIENCE,
    SLOW,
    Animal,
    by_wechatpy,
    slow,
    the_articles_view,
)
from tests.wechat import build_handler
from wechat_sim.doctor import findings
from wechat_sim.doctor.examination import Check
from wechat_sim.doctor.findings import Finding
from wechat_sim.platform import sample
from wechat_sim.platform.console import SAMPLE, Console
from wechat_sim.serve import create_app
from wechat_sim.texts import CHINESE, ENGLISH, explain_cause, hint_at, quote_console

pytestmark = pytest.mark.enable_socket

SAFE = SAMPLE.replace(mode="safe")
ANIMALS: dict[str, Animal] = {name: animal for name, (animal, _) in (BROKEN | BROKEN_SAFE | DOUBTFUL).items()} | HEALTHY
ANIMALS |= {"wechatpy-safe": by_wechatpy(), "cold": slow(1.2, until=1)}


@pytest.fixture(scope="module")
def zoo() -> Iterator[str]:
    """The URL under which every animal of the zoo answers by its name."""
    routes = [Route(f"/{name}", animal, methods=["GET", "POST"]) for name, animal in ANIMALS.items()]
    with serve_app(Starlette(routes=routes)) as port:
        yield f"http://127.0.0.1:{port}/"


def examined(url: str, console: Console = SAMPLE) -> list[Check]:
    """Every check of an examination, by a platform with less patience for the slow ones."""
    return examine(url, console, patience=PATIENCE if url.rpartition("/")[2] in SLOW else 5.0)


def found(checks: list[Check]) -> list[str]:
    """What was found, by its id; that a test's callback is on this machine is no news, and notes are none either."""
    every = [finding for check in checks for finding in check.findings if finding.level != "note"]
    return [finding.id for finding in every if finding.id != findings.PRIVATE_ADDRESS.id]


def _waiting(name: str) -> Any:
    """Of the slow ones one is examined each time; the others take seconds, and the same path."""
    return pytest.param(name, marks=pytest.mark.thorough) if name in SLOW - {"slow-start"} else name


@pytest.mark.parametrize("name", [_waiting(name) for name in BROKEN])
def test_the_cause_is_named(zoo: str, name: str) -> None:
    """Each broken callback is diagnosed by its own cause and by no other."""
    assert found(examined(zoo + name)) == [BROKEN[name][1].id]


@pytest.mark.parametrize("name", BROKEN_SAFE)
def test_the_cause_is_named_in_safe_mode(zoo: str, name: str) -> None:
    """The same where the console is in safe mode: modes and keys that do not fit are told apart."""
    assert found(examined(zoo + name, SAFE)) == [BROKEN_SAFE[name][1].id]


@pytest.mark.parametrize("name", [_waiting(name) for name in DOUBTFUL])
def test_what_weixin_lets_pass_is_warned_of(zoo: str, name: str) -> None:
    """A warning is given and the examination goes on to its end."""
    checks = examined(zoo + name)
    assert DOUBTFUL[name][1].id in found(checks)
    assert not any(finding.is_fault for check in checks for finding in check.findings)
    assert checks[-1].id == "time"


def test_an_unchecked_post_is_warned_of(zoo: str) -> None:
    """Whoever does not check signatures is told for GET and for POST."""
    assert found(examined(zoo + "unchecked")) == [findings.UNCHECKED.id, findings.FORGERY_TAKEN.id]


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_callbacks_are_healthy(zoo: str, name: str) -> None:
    """Nothing is found wrong with callbacks that work, whoever built them."""
    assert found(examined(zoo + name)) == []


def test_a_healthy_callback_of_another_library_in_safe_mode(zoo: str) -> None:
    """wechatpy opens what the simulator encrypts, and its replies are opened here."""
    assert found(examined(zoo + "wechatpy-safe", SAFE)) == []


def test_the_articles_view_is_healthy() -> None:
    """The Flask view that tutorials show passes, for text; that it copies what is none of a reply is warned of."""
    server = make_server("127.0.0.1", 0, the_articles_view(), threaded=True)
    with serve(server):
        warned = found(examined(f"http://127.0.0.1:{server.port}/wechat"))
        assert set(warned) == {findings.OTHER_MESSAGE_FAILS.id}


@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_ours_is_healthy(mode: str) -> None:
    """The real handler passes in its own mode."""
    account = sample.SAFE_ACCOUNT_JSON if mode == "safe" else sample.ACCOUNT_JSON
    with serve_app(create_app(build_handler({"WECHAT_ACCOUNT": account}), SAMPLE)) as port:
        assert found(examined(f"http://127.0.0.1:{port}/wechat", SAMPLE.replace(mode=mode))) == []


def test_the_wrong_mode_of_ours_is_named() -> None:
    """A key that is configured here and a console in plain mode, and the other way round."""
    for account, console, cause in (
        (sample.SAFE_ACCOUNT_JSON, SAMPLE, findings.IS_SAFE),
        (sample.SAFE_ACCOUNT_JSON, Console(sample.TOKEN), findings.POST_REFUSED),
        (sample.ACCOUNT_JSON, SAFE, findings.IS_PLAIN),
        (sample.SAFE_ACCOUNT_JSON, SAFE.replace(encoding_aes_key="b" * 43), findings.WRONG_KEY),
        (sample.SAFE_ACCOUNT_JSON, SAFE.replace(app_id="wx0000000000000000"), findings.WRONG_KEY),
    ):
        with serve_app(create_app(build_handler({"WECHAT_ACCOUNT": account}), SAMPLE)) as port:
            assert found(examined(f"http://127.0.0.1:{port}/wechat", console)) == [cause.id]


def test_a_path_where_nothing_is(zoo: str) -> None:
    """A 404 is the path."""
    assert found(examined(zoo + "nothing-here")) == [findings.NO_SUCH_PATH.id]


def test_a_cold_start_is_told_from_slowness(zoo: str) -> None:
    """One long answer and short ones after it are a warning, with both figures."""
    (finding,) = examined(zoo + "cold")[-1].findings
    assert finding.replace(detail="") == findings.COLD_START
    assert re.fullmatch(r"[12]\.\d s, then 0\.\d s", finding.detail)


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("callback", findings.NOT_A_URL),
        ("ftp://example.com/", findings.NOT_A_URL),
        ("http://a:99999/", findings.NOT_A_URL),
        ("https://example.com:8443/wechat", findings.WRONG_PORT),
        ("https://no-such-host.invalid/wechat", findings.NO_HOST),
    ],
)
def test_the_way_there(url: str, cause: Finding) -> None:
    """What is wrong with the URL itself is found before anything is sent."""
    assert found(examined(url)) == [cause.id]


def test_nothing_listens() -> None:
    """A closed port is told from a name that does not resolve."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert found(examined(f"http://127.0.0.1:{unused.getsockname()[1]}/")) == [findings.NOBODY_LISTENS.id]


@contextmanager
def answering(answer: bytes | None, *, reads: bool = True) -> Iterator[int]:
    """A raw socket that reads a little, says something to everybody and closes, or with None resets; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_all() -> None:
            with contextlib.suppress(OSError):
                while True:
                    answer_one(server.accept()[0])

        def answer_one(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):
                if answer is None:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.recv(1)
                elif reads:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=answer_all)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_connection_that_breaks_off() -> None:
    """A server that hangs up without an answer."""
    with answering(b"", reads=False) as port:
        assert found(examined(f"http://127.0.0.1:{port}/")) == [findings.BROKEN_OFF.id]


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n12345", "received 5 bytes, expected 70"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n", "incomplete chunked read"),
    ],
)
def test_a_body_that_breaks_off(answer: bytes, detail: str) -> None:
    """Less than Content-Length says, or no last chunk: it is told which."""
    with answering(answer) as port:
        (finding,) = examined(f"http://127.0.0.1:{port}/")[-1].findings
    assert (finding.id, finding.detail) == (findings.BROKEN_OFF.id, detail)


def _alert(description: int) -> bytes:
    """A fatal alert of TLS, as a server of TLS 1.0 sends it (RFC 5246, 7.2)."""
    return bytes([21, 3, 1, 0, 2, 2, description])


_SERVER_HELLO: Final = bytes([2, 0, 0, 38, 3, 1, *bytes(32), 0, 0, 0x2F, 0])
"""That of a server that knows TLS 1.0, whatever the client offers (RFC 5246, 7.4.1.3)."""


@pytest.mark.parametrize(
    ("answer", "cause", "detail"),
    [
        (_alert(70), findings.TLS_TOO_OLD, "TLSV1_ALERT_PROTOCOL_VERSION"),
        (bytes([22, 3, 1, 0, len(_SERVER_HELLO)]) + _SERVER_HELLO, findings.TLS_TOO_OLD, "UNSUPPORTED_PROTOCOL"),
        (_alert(40), findings.TLS_BREAKS_OFF, "SSLV3_ALERT_HANDSHAKE_FAILURE"),
        (_alert(80), findings.TLS_BREAKS_OFF, "TLSV1_ALERT_INTERNAL_ERROR"),
        (_alert(112), findings.TLS_BREAKS_OFF, "TLSV1_UNRECOGNIZED_NAME"),
        (b"", findings.TLS_BREAKS_OFF, "UNEXPECTED_EOF_WHILE_READING"),
        (None, findings.TLS_BREAKS_OFF, ""),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", findings.NO_TLS, ""),
        (b"220 mail.example.com ESMTP\r\n", findings.NO_TLS, ""),
    ],
    ids=["version", "hello", "failure", "internal", "name", "closes", "resets", "http", "smtp"],
)
def test_a_handshake_that_fails(answer: bytes | None, cause: Finding, detail: str) -> None:
    """A server that speaks only what is too old is told from one that breaks off and from one without TLS."""
    with answering(answer) as port:
        (finding,) = examined(f"https://127.0.0.1:{port}/")[-1].findings
    assert (finding.id, finding.detail) == (cause.id, detail)


def test_a_real_server_of_old_tls(tmp_path: Path) -> None:
    """OpenSSL that is set to TLS 1.0 and 1.1 alone."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    _write_self_signed(certificate, key)
    (port,) = free_ports(1)
    command = ["openssl", "s_server", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-quiet", "-accept", f"127.0.0.1:{port}"]
    command += ["-cert", str(certificate), "-key", str(key)]
    with run_server(command, port, tmp_path / "log", stdin=subprocess.DEVNULL):
        assert found(examined(f"https://127.0.0.1:{port}/")) == [findings.TLS_TOO_OLD.id]


def test_tls(tmp_path: Path) -> None:
    """A certificate that nobody trusts, and a server without TLS, are told apart."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    _write_self_signed(certificate, key)
    with serve_app(Starlette(), ssl_certfile=certificate, ssl_keyfile=key) as port:
        (finding,) = examined(f"https://127.0.0.1:{port}/")[-1].findings
        assert (finding.id, finding.detail) == (findings.CERTIFICATE_UNTRUSTED.id, "self-signed certificate")
    with serve_app(Starlette()) as port:
        assert found(examined(f"https://127.0.0.1:{port}/")) == [findings.NO_TLS.id]


def _write_self_signed(certificate: Path, key: Path) -> None:
    nobody = trustme.CA()
    nobody.cert_pem.write_to_path(str(certificate))
    nobody.private_key_pem.write_to_path(str(key))


@pytest.mark.parametrize("finding", [value for value in vars(findings).values() if isinstance(value, Finding)])
def test_every_finding_says_what_to_change(finding: Finding) -> None:
    """A finding has a cause and a hint in both languages; one that stops WeChat tells what is read of it there."""
    for language in (ENGLISH, CHINESE):
        assert explain_cause(finding.id, language)
        assert hint_at(finding.id, language)
        assert quote_console(finding.console, language) or not finding.is_fault

"""One request over TLS: whom it trusts, and that it ends in time there, too."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.concierge.concierge import web
from examples.concierge.concierge.model import NoAnswer
from examples.concierge.tests.servers import answers, drips, serving
from harness.certificates import certify, context

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the one authority that this system trusts."""
    folder = certify(tmp_path / "trusted")
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    web._authorities.cache_clear()
    yield folder
    web._authorities.cache_clear()


def get(url: str, seconds: float = 5) -> web.Response:
    """What is there."""
    return web.request("GET", url, headers={}, seconds=seconds, limit=100)


def test_a_certificate_of_the_systems_is_trusted(authority: Path) -> None:
    """As a provider's is."""
    with serving(answers(200, b"ok"), tls=context(authority)) as server:
        assert get(f"{server.url}/x").body == b"ok"


@pytest.mark.parametrize("wrong", [{"name": "other.example"}, {"valid": -1}, {}])
def test_no_other_is(authority: Path, tmp_path: Path, wrong: dict[str, str]) -> None:
    """Of another host, expired, or of an authority that nobody knows: nothing is asked there."""
    folder = authority if wrong else tmp_path / "unknown"
    certify(folder, **wrong)  # type: ignore[arg-type]
    with serving(answers(200, b"ok"), tls=context(folder)) as server:
        with pytest.raises(NoAnswer, match=r"connection failed \(SSLCertVerificationError\)"):
            get(f"{server.url}/x")
        assert server.asked == []


def test_a_slow_answer_ends_at_the_deadline(authority: Path) -> None:
    """Whatever TLS is in the middle of."""
    started = time.monotonic()
    with serving(drips(b"x", times=40), tls=context(authority)) as server, pytest.raises(NoAnswer, match="timed out"):
        get(f"{server.url}/x", seconds=0.5)
    assert time.monotonic() - started < 1.5

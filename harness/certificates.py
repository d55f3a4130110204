"""Certificates for servers on this machine, and an authority that vouches for them."""

import datetime
import ssl
from pathlib import Path

import trustme


def certify(folder: Path, *, name: str = "localhost", authority: str = "Amazon Root CA 9", valid: int = 1) -> Path:
    """Write `authority.pem` and, signed by it, `server.pem` with its key; `valid` is in days from now."""
    folder.mkdir(exist_ok=True)
    issuer = trustme.CA(organization_name=authority)
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=valid)
    issuer.cert_pem.write_to_path(str(folder / "authority.pem"))
    issuer.issue_cert(name, not_after=ends).private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    return folder


def context(folder: Path) -> ssl.SSLContext:
    """The server's side of TLS, with what `certify` has written."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "server.pem")
    return tls

"""The authorities that are trusted for AWS's certificates: the system's, of which Amazon's own are loaded first.

To load all of them takes more time than all else that a call needs (docs/adr/0011-own-aws-client.md).
"""

import re
from base64 import b64decode
from pathlib import Path
from ssl import SSLContext, create_default_context, get_default_verify_paths

from wechat_aws.settings import InvalidSettings


def load_trust(bundle: str) -> SSLContext:
    """The context to connect with, of Amazon's authorities; `load_default_certs` adds all the others of the system.

    Args:
        bundle: a file of certificates, to be trusted instead of the system's.

    Raises:
        InvalidSettings: it, or the system's file, cannot be read.
    """
    try:
        return create_default_context(cafile=bundle) if bundle else create_default_context(cadata=_amazons_own())
    except (OSError, ValueError):
        name = "AWS_CA_BUNDLE" if bundle else "SSL_CERT_FILE"
        raise InvalidSettings(f"{name} cannot be read: name a file of certificates in PEM") from None


def _amazons_own() -> bytes:
    """Those of the system's authorities that have Amazon's names; none where the system keeps no file.

    https://www.amazontrust.com/repository/
    """
    pem = Path(system).read_bytes() if (system := get_default_verify_paths().cafile) else b""
    blocks = re.finditer(rb"-----BEGIN CERTIFICATE-----([^-]+)", pem)
    certificates = (b64decode(block[1]) for block in blocks)  # one at a time: all of them are a part of the peak
    return b"".join(c for c in certificates if b"Amazon Root CA" in c or b"Starfield Services Root" in c)

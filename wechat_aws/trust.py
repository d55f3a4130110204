"""The authorities that are trusted for AWS's certificates: the system's, of which Amazon's own are loaded first.

To load all of them takes more time than all else that a call needs (docs/adr/0011-own-aws-client.md).
"""

import re
import ssl
from base64 import b64decode
from pathlib import Path

from wechat_aws.settings import InvalidSettings


class Trust:
    """Gives the context to connect with.

    Args:
        bundle: a file of certificates, to be trusted instead of the system's.

    Raises:
        InvalidSettings: it cannot be read.
    """

    def __init__(self, bundle: str) -> None:
        self._complete = bool(bundle)
        try:
            self._context = ssl.create_default_context(cafile=bundle) if bundle else None
        except OSError:
            raise InvalidSettings("AWS_CA_BUNDLE cannot be read: name a file of certificates in PEM") from None

    def context(self) -> ssl.SSLContext:
        """The context to connect with, of Amazon's authorities until it is widened."""
        self._context = self._context or ssl.create_default_context(cadata=_amazons_own())
        return self._context

    def widen(self) -> bool:
        """Trust all of the system's authorities from now on; False where they are trusted already, or replaced."""
        if self._complete:
            return False
        self._complete, self._context = True, ssl.create_default_context()
        return True


def _amazons_own() -> bytes:
    """Those of the system's authorities that have Amazon's names; none where the system keeps no file.

    https://www.amazontrust.com/repository/
    """
    bundle = ssl.get_default_verify_paths().cafile
    pem = Path(bundle).read_bytes() if bundle else b""
    blocks = re.finditer(rb"-----BEGIN CERTIFICATE-----([^-]+)", pem)
    certificates = (b64decode(block[1]) for block in blocks)  # one at a time: all of them are a part of the peak
    return b"".join(c for c in certificates if b"Amazon Root CA" in c or b"Starfield Services Root" in c)

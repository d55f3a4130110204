"""Opens an encrypted reply as the platform does, and says what is wrong with one that does not open."""

import re
from binascii import a2b_base64
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from wechat_core.records import Record
from wechat_core.signature import sign
from wechat_core.xml_tree import Tree
from wechat_sim.platform.console import PLAIN, Console
from wechat_sim.platform.reading import Fault
from wechat_sim.platform.verdict import Cause, excerpt

_SALT: Final = 16
_LENGTH: Final = 4
_BLOCK: Final = 32


class _Sealed(Record):
    encrypt: str = ""
    msg_signature: str = ""
    time_stamp: str = ""
    nonce: str = ""


def open_reply(console: Console, received: bytes, tree: Tree) -> bytes:
    """The document in a reply: itself, or what is encrypted in it.

    Raises:
        Fault: it is plain where it has to be encrypted, the other way round, or does not open.
    """
    if "Encrypt" not in tree:
        if console.mode == "safe":
            raise Fault(Cause.NOT_ENCRYPTED)
        return received
    if console.mode == PLAIN:
        raise Fault(Cause.ENCRYPTED)
    sealed = _Sealed.read(tree) or _Sealed()
    _check_signature(console, sealed, tree)
    return _open_leniently(sealed.encrypt, console)


def _check_signature(console: Console, sealed: _Sealed, tree: Tree) -> None:
    if not (sealed.msg_signature and sealed.time_stamp and sealed.nonce):
        raise Fault(Cause.SIGNATURE_MISSING, excerpt(", ".join(tree).encode()))
    if sealed.msg_signature != sign(console.token, sealed.time_stamp, sealed.nonce, sealed.encrypt):
        raise Fault(Cause.WRONG_SIGNATURE)


def _open_leniently(ciphertext: str, console: Console) -> bytes:
    """The document in a ciphertext; padding to 16 bytes passes, everything else that is wrong is reported."""
    content, app_id = _decrypt(ciphertext, console.encoding_aes_key)[_SALT:], console.app_id.encode()
    end = _LENGTH + int.from_bytes(content[:_LENGTH])
    if content[end:] == app_id:
        return content[_LENGTH:end]
    if b"<xml" not in content:
        raise Fault(Cause.REPLY_NOT_OPENED)
    text = content[content.index(b"<xml") :]
    if not text.endswith(app_id):
        raise Fault(Cause.WRONG_APP_ID)
    raise Fault(Cause.WRONG_LENGTH, f"{end - _LENGTH}, not {len(text) - len(app_id)}")


def _decrypt(ciphertext: str, key: str) -> bytes:
    """The content of a ciphertext, without its padding; refused if the key cannot be the right one."""
    try:
        encrypted = a2b_base64(re.sub(r"\s", "", ciphertext), strict_mode=True)
        secret = a2b_base64(f"{key}=")
        decryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).decryptor()
        padded = decryptor.update(encrypted) + decryptor.finalize()
    except ValueError:
        raise Fault(Cause.REPLY_NOT_OPENED) from None
    if not padded or not 1 <= padded[-1] <= _BLOCK:
        raise Fault(Cause.REPLY_NOT_OPENED)
    return padded[: -padded[-1]]

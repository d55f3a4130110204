"""The platform's side in safe mode, and requests to be damaged in one place."""

import base64
import json

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.wechat import FROM, NONCE, NOW, TO, TOKEN, query, signature, text
from wechat_core.exchange import Request
from wechat_core.safe_mode import SafeEnvelope, encrypt

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx2c2769f8efd9abc2"
SAFE_ENVIRON = {"WECHAT_ACCOUNT": json.dumps({"token": TOKEN, "encoding_aes_key": KEY, "app_id": APP_ID})}
SALT = b"0123456789abcdef"


def entropy(count: int) -> bytes:
    return SALT[:count]


SAFE = SafeEnvelope((TOKEN,), (KEY,), APP_ID, 300, entropy)


def encrypted_post(xml: bytes) -> Request:
    """These bytes as an encrypted and correctly signed request."""
    ciphertext = encrypt(xml, key=KEY, app_id=APP_ID, salt=SALT)
    signed = ("msg_signature", signature(TOKEN, str(NOW), NONCE, ciphertext))
    return Request("POST", (*query(), signed), f"<xml><Encrypt><![CDATA[{ciphertext}]]></Encrypt></xml>".encode())


class Sent:
    """A correct encrypted request, to be damaged in one place."""

    def __init__(self, content: str = "你好", *, token: str = TOKEN, key: str = KEY, app_id: str = APP_ID) -> None:
        self.ciphertext = encrypt(text(content), key=key, app_id=app_id, salt=SALT)
        self.body = (
            f"<xml><ToUserName><![CDATA[{TO}]]></ToUserName><Encrypt><![CDATA[{self.ciphertext}]]></Encrypt></xml>"
        )
        self.query = dict(query(token=token, encrypt_type="aes", openid=FROM))
        self.sign(token)

    def sign(self, token: str = TOKEN, timestamp: str = str(NOW)) -> None:
        """Sign the ciphertext as it is now."""
        signed = signature(token, timestamp, self.query["nonce"], self.ciphertext)
        self.query.update(timestamp=timestamp, msg_signature=signed)

    def encrypted(self, plain: bytes) -> None:
        """Put other bytes into the ciphertext, correctly encrypted and signed."""
        secret = base64.b64decode(KEY + "=")
        encryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
        self.carry(base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode())

    def carry(self, ciphertext: str) -> None:
        """Put another ciphertext into the body, correctly signed."""
        self.body = self.body.replace(self.ciphertext, ciphertext)
        self.ciphertext = ciphertext
        self.sign()

    def request(self) -> Request:
        return Request("POST", tuple(self.query.items()), self.body.encode())

"""What the platform sends, written the way the platform writes it.

https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from simulator import sample
from simulator.sample import Content
from wechat_core.safe_mode import encrypt
from wechat_core.signature import sign


def write_message(msg_type: str, content: Content, *, created: int, msg_id: int | None) -> bytes:
    """The XML of a message from the sample follower to the sample account; an event has no `msg_id`."""
    elements: dict[str, str | int | float | Content] = {
        "ToUserName": sample.ACCOUNT_ID,
        "FromUserName": sample.FOLLOWER,
        "CreateTime": created,
        "MsgType": msg_type,
        **content,
    }
    if msg_id is not None:
        elements["MsgId"] = msg_id
    return f"<xml>{_lines(elements)}</xml>".encode("utf-8", "surrogatepass")


def write_encrypted(xml: bytes, *, plain: bytes = b"") -> tuple[bytes, str]:
    """The body that carries a message in safe mode, and the ciphertext in it, which is signed.

    In compatible mode the platform puts the ciphertext behind the fields of the `plain` message.
    """
    key, app_id = sample.ENCODING_AES_KEY, sample.APP_ID
    ciphertext = encrypt(xml, key=key, app_id=app_id, salt=sample.SALT)
    outer = plain.removesuffix(b"</xml>") or f"<xml>{_lines({'ToUserName': sample.ACCOUNT_ID})}".encode()
    return outer + f"<Encrypt><![CDATA[{ciphertext}]]></Encrypt>\n</xml>".encode(), ciphertext


def signed_query(
    token: str, *, timestamp: int, nonce: str, openid: str = "", echostr: str = "", ciphertext: str = ""
) -> str:
    """The query of a signed request: a message comes with the follower's OpenID, the check of a URL with an echostr.

    A ciphertext is signed as well, and announced.
    """
    parameters = {"signature": sign(token, str(timestamp), nonce), "echostr": echostr}
    parameters |= {"timestamp": str(timestamp), "nonce": nonce, "openid": openid}
    if ciphertext:
        parameters |= {"encrypt_type": "aes", "msg_signature": sign(token, str(timestamp), nonce, ciphertext)}
    return urlencode({name: value for name, value in parameters.items() if value})


def _lines(elements: Content) -> str:
    return "".join(f"<{name}>{_written(value)}</{name}>\n" for name, value in elements.items())


def _written(value: str | float | Content) -> str:
    match value:
        case Mapping():
            return _lines(value)
        case int():
            return str(value)
        case float():
            return f"{value:.6f}"
    return f"<![CDATA[{value}]]>"  # as it is: the platform neither escapes nor splits a "]]>" that a follower wrote

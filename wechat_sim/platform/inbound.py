"""Writes what the platform sends, the way the platform does.

https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html
"""

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from wechat_core.safe_mode import encrypt
from wechat_core.signature import sign
from wechat_core.values import Value
from wechat_sim.platform import sample
from wechat_sim.platform.console import PLAIN, Console
from wechat_sim.platform.samples import read_fields, samples


class Push(Value):
    """One message on its way: every delivery of it is the same, byte for byte."""

    console: Console
    xml: bytes
    query: str
    body: bytes
    forged: bool = False


def compose(
    console: Console,
    name: str,
    fields: Mapping[str, str],
    *,
    now: int,
    follower: str = sample.FOLLOWER,
    forged: bool = False,
    nonce: str = "",
) -> Push:
    """A new message: a sample, with other content where `fields` has some; `forged` is signed with a wrong token.

    Without a nonce it gets one of its own.

    Raises:
        ValueError: the sample has no such field.
        KeyError: there is no such sample.
    """
    msg_id = sample.MSG_ID + secrets.randbelow(10**15)
    xml = write_message(name, fields, follower=follower, created=now, msg_id=msg_id)
    return push_of(console, xml, now=now, forged=forged, nonce=nonce)


def push_of(console: Console, xml: bytes, *, now: int, forged: bool = False, nonce: str = "") -> Push:
    """A message on its way, from its document."""
    signing, salt = console.replace(token=sample.WRONG_TOKEN) if forged else console, secrets.token_hex(8).encode()
    query, body = write_request(signing, xml, timestamp=now, nonce=nonce or choose_nonce(), salt=salt)
    return Push(console, xml, query, body, forged)


def write_message(name: str, fields: Mapping[str, str], *, follower: str, created: int, msg_id: int) -> bytes:
    """The XML of a sample from a follower, with other content where `fields` has some; an event has no MsgId."""
    chosen = samples()[name]
    own = {"FromUserName": follower, "CreateTime": str(created), "MsgId": str(msg_id)}
    return chosen.write({key: text for key, text in own.items() if key in chosen.fields} | dict(fields))


def write_request(console: Console, xml: bytes, *, timestamp: int, nonce: str, salt: bytes) -> tuple[str, bytes]:
    """The query and the body that carry a message in the console's mode."""
    follower = read_fields(xml).get("FromUserName", "")
    if console.mode == PLAIN:
        return sign_query(console.token, timestamp=timestamp, nonce=nonce, openid=follower), xml
    # compatible mode has the plain fields beside the ciphertext
    addressed = f"<xml><ToUserName><![CDATA[{sample.ACCOUNT_ID}]]></ToUserName>\n".encode()
    plain = xml if console.mode == "compatible" else addressed
    ciphertext = encrypt(xml, key=console.encoding_aes_key, app_id=console.app_id, salt=salt)
    body = plain.removesuffix(b"</xml>") + f"<Encrypt><![CDATA[{ciphertext}]]></Encrypt>\n</xml>".encode()
    query = sign_query(console.token, timestamp=timestamp, nonce=nonce, openid=follower, ciphertext=ciphertext)
    return query, body


def choose_nonce() -> str:
    """A nonce as the platform sends it, but one that reads as a time long ago.

    The signature sorts its parts, so nonce and timestamp can be exchanged: one that reads as a future time would let
    anybody who keeps the query send it again then.
    """
    return str(10**8 + secrets.randbelow(16 * 10**8))


def sign_query(
    token: str,
    *,
    timestamp: int,
    nonce: str,
    openid: str = "",
    echostr: str = "",
    ciphertext: str = "",
    signature: str = "",
) -> str:
    """The query of a signed request: a message comes with the follower's OpenID, the check of a URL with an echostr.

    A ciphertext is signed as well, and announced. A given signature replaces the right one.
    """
    parameters = {"signature": signature or sign(token, str(timestamp), nonce), "echostr": echostr}
    parameters |= {"timestamp": str(timestamp), "nonce": nonce, "openid": openid}
    if ciphertext:
        parameters |= {"encrypt_type": "aes", "msg_signature": sign(token, str(timestamp), nonce, ciphertext)}
    return urlencode({name: value for name, value in parameters.items() if value})

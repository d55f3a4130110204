"""What the platform sends, written the way the platform writes it.

https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html
"""

from urllib.parse import urlencode

from simulator import sample
from simulator.sample import Content
from wechat_core.signature import sign


def write_message(msg_type: str, content: Content, *, created: int, msg_id: int | None) -> bytes:
    """The XML of a message from the sample follower to the sample account; an event has no `msg_id`."""
    elements: dict[str, str | int | float] = {
        "ToUserName": sample.ACCOUNT_ID,
        "FromUserName": sample.FOLLOWER,
        "CreateTime": created,
        "MsgType": msg_type,
        **content,
    }
    if msg_id is not None:
        elements["MsgId"] = msg_id
    lines = "".join(f"<{name}>{_written(value)}</{name}>\n" for name, value in elements.items())
    return f"<xml>{lines}</xml>".encode("utf-8", "surrogatepass")


def signed_query(token: str, *, timestamp: int, nonce: str, openid: str = "", echostr: str = "") -> str:
    """The query of a signed request: a message comes with the follower's OpenID, the check of a URL with an echostr."""
    parameters = {"signature": sign(token, str(timestamp), nonce), "echostr": echostr}
    parameters |= {"timestamp": str(timestamp), "nonce": nonce, "openid": openid}
    return urlencode({name: value for name, value in parameters.items() if value})


def _written(value: str | float) -> str:
    match value:
        case int():
            return str(value)
        case float():
            return f"{value:.6f}"
    return f"<![CDATA[{value}]]>"  # as it is: the platform neither escapes nor splits a "]]>" that a follower wrote

"""The events that functions are measured with: those of events/, signed now, and what has to come back."""

import json
import re
import time
from typing import Any
from xml.etree import ElementTree

from harness.emulator import ROOT
from wechat_core.safe_mode import decrypt
from wechat_sim.platform import sample
from wechat_sim.platform.inbound import sign_query
from wechat_sim.platform.samples import samples


def signed_event(name: str, number: int = 0) -> bytes:
    """An event signed now, with a MsgId of that number where it is not encrypted."""
    event = json.loads((ROOT / "events" / f"{name}.json").read_text("utf-8"))
    body = event.get("body", "").replace(str(sample.MSG_ID), str(sample.MSG_ID + number))
    ciphertext = "".join(re.findall(r"<Encrypt><!\[CDATA\[(.*?)]]>", body))
    token = sample.WRONG_TOKEN if "forged" in name else sample.TOKEN
    more = {"openid": sample.FOLLOWER, "ciphertext": ciphertext} if body else {"echostr": sample.ECHOSTR}
    query = sign_query(token, timestamp=int(time.time()), nonce=sample.NONCE, **more)
    parameters = dict(pair.split("=") for pair in query.split("&"))
    return json.dumps(event | {"body": body, "rawQueryString": query, "queryStringParameters": parameters}).encode()


def is_echo(xml: str, *, safe: bool) -> bool:
    """Whether a document is the echo of the text, back to the follower."""
    if safe:
        ciphertext = ElementTree.fromstring(xml).findtext("Encrypt", "")
        xml = decrypt(ciphertext, key=sample.ENCODING_AES_KEY, app_id=sample.APP_ID).decode()
    reply = {element.tag: element.text for element in ElementTree.fromstring(xml)}
    expected = (sample.FOLLOWER, sample.ACCOUNT_ID, samples()["text"].content["Content"])
    return (reply["ToUserName"], reply["FromUserName"], reply["Content"]) == expected


def is_right(name: str, given: bytes) -> bool:
    """Whether a function's answer is the one that an event of that name has to get."""
    answer: dict[str, Any] = json.loads(given or b"{}")
    status, body = answer.get("statusCode"), answer.get("body", "")
    match name:
        case "forged" | "safe_forged":
            return status == 403
        case "verify":
            return (status, body) == (200, sample.ECHOSTR)
        case "text" | "safe_text":
            return status == 200 and is_echo(body, safe=name == "safe_text")
    return (status, body) == (200, "success")

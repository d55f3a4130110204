"""wechatpy, called from a bare handler: verify, parse, echo, render."""

import base64
import os
from typing import Any

from wechatpy import create_reply, parse_message
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

TOKEN = os.environ["WECHAT_TOKEN"]


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one proxy event."""
    query = event.get("queryStringParameters") or {}
    try:
        check_signature(TOKEN, query.get("signature"), query.get("timestamp", ""), query.get("nonce", ""))
    except InvalidSignatureException:
        return {"statusCode": 403, "body": "invalid signature"}
    if event["requestContext"]["http"]["method"] == "GET":
        return {"statusCode": 200, "body": query.get("echostr", "")}
    body = base64.b64decode(event["body"]) if event.get("isBase64Encoded") else event["body"]
    message = parse_message(body)
    if message.type != "text":
        return {"statusCode": 200, "body": "success"}
    reply = create_reply(message.content, message=message)
    return {"statusCode": 200, "headers": {"content-type": "application/xml"}, "body": reply.render()}

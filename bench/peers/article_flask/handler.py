"""A plain Flask view, as articles about this callback have it: no library of WeChat's, and no safe mode."""

import os
import time
from hashlib import sha1
from xml.etree import ElementTree

from apig_wsgi import make_lambda_handler
from flask import Flask, abort, request

TOKEN = os.environ["WECHAT_TOKEN"]

app = Flask(__name__)
lambda_handler = make_lambda_handler(app)


@app.route("/wechat", methods=["GET", "POST"])
def wechat() -> str:
    """Answer one request: the message's own elements go back, with the addresses swapped."""
    signed = sorted([TOKEN, request.args.get("timestamp", ""), request.args.get("nonce", "")])
    if sha1("".join(signed).encode()).hexdigest() != request.args.get("signature"):
        abort(403)
    if request.method == "GET":
        return request.args.get("echostr", "")
    message = ElementTree.fromstring(request.data)
    reply = ElementTree.Element("xml")
    for element in message:
        ElementTree.SubElement(reply, element.tag).text = element.text
    reply.find("ToUserName").text = message.findtext("FromUserName")
    reply.find("FromUserName").text = message.findtext("ToUserName")
    reply.find("CreateTime").text = str(int(time.time()))
    return ElementTree.tostring(reply, "unicode")

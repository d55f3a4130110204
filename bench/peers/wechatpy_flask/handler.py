"""wechatpy in a Flask view, as its documentation has it."""

import os

from apig_wsgi import make_lambda_handler
from flask import Flask, abort, request
from wechatpy import create_reply, parse_message
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

TOKEN = os.environ["WECHAT_TOKEN"]

app = Flask(__name__)
lambda_handler = make_lambda_handler(app)


@app.route("/wechat", methods=["GET", "POST"])
def wechat() -> str:
    """Answer one request."""
    arguments = request.args
    try:
        check_signature(TOKEN, arguments.get("signature"), arguments.get("timestamp", ""), arguments.get("nonce", ""))
    except InvalidSignatureException:
        abort(403)
    if request.method == "GET":
        return arguments.get("echostr", "")
    message = parse_message(request.data)
    if message.type != "text":
        return "success"
    rendered: str = create_reply(message.content, message=message).render()
    return rendered

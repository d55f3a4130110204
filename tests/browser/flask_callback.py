"""A WeChat callback as people write it with Flask: plain mode, greets by the follower's own text."""

import hashlib
import re
import time

from flask import Flask, Response, abort, request
from werkzeug.serving import make_server

app = Flask(__name__)


@app.route("/wx", methods=["GET", "POST"])
def wx() -> Response:
    """Check the signature; answer the echostr, or a text."""
    parts = sorted(["TheirToken", request.args["timestamp"], request.args["nonce"]])
    if hashlib.sha1("".join(parts).encode()).hexdigest() != request.args["signature"]:
        abort(403)
    if request.method == "GET":
        return Response(request.args["echostr"], mimetype="text/plain")
    body = request.get_data(as_text=True)
    found = dict(re.findall(r"<(\w+)>(?:<!\[CDATA\[)?([^<\]]*)(?:\]\]>)?</\1>", body))
    if found["MsgType"] != "text":
        return Response("success")
    reply = (
        "<xml><ToUserName><![CDATA[{FromUserName}]]></ToUserName><FromUserName><![CDATA[{ToUserName}]]></FromUserName>"
        "<CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        "<Content><![CDATA[Flask: {Content}]]></Content></xml>"
    )
    return Response(reply.format(now=int(time.time()), **found), mimetype="application/xml")


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, app)
    print(f"http://127.0.0.1:{server.server_port}/wx", flush=True)
    server.serve_forever()

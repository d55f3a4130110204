"""Callbacks as people write them with Flask, some with wechatpy: each under its name."""

import hashlib
import os
from collections.abc import Callable
from typing import Any

from flask import Flask, jsonify, redirect, request
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.replies import create_reply
from wechatpy.utils import check_signature

TOKEN, APP_ID = "SampleToken", "wx2c2769f8efd9abc2"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
app = Flask(__name__)


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


def is_signed(token: str = TOKEN) -> bool:
    query = request.args
    return sha1("".join(sorted([token, query["timestamp"], query["nonce"]]))) == query["signature"]


def reply_to(message: Any, content: str | None = None) -> Any:
    if message.type != "text" or not message.content:
        return "success"
    return create_reply(message.content if content is None else content, message).render()


def echo(message: Any) -> Any:
    return reply_to(message)


def callback(
    name: str,
    *,
    check: Callable[[], bool] = is_signed,
    verify: Callable[[str], Any] = str,
    answer: Callable[[Any], Any] = echo,
    refusal: Any = ("Forbidden", 403),
) -> None:
    """A callback in plain mode, healthy but for what is given."""

    def view() -> Any:
        if not check():
            return refusal
        if request.method == "GET":
            return verify(request.args["echostr"])
        message = parse_message(request.get_data())
        if message.type != "text" or not message.content:
            return "success"
        return answer(message)

    app.add_url_rule(f"/wx/{name}", name, view, methods=["GET", "POST"])


def safe(name: str, seal: Callable[[WeChatCrypto, str], Any], key: str = KEY) -> None:
    """A callback in safe mode, after the documentation of wechatpy."""
    crypto = WeChatCrypto(TOKEN, key, APP_ID)

    def view() -> Any:
        query = request.args
        try:
            check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
            if request.method == "GET":
                return query["echostr"]
            sent = (query["msg_signature"], query["timestamp"], query["nonce"])
            message = parse_message(crypto.decrypt_message(request.get_data(), *sent))
        except (InvalidSignatureException, InvalidAppIdException, KeyError, ValueError, IndexError):
            return "Forbidden", 403
        xml = reply_to(message)
        return xml if xml == "success" else seal(crypto, xml)

    app.add_url_rule(f"/wx/{name}", name, view, methods=["GET", "POST"])


def sealed(crypto: WeChatCrypto, xml: str) -> Any:
    return crypto.encrypt_message(xml, request.args["nonce"], request.args["timestamp"])


# healthy
callback("wechatpy")
callback("tuple", verify=lambda echostr: (echostr, 200, {"Content-Type": "text/plain"}))
callback(
    "no-time", answer=lambda m: reply_to(m).replace("<CreateTime>", "<Created>").replace("</CreateTime>", "</Created>")
)
callback("unchecked", check=lambda: True)
callback("refuses-emptily", refusal="")
safe("safe", sealed)

# the check of the URL
callback("jsonify", verify=jsonify)
callback("dictionary", verify=lambda echostr: {"code": 0, "echostr": echostr})
callback("template", verify=lambda echostr: f"<!doctype html><html><body><p>{echostr}</p></body></html>")
callback("line", verify=lambda echostr: f"{echostr}\n")
callback("integer", verify=lambda echostr: int(echostr))
callback("constant", verify=lambda _: "ok")
callback("success", verify=lambda _: "success")
callback("created", verify=lambda echostr: (echostr, 201))
callback("other-token", check=lambda: is_signed("AnotherToken"), refusal=("token error", 401))
callback("other-token-200", check=lambda: is_signed("AnotherToken"), refusal="signature verification failed")
callback("upper-case-token", check=lambda: is_signed(TOKEN.upper()))
callback(
    "joined",
    check=lambda: (
        sha1("&".join(sorted([TOKEN, request.args["timestamp"], request.args["nonce"]]))) == request.args["signature"]
    ),
)
callback(
    "sha256",
    check=lambda: (
        hashlib.sha256("".join(sorted([TOKEN, request.args["timestamp"], request.args["nonce"]])).encode()).hexdigest()
        == request.args["signature"]
    ),
)
callback(
    "allow-list",
    check=lambda: is_signed() and request.remote_addr == "101.226.103.1",
    refusal=("your IP is not allowed", 403),
)
app.add_url_rule(
    "/wx/login-required", "login", lambda: redirect("/login?next=/wx/login-required"), methods=["GET", "POST"]
)
app.add_url_rule("/wx/slash/", "slash", lambda: request.args["echostr"], methods=["GET", "POST"])
app.add_url_rule("/wx/post-only", "post-only", lambda: "success", methods=["POST"])

# a message
app.add_url_rule("/wx/get-only", "get-only", lambda: request.args["echostr"] if is_signed() else ("", 403))
callback("as-json", answer=lambda _: request.get_json()["Content"])
callback("as-form", answer=lambda _: request.form["Content"])
callback("text-alone", answer=lambda message: message.content)
callback(
    "unswapped",
    answer=lambda m: (
        reply_to(m).replace("ToUserName", "X").replace("FromUserName", "ToUserName").replace("X", "FromUserName")
    ),
)
callback("raises", answer=lambda _: 1 / 0)
callback("image-without-id", answer=lambda m: reply_to(m).replace("[text]", "[image]"))
callback("quoted-success", answer=lambda _: jsonify("success"))
safe("safe-other-key", sealed, "b" * 42 + "A")
safe("safe-plainly", lambda _, xml: xml)
safe("safe-unsigned", lambda crypto, xml: sealed(crypto, xml).replace("MsgSignature", "Signature"))
safe("safe-wrong-signature", lambda crypto, xml: crypto.encrypt_message(xml, "1", "2").replace("<Nonce>", "<Nonce>0"))

if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ["PORT"]), threaded=True)

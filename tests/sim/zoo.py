"""Callbacks that are broken, each in one way, and healthy ones that are not ours: what the doctor has to tell apart."""

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any, Final
from xml.etree import ElementTree as ET

from flask import Flask
from flask import request as flask_request
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.replies import create_reply
from wechatpy.utils import check_signature

from tests.wechat import fields, signature
from wechat_sim.doctor import findings
from wechat_sim.doctor.findings import Finding
from wechat_sim.platform.console import SAMPLE
from wechat_sim.platform.verdict import Cause

type Animal = Callable[[Request], Awaitable[Response]]

TOKEN, KEY, APP_ID = SAMPLE.token, SAMPLE.encoding_aes_key, SAMPLE.app_id
PATIENCE: Final = 2.5
"""Seconds that the doctor's platform waits for the slow ones."""


def callback(
    *,
    verified: Callable[[str], Response] = PlainTextResponse,
    answer: Callable[[dict[str, str]], Response | Awaitable[Response]] | None = None,
    refused: Callable[[], Response] = lambda: PlainTextResponse("bad signature", 403),
    token: str = TOKEN,
    checks: bool = True,
    clock: Callable[[], float] = time.time,
    date: Callable[[], float] | None = None,
) -> Animal:
    """A healthy callback in plain mode, but for what is given."""

    async def respond(request: Request) -> Response:
        query = request.query_params
        signed = query["signature"] == signature(token, query["timestamp"], query["nonce"])
        fresh = abs(clock() - int(query["timestamp"])) <= 300
        if checks and not (signed and fresh):
            made = refused()
        elif request.method == "GET":
            made = verified(query["echostr"])
        else:
            given = (answer or echo)(dict(fields(await request.body())))
            made = given if isinstance(given, Response) else await given
        made.headers["date"] = formatdate((date or time.time)(), usegmt=True)
        return made

    return respond


def echo(message: dict[str, str]) -> Response:
    """The reply of a healthy callback: the same text, or none to what is no text."""
    content = message.get("Content")
    return Response(reply(message, content), media_type="application/xml") if content else Response("success")


def reply(message: dict[str, str], content: str) -> str:
    """A text to whom the message came from."""
    return (
        f"<xml><ToUserName>{message.get('FromUserName')}</ToUserName><FromUserName>{message.get('ToUserName')}"
        f"</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>{content}</Content></xml>"
    )


def unswapped(message: dict[str, str]) -> Response:
    """The most frequent mistake in replies: addressed to the account, by the follower."""
    return echo({"FromUserName": message["ToUserName"], "ToUserName": message["FromUserName"], "Content": "hi"})


def answering(body: str | bytes, status: int = 200, **headers: str) -> Callable[[Any], Response]:
    """Answers this, whatever was asked."""
    return lambda _: Response(body, status, headers)


def only(method: str, refusal: Response) -> Animal:
    """A callback to which one method alone is routed."""

    async def respond(request: Request) -> Response:
        return await callback()(request) if request.method == method else refusal

    return respond


def slow(seconds: float, *, until: float = float("inf")) -> Animal:
    """A callback that takes its time, for as many requests."""
    asked = 0

    async def respond(request: Request) -> Response:
        nonlocal asked
        asked += 1
        await asyncio.sleep(seconds if asked <= until else 0)
        return await callback()(request)

    return respond


async def _slowly(message: dict[str, str]) -> Response:
    await asyncio.sleep(2 * PATIENCE)
    return echo(message)


def by_wechatpy(key: str = KEY, *, plain_reply: bool = False) -> Animal:
    """A callback in safe mode, built with wechatpy as its documentation shows."""
    crypto = WeChatCrypto(TOKEN, key, APP_ID)

    async def respond(request: Request) -> Response:
        query = request.query_params
        try:
            check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
            if request.method == "GET":
                return PlainTextResponse(query["echostr"])
            sent = (query["msg_signature"], query["timestamp"], query["nonce"])
            message = parse_message(crypto.decrypt_message(await request.body(), *sent))
        except (InvalidSignatureException, InvalidAppIdException, KeyError, ValueError, IndexError):
            return PlainTextResponse("Forbidden by the application", 403)
        content = getattr(message, "content", "")
        if not content:
            return PlainTextResponse("success")
        xml = create_reply(content, message).render()
        return Response(xml if plain_reply else crypto.encrypt_message(xml, query["nonce"], query["timestamp"]))

    return respond


def by_wechatpy_plain() -> Animal:
    """The same in plain mode, which is all it knows."""

    async def respond(request: Request) -> Response:
        query = request.query_params
        try:
            check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
        except InvalidSignatureException:
            return PlainTextResponse("Forbidden by the application", 403)
        if request.method == "GET":
            return PlainTextResponse(query["echostr"])
        message = parse_message(await request.body())
        return Response(create_reply(getattr(message, "content", ""), message).render())

    return respond


def the_articles_view() -> Flask:
    """The Flask view that tutorials show: one route, the reply made by copying the elements of the message."""
    app = Flask(__name__)

    @app.route("/wechat", methods=["GET", "POST"])
    def wechat() -> Any:
        query = flask_request.args
        if signature(TOKEN, query["timestamp"], query["nonce"]) != query["signature"]:
            return "error", 403
        if flask_request.method == "GET":
            return query["echostr"]
        root = ET.fromstring(flask_request.data)
        to, by = root.find("FromUserName"), root.find("ToUserName")
        assert to is not None
        assert by is not None
        to.text, by.text = by.text, to.text
        return ET.tostring(root, encoding="unicode")

    return app


SKEW: Final = 40 * 60


def bad_reply(cause: Cause) -> Finding:
    """What is found where the reply itself is wrong."""
    return Finding(cause, findings.SHOWS_FAULT_LINE)


BROKEN: Final[dict[str, tuple[Animal, Finding]]] = {
    # the check of the URL
    "redirects": (callback(verified=lambda _: RedirectResponse("/elsewhere")), findings.REDIRECTED),
    "gateway": (callback(verified=answering('{"message":"Forbidden"}', 403)), findings.GATEWAY_REFUSES),
    "gateway-iam": (
        callback(verified=answering("{}", 403, **{"x-amzn-errortype": "AccessDeniedException"})),
        findings.GATEWAY_REFUSES,
    ),
    "post-only": (only("POST", Response("Method Not Allowed", 405)), findings.NO_GET),
    "fails": (callback(verified=answering("Traceback", 500)), findings.FAILS),
    "throttled": (callback(verified=answering('{"message":"Too Many Requests"}', 429)), findings.THROTTLED),
    "created": (callback(verified=lambda echostr: PlainTextResponse(echostr, 201)), findings.OTHER_STATUS),
    "wrong-token": (callback(token="OtherToken"), findings.WRONG_TOKEN),
    "wrong-token-200": (callback(token="OtherToken", refused=lambda: PlainTextResponse("error")), findings.WRONG_TOKEN),
    "wrong-token-empty": (callback(token="OtherToken", refused=lambda: Response("")), findings.NOTHING_COMES_BACK),
    "clock": (callback(clock=lambda: time.time() + SKEW, date=lambda: time.time() + SKEW), findings.CLOCK_OFF),
    "ahead-unseen": (callback(clock=lambda: time.time() + 8 * 3600), findings.WRONG_TOKEN),
    "time-zone-200": (
        callback(clock=lambda: time.time() - 5 * 3600, refused=lambda: PlainTextResponse("expired")),
        findings.CLOCK_OFF,
    ),
    "quoted": (callback(verified=JSONResponse), findings.JSON_QUOTED),
    "html": (callback(verified=lambda echostr: HTMLResponse(f"<p>{echostr}</p>")), findings.IN_HTML),
    "bom": (callback(verified=lambda echostr: Response(b"\xef\xbb\xbf" + echostr.encode())), findings.WITH_BOM),
    "newline": (callback(verified=lambda echostr: PlainTextResponse(f"{echostr}\n")), findings.WITH_BLANKS),
    "blank-line": (callback(verified=lambda echostr: PlainTextResponse(f"\n {echostr}")), findings.WITH_BLANKS),
    "warning": (callback(verified=lambda echostr: PlainTextResponse(f"Notice: {echostr}")), findings.WITH_MORE),
    "home-page": (callback(verified=lambda _: HTMLResponse("<h1>It works</h1>")), findings.NO_ECHOSTR),
    "empty": (callback(verified=lambda _: Response()), findings.NO_ECHOSTR),
    "success": (callback(verified=answering("success")), findings.NO_ECHOSTR),
    "gzip": (
        callback(verified=lambda e: Response(gzip.compress(e.encode()), headers={"content-encoding": "gzip"})),
        findings.COMPRESSED,
    ),
    "slow": (slow(2 * PATIENCE), findings.TOO_SLOW),
    "slow-start": (slow(2 * PATIENCE, until=1), findings.SLOW_START),
    # a message
    "get-only": (only("GET", Response("Method Not Allowed", 405)), findings.NO_POST),
    "post-404": (only("GET", Response('{"message":"Not Found"}', 404)), findings.NO_POST),
    "csrf": (only("GET", HTMLResponse("<p>CSRF verification failed.</p>", 403)), findings.CSRF),
    "wants-json": (only("GET", JSONResponse({"detail": "value is not a valid dict"}, 422)), findings.POST_UNREAD),
    "post-refused": (only("GET", PlainTextResponse("no", 403)), findings.POST_REFUSED),
    "post-redirects": (
        only("GET", RedirectResponse("/elsewhere")),
        findings.REDIRECTED.replace(console=findings.SHOWS_FAULT_LINE),
    ),
    "post-throttled": (only("GET", Response("{}", 429)), findings.THROTTLED.replace(console=findings.SHOWS_FAULT_LINE)),
    "post-fails": (callback(answer=answering("Error 500", 500)), findings.POST_FAILS),
    "post-slow": (callback(answer=_slowly), findings.POST_TOO_SLOW),
    "unswapped": (callback(answer=unswapped), bad_reply(Cause.WRONG_ADDRESSES)),
    "json-reply": (callback(answer=answering('{"msg": "hi"}')), bad_reply(Cause.JSON_REPLY)),
    "json-success": (callback(answer=lambda _: JSONResponse("success")), bad_reply(Cause.NOT_BARE)),
    "empty-reply": (callback(answer=lambda message: Response(reply(message, ""))), bad_reply(Cause.INCOMPLETE)),
    "raw-markup": (callback(answer=lambda message: Response(reply(message, "a & b"))), bad_reply(Cause.RAW_AMPERSAND)),
    "safe-only": (by_wechatpy(), findings.IS_SAFE),
}
"""In plain mode: the callback, and what is wrong with it."""

BROKEN_SAFE: Final[dict[str, tuple[Animal, Finding]]] = {
    "plain-reply": (by_wechatpy(plain_reply=True), bad_reply(Cause.NOT_ENCRYPTED)),
    "wrong-key": (by_wechatpy("b" * 42 + "A"), findings.WRONG_KEY),
    "plain-only": (by_wechatpy_plain(), findings.IS_PLAIN),
    "plain-silent": (
        callback(answer=lambda message: echo(message) if "Content" in message else Response("success")),
        findings.IS_PLAIN,
    ),
    "plain-strict": (
        callback(answer=lambda message: echo(message) if "Content" in message else Response("what?", 400)),
        findings.IS_PLAIN,
    ),
    "safe-fails": (callback(answer=answering("Error 500", 500)), findings.POST_FAILS),
}
"""The same in safe mode."""

DOUBTFUL: Final[dict[str, tuple[Animal, Finding]]] = {
    "unchecked": (callback(checks=False), findings.UNCHECKED),
    "odd-type": (
        callback(verified=lambda echostr: Response(echostr, media_type="application/octet-stream")),
        findings.ODD_TYPE,
    ),
    "almost-slow": (slow(0.8 * PATIENCE, until=2), findings.ALMOST_TOO_SLOW),
}
"""What WeChat lets pass, and its owner should not."""

SLOW: Final = {"slow", "slow-start", "post-slow", "almost-slow"}
"""Those of them that need a platform with less patience, to be tested in less time."""

HEALTHY: Final[dict[str, Animal]] = {"plain": callback(), "wechatpy": by_wechatpy_plain()}

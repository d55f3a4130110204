"""Callbacks as people write them with FastAPI: each under its name."""

import hashlib
import os
from xml.etree import ElementTree as ET

import uvicorn
from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from pydantic import BaseModel
from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

TOKEN = "SampleToken"
app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
refused = PlainTextResponse("invalid signature", 403)


class Message(BaseModel):
    ToUserName: str
    FromUserName: str


def is_signed(signature: str, timestamp: str, nonce: str) -> bool:
    return hashlib.sha1("".join(sorted([TOKEN, timestamp, nonce])).encode()).hexdigest() == signature


async def answer(request: Request) -> str:
    root = ET.fromstring(await request.body())
    if root.findtext("MsgType") != "text" or not root.findtext("Content"):
        return "success"
    return (
        f"<xml><ToUserName>{root.findtext('FromUserName')}</ToUserName><FromUserName>{root.findtext('ToUserName')}"
        "</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>hi</Content></xml>"
    )


async def post_well(request: Request, signature: str, timestamp: str, nonce: str) -> Response:
    if not is_signed(signature, timestamp, nonce):
        return refused
    return Response(await answer(request), media_type="application/xml")


# healthy
@app.get("/wx/plain")
@app.get("/wx/pydantic")
@app.get("/wx/string-reply")
def verify_plainly(signature: str, timestamp: str, nonce: str, echostr: str) -> Response:
    return PlainTextResponse(echostr) if is_signed(signature, timestamp, nonce) else refused


@app.get("/wx/html", response_class=HTMLResponse)
def verify_as_html(signature: str, timestamp: str, nonce: str, echostr: str) -> str:
    return echostr if is_signed(signature, timestamp, nonce) else "no"


@app.get("/wx/int")
def verify_as_number(signature: str, timestamp: str, nonce: str, echostr: str) -> int:
    return int(echostr) if is_signed(signature, timestamp, nonce) else 0


for name in ("plain", "html", "int", "str", "renamed"):
    app.post(f"/wx/{name}")(post_well)


# broken
@app.get("/wx/str")
def verify_as_json(signature: str, timestamp: str, nonce: str, echostr: str) -> str:
    return echostr if is_signed(signature, timestamp, nonce) else "no"


@app.get("/wx/renamed")
def verify_renamed(msg_signature: str = Query(), timestamp: str = Query(), nonce: str = Query()) -> str:
    return "never reached"


@app.post("/wx/pydantic")
def post_model(message: Message) -> str:
    return message.FromUserName


@app.post("/wx/string-reply")
async def post_string(request: Request, signature: str, timestamp: str, nonce: str) -> str:
    return await answer(request) if is_signed(signature, timestamp, nonce) else "no"


app.mount("/wx/trusted-host", TrustedHostMiddleware(PlainTextResponse("1"), allowed_hosts=["example.com"]))
app.mount("/wx/https-redirect", HTTPSRedirectMiddleware(PlainTextResponse("1")))

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error")

"""Callbacks as people write them with Django, its middleware as a new project has it: each under its name."""

import hashlib
import os
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from xml.etree import ElementTree as ET

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.urls import path

TOKEN = "SampleToken"
HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split()
settings.configure(
    ALLOWED_HOSTS=HOSTS,
    ROOT_URLCONF=__name__,
    SECRET_KEY="of the zoo",
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
)
django.setup()
from django.views.decorators.csrf import csrf_exempt


def is_signed(request: HttpRequest) -> bool:
    query = request.GET
    parts = sorted([TOKEN, query.get("timestamp", ""), query.get("nonce", "")])
    return hashlib.sha1("".join(parts).encode()).hexdigest() == query.get("signature")


def answer(request: HttpRequest) -> HttpResponse:
    root = ET.fromstring(request.body)
    if root.findtext("MsgType") != "text" or not root.findtext("Content"):
        return HttpResponse("success")
    return HttpResponse(
        f"<xml><ToUserName>{root.findtext('FromUserName')}</ToUserName><FromUserName>{root.findtext('ToUserName')}"
        "</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>hi</Content></xml>",
        content_type="application/xml",
    )


def view(request: HttpRequest) -> Any:
    if not is_signed(request):
        return HttpResponseForbidden()
    return HttpResponse(request.GET["echostr"]) if request.method == "GET" else answer(request)


def view_json(request: HttpRequest) -> Any:
    return JsonResponse(request.GET["echostr"], safe=False) if is_signed(request) else HttpResponseForbidden()


def view_nothing(request: HttpRequest) -> None:
    return None


urlpatterns = [
    path("wx/exempt", csrf_exempt(view)),
    path("wx/slash/", csrf_exempt(view)),
    path("wx/csrf", view),
    path("wx/json", csrf_exempt(view_json)),
    path("wx/nothing", csrf_exempt(view_nothing)),
]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None: ...


if __name__ == "__main__":
    make_server("127.0.0.1", int(os.environ["PORT"]), get_wsgi_application(), handler_class=_Quiet).serve_forever()

"""What a stranger sends reaches neither the terminal's controls nor the local server's memory."""

import json
import re
import subprocess
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.sim.conftest import Ask, request, signed
from tests.sim.foreign import listening
from tests.sim.program import ROOT, run
from wechat_sim.page.guard import BODY_LIMIT, key_for
from wechat_sim.platform import sample
from wechat_sim.platform.console import SAMPLE
from wechat_sim.serve import create_app, introduce

CONTROLS = "\x1b]0;owned\x07\x1b[2J \x9b31m \u202e\u2066\u200f\u061c \x7f\x08\r \u2028"
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Hostile(BaseHTTPRequestHandler):
    """Answers everything with controls of the terminal: as XML that is a good reply, and in a header."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/xml\x1b[31m\x9b0m")
        self.end_headers()
        self.wfile.write(f"<xml>{CONTROLS}</xml>".encode())

    def do_GET(self) -> None:
        self.send_response(403)
        self.send_header("Content-Type", "text/plain\x1b[31m\x9b0m")
        self.end_headers()
        self.wfile.write(CONTROLS.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.mark.enable_socket
@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("command", ["send", "doctor"])
def test_nothing_received_steers_the_terminal(command: str, as_json: tuple[str, ...]) -> None:
    """Escape sequences, C1 and bidi controls of a body, a header or a verdict are shown as characters."""
    with listening(Hostile) as url:
        asked = ("hi", "--url", url) if command == "send" else (url,)
        said = run(command, *asked, *as_json, WECHAT_ACCOUNT=sample.ACCOUNT_JSON)
    shown = said.stdout + said.stderr
    assert said.returncode == 1
    assert "owned" in shown
    assert not UNSAFE.findall(shown)
    if command == "send":
        assert ("\\u001b" if as_json else "\\x1b") in shown
        assert ("\\u202e") in shown
    if as_json:
        json.loads(said.stdout)


@pytest.mark.enable_socket
def test_a_file_that_is_sent_steers_nothing_either(tmp_path: Path) -> None:
    """What is sent is shown by the same filter: the document of a file may be a stranger's."""
    file = tmp_path / "message.xml"
    file.write_text(f"<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName>{CONTROLS}</xml>", "utf-8")
    said = run("send", "--file", str(file), "--url", "http://127.0.0.1:9/")
    assert not UNSAFE.findall(said.stdout + said.stderr)


@pytest.mark.parametrize("path", ["/wechat", "/api/send", "/api/verify"])
def test_a_body_over_the_limit_is_refused(ask: Ask, received: list[Any], path: str) -> None:
    """One byte over the limit is 413, and nothing of it reaches the handler."""
    answer = ask("POST", path, content=b" " * (BODY_LIMIT + 1), headers={"Content-Type": "application/json"})
    assert (answer.status_code, received) == (413, [])


@pytest.mark.parametrize("path", ["/wechat", "/api/send"])
def test_an_endless_body_is_not_read(ask: Ask, path: str) -> None:
    """Of a body without an end no more is taken than the limit, so that it costs no memory."""
    taken: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while len(taken) < 1_000:
            taken.append(1)
            yield b" " * 100_000

    answer = ask("POST", path, content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert len(taken) <= BODY_LIMIT // 100_000 + 1


@pytest.mark.parametrize("body", ["[" * 200_000, '{"a":' * 200_000])
def test_deep_json_is_refused(ask: Ask, body: str) -> None:
    """JSON that is nested deeper than the parser goes is a bad request, not a failure of the server."""
    answer = ask("POST", "/api/send", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.text) == (400, "the body is not JSON")


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:9000"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize(("method", "path"), [("POST", "/wechat"), ("GET", "/wechat"), ("POST", "/api/send")])
def test_pages_of_other_origins_are_refused(
    ask: Ask, received: list[Any], method: str, path: str, headers: dict[str, str]
) -> None:
    """A page that the developer has open elsewhere reaches neither the callback nor the page's server."""
    answer = ask(method, path, headers={"Content-Type": "application/json"} | headers)
    assert (answer.status_code, received) == (403, [])


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://127.0.0.1:8000"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
)
def test_the_page_itself_and_programs_are_not(ask: Ask, headers: dict[str, str]) -> None:
    """The page, a typed address, curl and WeChat behind a tunnel reach the callback as ever."""
    assert ask("GET", signed(echostr="1"), headers=headers).text == "1"


def test_with_a_key_the_page_is_its_holders(received: list[Any]) -> None:
    """Where others than this machine can connect, what signs messages takes the key that was printed, and no other."""

    def handler(event: Any, context: Any) -> dict[str, Any]:
        received.append(event)
        return {}

    app = create_app(handler, SAMPLE, key="the-key")

    def answer(shown: bytes) -> int:
        return request(app, "GET", "/api/console", headers={"Authorization": shown}).status_code

    assert [answer(shown) for shown in (b"", b"Bearer other", b"Bearer \xff", b"the-key")] == [401] * 4
    assert answer(b"Bearer the-key") == 200
    sent = request(app, "POST", "/api/send", json={"sample": "text"})
    assert (sent.status_code, received) == (401, [])


def test_a_server_that_others_reach_says_what_it_opens(capsys: pytest.CaptureFixture[str]) -> None:
    """With an address beyond this machine it is said what can be reached, and the page's URL has a new key."""
    assert [key_for(host) for host in ("127.0.0.1", "::1", "localhost")] == ["", "", ""]
    assert len({key_for(host) for host in ("0.0.0.0", "::", "192.0.2.7", "my.example")} - {""}) == 4
    introduce("http://192.0.2.7:8000", SAMPLE, 300, key="the-key")
    said = capsys.readouterr().out
    assert "chat page  http://192.0.2.7:8000/#key=the-key\n" in said
    assert "everybody in your network can reach the callback; the chat page takes the key in its URL" in said
    introduce("http://127.0.0.1:8000", SAMPLE, 300)
    alone = capsys.readouterr().out
    assert "key" not in alone
    assert "network" not in alone


def test_make_send_quotes_its_url(tmp_path: Path) -> None:
    """What stands in URL is one argument, whatever the shell would make of it."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    url = f"http://127.0.0.1:9/'; touch {tmp_path}/owned; echo '$HOME"
    command = ["make", "-o", ".venv/ready", "send", f"BIN={tmp_path}", "TEXT=hi", f"URL={url}"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert made.stdout.splitlines() == ["-m", "wechat_sim", "send", "--url", url, "--", "hi"]
    assert not (tmp_path / "owned").exists()

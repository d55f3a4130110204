"""The page with callbacks that have nothing of this project: one with Express, one with Flask."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from harness.chat_page import Chat, serve_page
from harness.node import install_packages

HERE = Path(__file__).parent


def install_express() -> list[str]:
    """The command that runs the callback with Express."""
    return ["node", str(install_packages(HERE / "express", "express") / "callback.js")]


@contextmanager
def running(command: list[str]) -> Iterator[str]:
    """A process that prints its URL and answers there."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@pytest.fixture(params=["Express", "Flask"])
def foreign(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str, str]]:
    """The page for such a callback, the callback's own URL, and what it is made with."""
    command = [sys.executable, str(HERE / "flask_callback.py")] if request.param == "Flask" else install_express()
    with (
        running(command) as url,
        serve_page(tmp_path, tmp_path / "log", account='{"token": "TheirToken"}', more=("--url", url)) as page,
    ):
        yield page, url, request.param


def test_one_chats_with_anybodys_callback(chat: Chat, foreign: tuple[str, str, str]) -> None:
    """Chat, event, check of the URL, forgery and retry work; what only our own function can show is not there."""
    page, url, name = foreign
    chat.open(page)
    expect(chat.log).to_contain_text(f"Callback: {url}")
    expect(chat.log).not_to_contain_text("handler.py")
    chat.send("你好")
    expect(chat.replies).to_have_text([f"Account says: {name}: 你好"])
    expect(chat.part("sent")).to_contain_text("你好")
    expect(chat.part("query")).to_contain_text("&nonce=")
    for inside in ("#inside", "#switches", "[data-part=event]", "[data-part=log]", "[data-part=response]"):
        expect(chat.page.locator(inside)).to_be_hidden()
    chat.press("Follow the account")
    expect(chat.log).to_contain_text("No reply")
    chat.press("Verify URL")
    expect(chat.verdict).to_contain_text("配置成功")
    chat.press("Forge a message")
    expect(chat.log).to_contain_text("Forged message refused")
    chat.press("Deliver twice")
    chat.send("twice")
    expect(chat.log).to_contain_text("WeChat delivered it 2 times, because an answer got lost on the way.")
    expect(chat.log).not_to_contain_text("Your function ran")


def test_a_callback_that_is_gone_is_said(chat: Chat, tmp_path: Path) -> None:
    """Where the callback does not run the page says so, in red, and goes on when it does."""
    with running([sys.executable, str(HERE / "flask_callback.py")]) as url:
        pass
    with serve_page(tmp_path, tmp_path / "log", account='{"token": "TheirToken"}', more=("--url", url)) as page:
        chat.open(page)
        chat.send("anybody?")
        expect(chat.log.locator(".notice.fault")).to_have_text(
            f"Nothing listens at {url}: start the callback, and send again."
        )
        chat.press("中文")
        expect(chat.log.locator(".notice.fault")).to_contain_text("没有服务在监听")
    assert all("502" in complaint for complaint in chat.complaints)
    chat.complaints.clear()

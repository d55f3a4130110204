"""Writes the screenshot of the chat page in the READMEs: a real conversation with the echo.

python -m scripts.screenshot docs/chat.png
"""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import ViewportSize, expect, sync_playwright

from harness.chat_page import ROOT, Chat, serve_page

_SIZE: ViewportSize = {"width": 1140, "height": 680}


def main(target: Path) -> None:
    """Take the screenshot."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serve_page(ROOT, Path(folder) / "log") as url,
        sync_playwright() as player,
    ):
        browser = player.chromium.launch(executable_path=os.environ["CHROMIUM"], args=["--disable-lcd-text"])
        page = browser.new_page(viewport=_SIZE, locale="en-GB", reduced_motion="reduce")
        chat = Chat(page)
        chat.open(url)
        _talk(chat)
        page.screenshot(path=target)
        browser.close()


def _talk(chat: Chat) -> None:
    chat.choose("Safe")
    chat.send_sample("Image")
    expect(chat.replies).to_have_count(1)
    chat.press("Forge the signature")
    chat.send("请把余额转给我")
    expect(chat.log).to_contain_text("Forged message refused")
    chat.send("你好，周五下午还营业吗？")
    expect(chat.replies).to_have_count(2)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

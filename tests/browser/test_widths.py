"""Screens of several widths: what is measured on them in both languages."""

import pytest
from playwright.sync_api import Page, expect

from harness.chat_page import Chat

WIDTHS = [1440, 1024, 390]

WRAPPED = """() => [...document.querySelectorAll("button, #steps li *, legend, .switches label")]
  .filter(element => element.checkVisibility() && !element.children.length && element.textContent.trim())
  .filter(element => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return element.offsetWidth > 1 && new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1;
  })
  .map(element => element.textContent)"""
"""The short texts that take more than one line."""

OVERFLOWING = """() => [...document.querySelectorAll("button, label, h1, h2, h3, header, dialog, form, select")]
  .filter(element => element.checkVisibility() && !element.closest(".unseen"))
  .filter(element => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && (box.left < -1 || box.right > innerWidth + 1);
  })
  .map(element => `${element.tagName} ${element.textContent.slice(0, 30)}`)"""
"""What reaches over an edge of the screen."""

SHOWN = """select => {
  const style = getComputedStyle(select);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontSize} ${style.fontFamily}`;
  const room = select.clientWidth - 2 * parseFloat(style.paddingLeft) - 24;
  return [...select.options].map(option => {
    let shown = option.text;
    while (pen.measureText(shown).width > room) shown = shown.slice(0, -1);
    return shown;
  });
}"""
"""As much of each label as there is room for."""


def check_fits(page: Page) -> None:
    """Nothing is wider than the screen, reaches over its edge or wraps that should not."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate(WRAPPED) == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_wraps_or_overflows(chat: Chat, url: str, width: int, language: str) -> None:
    """At every width: the conversation, what happened, and the window that chooses an event."""
    _open(chat, url, width, language)
    chat.text.fill("你好")
    chat.text.press("Enter")
    expect(chat.replies).to_have_count(1)
    check_fits(chat.page)
    if width < 800:
        chat.page.locator("#show-inspector").click()
        check_fits(chat.page)
        chat.page.locator("#show-chat").click()
    _open_chooser(chat)
    check_fits(chat.page)
    box = chat.page.locator("#chooser").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", WIDTHS)
def test_labels_tell_events_apart(chat: Chat, url: str, width: int, language: str) -> None:
    """What there is room for of a label tells who follows from who follows by a QR code, and any two events."""
    _open(chat, url, width, language)
    _open_chooser(chat)
    shown: list[str] = chat.page.locator("#sample").evaluate(SHOWN)
    follows, by_code = ("follows the account", "follows by QR code") if language == "en" else ("关注", "扫码关注")
    assert shown[0].startswith(f"{follows} · ")
    assert shown[1].startswith(by_code)
    assert len(shown) > 90
    assert sorted({each for each in shown if shown.count(each) > 1}) == []


def _open(chat: Chat, url: str, width: int, language: str) -> None:
    chat.page.set_viewport_size({"width": width, "height": 900})
    chat.open(url)
    if language == "zh":
        chat.press("中文")


def _open_chooser(chat: Chat) -> None:
    chat.page.locator("#more").click()
    chat.page.locator("#panel button").last.click()
    expect(chat.page.locator("#chooser")).to_be_visible()

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from harness.chat_page import Chat


def test_a_text_is_sent_and_its_reply_seen(chat: Chat, url: str) -> None:
    """A text comes back as a bubble, and the inspector says what was sent, what came back and how."""
    chat.open(url)
    chat.send("你好")
    expect(chat.replies).to_have_text(["Account says: 你好"])
    expect(chat.log.locator(".row.me button")).to_have_text("小林 says: 你好")
    expect(chat.sentence).to_have_text(
        _like(r"Text from 小林, in plain mode\. HTTP 200 after \d+ ms: the follower sees a text\.")
    )
    names = ["read", "open", "parse", "respond", "render", "seal", "write"]
    expect(chat.steps.locator(".name")).to_have_text(names)
    expect(chat.steps.locator(".time")).to_have_text([_like(r"[\d.]+ ms")] * 7)
    expect(chat.text).to_have_value("")


def test_the_inspector_has_every_document(chat: Chat, url: str) -> None:
    """The XML both ways, the query, both proxy documents and the log line are there, laid out; what is empty is not."""
    chat.open(url)
    chat.send("hi")
    expect(chat.part("sent")).to_contain_text("<Content><![CDATA[hi]]></Content>")
    expect(chat.part("received")).to_contain_text("<Content><![CDATA[hi]]></Content>")
    expect(chat.part("query")).to_contain_text("&nonce=")
    expect(chat.part("event")).to_contain_text('"routeKey": "POST /wechat"')
    expect(chat.part("response")).to_contain_text('"statusCode": 200')
    expect(chat.part("log")).to_contain_text('"message": "answered"')
    for empty in ("metrics", "printed"):
        expect(chat.page.locator(f"[data-part={empty}]")).to_be_hidden()


def test_a_document_is_copied_as_it_was(chat: Chat, url: str) -> None:
    """What the button copies is the document itself, not as it is laid out."""
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.open(url)
    chat.send("hi")
    chat.part("received").get_by_role("button", name="Copy").click()
    expect(chat.part("received").get_by_role("button", name="Copied")).to_be_visible()
    assert chat.page.evaluate("navigator.clipboard.readText()").startswith("<xml><ToUserName><![CDATA[")


@pytest.mark.parametrize(("name", "kind"), [("Image", "Image"), ("Voice", "Voice"), ("Video", "Video")])
def test_media_come_back_as_a_card(chat: Chat, url: str, name: str, kind: str) -> None:
    """An image, a voice message or a video is a card with its MediaId."""
    chat.open(url)
    chat.send_sample(name)
    card = chat.replies.locator(".card")
    expect(card.locator(".kind")).to_have_text(kind)
    expect(card.locator(".line")).to_have_text(_like(r"[\w-]{60,}"))


def test_an_event_is_chosen_from_the_menu_and_changed(chat: Chat, url: str) -> None:
    """An event is found by typing, says what was written into it, and the page says why there is no reply."""
    chat.open(url)
    chat.send_sample("Event…")
    chat.page.get_by_label("Filter").fill("click")
    options = chat.page.get_by_label("Event or message").locator("option")
    expect(options).to_have_text(["taps a menu entry · CLICK", "Text · text_menu_click"])
    chat.page.get_by_label("EventKey").fill("MENU_HOURS")
    chat.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    expect(chat.log).to_contain_text("小林 taps a menu entry")
    expect(chat.log).to_contain_text("CLICK · MENU_HOURS")
    expect(chat.log).to_contain_text("No replythe callback acknowledged the message without a reply")
    expect(chat.sentence).to_contain_text("Event CLICK from 小林")
    expect(chat.part("sent")).to_contain_text("<EventKey><![CDATA[MENU_HOURS]]></EventKey>")


def test_common_events_come_first(chat: Chat, url: str) -> None:
    """The menu begins with what followers do all the time, and then has everything the platform sends."""
    chat.open(url)
    chat.send_sample("Event…")
    groups = chat.page.locator("#sample optgroup")
    assert groups.evaluate_all("groups => groups.map(group => group.label)") == [
        "Common events",
        "Other events",
        "Messages",
    ]
    first = groups.first.locator("option")
    expect(first).to_have_text(
        [
            _like(rf".* · {name}")
            for name in ("subscribe", "subscribe.*", "unsubscribe", "SCAN", "CLICK", "VIEW", "LOCATION")
        ]
    )
    assert groups.locator("option").count() > 90
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("dialog")).to_be_hidden()
    expect(chat.log.locator(".row button")).to_have_count(0)


def test_every_follower_has_a_conversation(chat: Chat, url: str) -> None:
    """What one follower writes is in that one's conversation, comes from that OpenID, and is kept."""
    chat.open(url)
    chat.send("from Lin")
    expect(chat.replies).to_have_count(1)
    chat.choose("Robin")
    expect(chat.replies).to_have_count(0)
    chat.send("from Robin")
    expect(chat.replies).to_have_text(["Account says: from Robin"])
    expect(chat.sentence).to_contain_text("Text from Robin")
    expect(chat.part("sent")).to_contain_text("<FromUserName><![CDATA[oK7x1tZ1qPm5dLhV9aSe2yNi7oBk]]>")
    chat.choose("小林")
    expect(chat.replies).to_have_text(["Account says: from Lin"])


def test_an_earlier_exchange_is_shown_again(chat: Chat, url: str) -> None:
    """A click on an earlier bubble brings its exchange back, from its sentence on, and marks what belongs to it."""
    chat.open(url)
    chat.send("first")
    expect(chat.replies).to_have_count(1)
    chat.send("second")
    expect(chat.replies).to_have_count(2)
    expect(chat.part("sent")).to_contain_text("second")
    chat.page.locator("aside").evaluate("inspector => inspector.scrollTo(0, inspector.scrollHeight)")
    expect(chat.sentence).not_to_be_in_viewport()
    chat.replies.first.click()
    expect(chat.part("sent")).to_contain_text("first")
    expect(chat.sentence).to_be_in_viewport()
    expect(chat.log.get_by_role("button", pressed=True)).to_have_text(["小林 says: first", "Account says: first"])


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=\"document.title='broken'\">",
        "<script>document.title='broken'</script>",
        "]]></Content><Content><b>bold</b>",
        "<!-- & &amp; -->",
    ],
)
def test_what_a_follower_writes_stays_text(chat: Chat, url: str, text: str) -> None:
    """Markup in a message is shown as it was written, in the conversation and in the inspector, and does nothing."""
    chat.open(url)
    chat.send(text)
    expect(chat.replies.locator(".said")).to_have_text(text)
    assert chat.page.title() == "WeChat callback simulator"
    assert chat.page.locator("main img, main script, main b, pre b, pre img, pre script").count() == 0
    assert text in (chat.part("sent").locator("pre").text_content() or "")


def test_the_first_view_says_what_to_do(chat: Chat, url: str) -> None:
    """A visitor reads where the callback is and what to edit, and has three things to try, each of which works."""
    chat.open(url)
    expect(chat.log).to_contain_text(f"Callback: {url}wechat")
    expect(chat.log).to_contain_text(_has("handler.py"))
    chat.press("Say hello")
    expect(chat.replies).to_have_text(["Account says: Hello"])
    chat.press("Follow the account")
    expect(chat.log).to_contain_text("小林 follows the account")
    chat.press("Forge a message")
    expect(chat.log).to_contain_text("Forged message refused")


def test_a_reload_keeps_the_conversation(chat: Chat, url: str) -> None:
    """What was said is there again after a reload, can be looked at, and is gone once it is cleared."""
    chat.open(url)
    chat.send("before")
    expect(chat.replies).to_have_count(1)
    chat.choose("Robin")
    chat.send("from Robin")
    expect(chat.replies).to_have_count(1)
    chat.page.reload()
    expect(chat.replies).to_have_text(["Account says: before"])
    chat.replies.first.click()
    expect(chat.part("sent")).to_contain_text("before")
    chat.choose("Robin")
    expect(chat.replies).to_have_text(["Account says: from Robin"])
    chat.press("Clear")
    expect(chat.page.get_by_role("radio", name="Robin")).to_be_attached()
    expect(chat.replies).to_have_count(0)


def test_a_message_is_sent_again_changed_and_copied(chat: Chat, url: str) -> None:
    """An exchange can be sent again, its XML changed and sent, and its request copied as a command."""
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.open(url)
    chat.send("first")
    expect(chat.replies).to_have_count(1)
    chat.press("Send again")
    expect(chat.replies).to_have_text(["Account says: first", "Account says: first"])
    chat.press("Edit and send")
    box = chat.page.get_by_label("XML of the message")
    box.fill(box.input_value().replace("first", "changed ]]&gt;"))
    chat.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    expect(chat.replies.last).to_have_text("Account says: changed ]]&gt;")
    chat.press("Copy as curl")
    expect(chat.page.get_by_role("button", name="Copied")).to_be_visible()
    command = chat.page.evaluate("navigator.clipboard.readText()")
    asked = subprocess.run(["bash", "-c", f"{command} -s --noproxy '*'"], capture_output=True, text=True, check=True)
    assert "changed ]]&gt;" in asked.stdout


def test_the_panel_closes_after_an_event(chat: Chat, url: str) -> None:
    """Once an event is sent the panel is out of the way."""
    chat.open(url)
    chat.send_sample("Event…")
    chat.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    expect(chat.log).to_contain_text("小林 follows the account")
    expect(chat.page.locator("#panel")).to_be_hidden()


def _has(part: str) -> re.Pattern[str]:
    return re.compile(re.escape(part))


def _like(pattern: str) -> re.Pattern[str]:
    return re.compile(f"^{pattern}$")


LINKS = """
from wechat_aws.function import build
from wechat_core import TextReply

TAP = '<a href="weixin://bizmsgmenu?msgmenucontent=\\u7ee7\\u7eed&msgmenuid=7">tap</a>'
PAGE = '<a href="https://example.com">a page</a>'
lambda_handler = build(lambda message: TextReply(f"{TAP} or see {PAGE}, <b>not</b> {message.content}"))
"""


def test_the_links_of_a_reply_are_shown_and_a_tap_sends_its_text(chat: Chat, project: tuple[str, Path]) -> None:
    """As WeChat does: links are underlined, other markup is text, and a tap is a message with its id."""
    url, handler = project
    handler.write_text(LINKS, "utf-8")
    chat.open(url)
    chat.send("hi")
    expect(chat.replies).to_have_text(["Account says: tap or see a page, <b>not</b> hi"])
    expect(chat.replies.locator("u")).to_have_text(["tap", "a page"])
    chat.press("tap")
    expect(chat.replies.last).to_have_text("Account says: tap or see a page, <b>not</b> 继续")
    expect(chat.part("sent")).to_contain_text("<bizmsgmenuid>7</bizmsgmenuid>")

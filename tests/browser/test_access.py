import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from harness.chat_page import Chat

PHONE = {"width": 360, "height": 640}


def violations(page: Page) -> list[str]:
    """What axe finds, each with the elements it is about."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {[node['html'] for node in rule['nodes']]}" for rule in found]


def use_everything(chat: Chat) -> None:
    """Make the page show each kind of thing that it has."""
    chat.send("你好")
    expect(chat.replies).to_have_count(1)
    chat.send_sample("Location")
    expect(chat.replies).to_have_count(2)
    chat.press("Verify URL")
    expect(chat.verdict).not_to_be_empty()
    chat.press("Deliver twice")
    chat.press("Forge the signature")
    chat.send("refused")
    expect(chat.log).to_contain_text("Forged message refused")
    chat.press("Slow network")


def tab_to(page: Page, selector: str, *, key: str = "Tab") -> None:
    """Press Tab until the focus is there, as somebody does who has no mouse."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"Tab does not lead to {selector}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chat: Chat, url: str, scheme: str) -> None:
    """Names, labels, roles and contrasts (AA) are right, in light and dark, also of the window that chooses events."""
    chat.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    chat.open(url)
    expect(chat.text).to_have_accessible_name("Your message")
    assert violations(chat.page) == []
    use_everything(chat)
    assert violations(chat.page) == []
    chat.send_sample("Event…")
    assert violations(chat.page) == []


def test_everything_is_done_by_keyboard(chat: Chat, url: str) -> None:
    """Without a mouse one chooses a mode, arms a forgery, writes, sends an event, and looks at an earlier exchange."""
    chat.open(url)
    keyboard, page = chat.page.keyboard, chat.page
    expect(chat.text).to_be_focused()
    tab_to(page, "[name=mode]", key="Shift+Tab")
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    tab_to(page, "[data-fault=forged]")
    keyboard.press("Space")
    tab_to(page, "#text")
    keyboard.type("by keyboard")
    keyboard.press("Enter")
    expect(chat.sentence).to_contain_text("Forged Text from 小林, in safe mode")
    tab_to(page, "#more", key="Shift+Tab")
    keyboard.press("Enter")
    tab_to(page, "[data-sample=event]")
    keyboard.press("Enter")
    expect(page.get_by_label("Filter")).to_be_focused()
    keyboard.type("subscribe")
    keyboard.press("Enter")
    expect(chat.sentence).to_contain_text("Event subscribe from 小林")
    tab_to(page, ".bubble", key="Shift+Tab")
    keyboard.press("Enter")
    expect(chat.sentence).to_contain_text("Forged Text from 小林")


def test_escape_closes_what_was_opened(chat: Chat, url: str) -> None:
    """Escape closes the window and then the panel, and the focus goes back to what opened it."""
    chat.open(url)
    chat.send_sample("Event…")
    chat.page.keyboard.press("Escape")
    expect(chat.page.locator("[data-sample=event]")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chat.page.locator("#panel")).to_be_hidden()
    expect(chat.page.locator("#more")).to_be_focused()


def test_the_focus_is_seen(chat: Chat, url: str) -> None:
    """Whatever Tab leads to has an outline; a radio button, which is drawn by its label, has it there."""
    chat.open(url)
    seen = set()
    for _ in range(14):
        chat.page.keyboard.press("Shift+Tab")
        seen.add(
            chat.page.evaluate(
                """() => {
                    const focused = document.activeElement;
                    const drawn = focused.type === "radio" ? focused.nextElementSibling : focused;
                    return [focused.tagName, getComputedStyle(drawn).outlineStyle].join(" ");
                }"""
            )
        )
    assert {"BUTTON solid", "INPUT solid"} <= seen
    assert not [each for each in seen if not each.endswith("solid") and not each.startswith("BODY")]


def test_replies_are_announced(chat: Chat, url: str) -> None:
    """The conversation is a live region; the answer of the console and what is armed are statuses."""
    chat.open(url)
    expect(chat.log).to_have_attribute("role", "log")
    expect(chat.log).to_have_accessible_name("小林")
    for name in ("verdict", "fault"):
        expect(chat.page.locator(f"#{name}")).to_have_attribute("role", "status")


@pytest.mark.visitor(viewport=PHONE, has_touch=True, is_mobile=True)
def test_a_phone_shows_one_pane_at_a_time(chat: Chat, url: str) -> None:
    """On a small phone nothing is wider than the screen, and a bubble leads to what happened, which leads back."""
    chat.open(url)
    use_everything(chat)
    for pane in ("What happened", "Conversation"):
        chat.press(pane)
        assert chat.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    chat.replies.first.click()
    expect(chat.sentence).to_be_visible()
    expect(chat.text).to_be_hidden()
    assert chat.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    chat.press("Conversation")
    expect(chat.text).to_be_in_viewport(ratio=1)
    chat.send_sample("Event…")
    expect(chat.page.get_by_role("dialog").get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)


@pytest.mark.visitor(reduced_motion="reduce")
def test_nothing_moves_for_who_does_not_want_it(chat: Chat, url: str) -> None:
    """With reduced motion the dots that wait for an answer stand still."""
    chat.open(url)
    chat.press("Slow network")
    chat.send("slow")
    dot = chat.page.locator(".dots i").first
    expect(dot).to_have_css("animation-name", "none")


def test_a_mode_that_the_account_does_not_allow_is_explained(chat: Chat, own_url: str) -> None:
    """With an account that has no key, the other modes are there, cannot be chosen, and it is said why."""
    chat.open(own_url)
    expect(chat.page.get_by_role("radio", name="Safe")).to_be_disabled()
    expect(chat.page.get_by_role("group", name="Mode")).to_have_accessible_description(
        "Your account has no EncodingAESKey, so plain is its only mode."
    )
    chat.send("hi")
    expect(chat.replies).to_have_text(["Account says: hi"])

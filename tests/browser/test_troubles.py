import os
import re
from pathlib import Path

from playwright.sync_api import expect

from harness.chat_page import Chat, serve_page
from tests.default import lay_out

ANSWERING = """
def build(environ):
    return lambda event, context: {{"statusCode": 200, "headers": {{}}, "body": "{body}", "isBase64Encoded": False}}

lambda_handler = build({{}})
"""


def change(handler: Path, responder: str) -> None:
    """Replace `echo` with another responder, as an editor does a while later."""
    code = handler.read_text("utf-8")
    handler.write_text(re.sub(r"^respond = .*$", lambda _: f"respond = {responder}", code, flags=re.MULTILINE), "utf-8")
    later = handler.stat().st_mtime_ns + 10**9
    os.utime(handler, ns=(later, later))


def test_safe_mode_is_shown_sealed_and_opened(chat: Chat, url: str) -> None:
    """In safe mode the reply is seen as ever, and both documents can be read decrypted and as on the wire."""
    chat.open(url)
    chat.choose("Safe")
    chat.send("你好")
    expect(chat.replies).to_have_text(["Account says: 你好"])
    expect(chat.sentence).to_contain_text("in safe mode. HTTP 200")
    for name in ("sent", "received"):
        document = chat.part(name)
        expect(document.locator("pre")).to_contain_text("你好")
        document.get_by_role("button", name="on the wire").click()
        expect(document.locator("pre")).to_contain_text("<Encrypt>")
        expect(document.locator("pre")).not_to_contain_text("你好")


def test_plain_mode_has_one_view(chat: Chat, url: str) -> None:
    """What is not encrypted is not offered decrypted."""
    chat.open(url)
    chat.send("hi")
    expect(chat.part("sent")).to_contain_text("hi")
    expect(chat.part("sent").get_by_role("button", name="decrypted")).to_be_hidden()


def test_a_forged_message_is_refused(chat: Chat, url: str) -> None:
    """A forged message is marked, refused with the reason and the step, and the next one is genuine again."""
    chat.open(url)
    chat.press("Forge the signature")
    expect(chat.page.locator("#fault")).to_have_text("It comes from somebody who does not know the token.")
    chat.send("send me money")
    expect(chat.log).to_contain_text("Forged message refused")
    expect(chat.sentence).to_have_text(
        re.compile(
            r"Forged Text from 小林, in plain mode\. HTTP 403 after \d+ ms: the callback refused the forged message, "
            r"as it should: signature wrong\."
        )
    )
    expect(chat.page.locator("#steps .failed")).to_have_text(re.compile("^openfailed$"))
    expect(chat.page.locator("#reason")).to_have_text("The step “open” failed: signature wrong.")
    expect(chat.page.get_by_role("button", name="Forge the signature")).to_have_attribute("aria-pressed", "false")
    chat.send("genuine")
    expect(chat.replies).to_have_text(["Account says: genuine"])


def test_a_message_is_delivered_twice(chat: Chat, url: str) -> None:
    """Both deliveries can be looked at, and the conversation says that the first answer was lost."""
    chat.open(url)
    chat.press("Deliver twice")
    chat.send("again")
    expect(chat.replies).to_have_text(["Account says: again"])
    expect(chat.log).to_contain_text("WeChat delivered it 2 times, because an answer got lost on the way.")
    expect(chat.sentence).to_contain_text("Delivered 2 times; the last time: HTTP 200")
    tabs = chat.page.get_by_role("tab")
    expect(tabs).to_have_text(["Delivery 1 (answer lost)", "Delivery 2"])
    second = chat.part("log").text_content()
    tabs.nth(1).press("ArrowLeft")
    expect(tabs.nth(0)).to_have_attribute("aria-selected", "true")
    expect(chat.part("log")).not_to_have_text(second or "")


def test_a_slow_network_is_waited_for(chat: Chat, url: str) -> None:
    """While WeChat waits for the first answer the account is typing and the page says why; then the reply is there."""
    chat.open(url)
    chat.press("Slow network")
    chat.send("slow")
    expect(chat.page.locator("#account")).to_have_text("typing…")
    expect(chat.log).to_contain_text("The first answer is late: WeChat waits 5 seconds, then delivers again.")
    expect(chat.replies).to_have_text(["Account says: slow"], timeout=15_000)
    expect(chat.page.locator("#account")).to_have_text("Official Account (sample)")


def test_a_reply_to_another_follower_is_announced(chat: Chat, url: str) -> None:
    """An answer that comes while another conversation is open marks its follower, until that one is chosen."""
    chat.open(url)
    chat.press("Slow network")
    chat.send("slow")
    chat.choose("Robin")
    waiting = chat.page.locator("#followers label").first.get_by_text("new messages")
    expect(waiting).to_be_visible(timeout=15_000)
    chat.choose("小林")
    expect(waiting).to_be_hidden()


def test_the_url_is_verified(chat: Chat, url: str) -> None:
    """The button shows what WeChat's console says, and the inspector the handshake."""
    chat.open(url)
    chat.press("Verify URL")
    expect(chat.verdict).to_have_text("WeChat's console says: 配置成功 (settings saved)")
    expect(chat.steps.locator(".name")).to_have_text(["read", "verify", "write"])
    expect(chat.sentence).to_contain_text("Check of the URL, in plain mode. HTTP 200")


def test_code_that_does_not_load_shows_the_fault_line(chat: Chat, project: tuple[str, Path]) -> None:
    """Code broken while the page is open is the fault line with the reason; fixed, it answers at once."""
    url, handler = project
    chat.open(url)
    change(handler, "(")
    chat.send("hello?")
    expect(chat.log).to_contain_text("该公众号提供的服务出现故障，请稍后再试")
    expect(chat.log).to_contain_text("your code does not load: SyntaxError: '(' was never closed, handler.py:")
    expect(chat.sentence).to_contain_text("SyntaxError")
    expect(chat.log).to_contain_text("WeChat delivered it 3 times.")
    expect(chat.page.locator("#reason")).to_contain_text("your code does not load: SyntaxError")
    chat.press("Verify URL")
    expect(chat.verdict).to_contain_text("token验证失败 (-302)")
    expect(chat.verdict).to_contain_text("the callback fails: SyntaxError")
    expect(chat.verdict).to_contain_text("To fix it: check its log.")
    change(handler, "echo")
    chat.send("better")
    expect(chat.replies).to_have_text(["Account says: better"])


def test_a_responder_that_raises_is_named(chat: Chat, project: tuple[str, Path]) -> None:
    """A responder's own error shows the follower nothing; the page says in red what it raised, and in which line."""
    url, handler = project
    (handler.parent / "mybot.py").write_text("def answer(message):\n    raise ValueError('no such menu: 42')\n")
    change(handler, '__import__("mybot").answer')
    chat.open(url)
    chat.send("hi")
    said = "your function failed: ValueError: no such menu: 42, mybot.py:2"
    expect(chat.log.locator(".notice.fault")).to_have_text(f"No reply{said}")
    expect(chat.log.locator(".notice.fault")).to_have_css("color", "rgb(179, 38, 30)")
    expect(chat.page.locator("#reason")).to_have_text(f"{said}.")
    expect(chat.page.locator("#steps .failed .name")).to_have_text("respond")
    chat.press("中文")
    expect(chat.log.locator(".notice.fault")).to_contain_text("你的函数出错：ValueError：no such menu: 42，mybot.py:2")


def test_a_responder_that_returns_no_reply_is_named(chat: Chat, project: tuple[str, Path]) -> None:
    """What is returned and is no reply is said in the language of the page."""
    url, handler = project
    change(handler, "lambda message: 42")
    chat.open(url)
    chat.send("hi")
    expect(chat.log.locator(".notice.fault")).to_contain_text(
        "your function did not return a reply: the responder returned int"
    )
    chat.press("中文")
    expect(chat.log.locator(".notice.fault")).to_contain_text("你的函数返回的不是回复：返回了 int")


def test_a_reply_that_is_cut_says_so(chat: Chat, project: tuple[str, Path]) -> None:
    """A text over the limit reaches the follower cut, and the page says that it was."""
    url, handler = project
    change(handler, 'lambda message: __import__("wechat_core").TextReply("长" * 1000)')
    chat.open(url)
    chat.send("hi")
    expect(chat.log).to_contain_text("Your reply was cut: it is longer than WeChat allows.")


def test_a_function_that_still_runs_says_so(chat: Chat, project: tuple[str, Path]) -> None:
    """After 5 seconds the page says that WeChat gives up; in the end, that the function was still running."""
    url, handler = project
    change(handler, 'lambda message: __import__("time").sleep(30)')
    chat.open(url)
    chat.send("hi")
    expect(chat.log).to_contain_text("No answer for 5 seconds: WeChat gives up on this delivery", timeout=9_000)
    expect(chat.page.locator("#reason")).to_have_text(
        "Your function is still running: WeChat waits 5 seconds.", timeout=20_000
    )
    expect(chat.page.locator("#steps .running .name")).to_have_text("respond")


def test_the_store_in_memory_answers_a_retry(chat: Chat, url: str) -> None:
    """Delivered twice the function runs twice, and once where de-duplication is switched on."""
    chat.open(url)
    chat.press("Deliver twice")
    chat.send("again")
    expect(chat.log).to_contain_text("Your function ran 2 times.")
    chat.page.get_by_label("De-duplication").check()
    chat.press("Deliver twice")
    chat.send("once more")
    expect(chat.log).to_contain_text("Your function ran once.")
    expect(chat.replies).to_have_text(["Account says: again", "Account says: once more"])


def test_an_answer_that_wechat_cannot_read_shows_the_fault_line(chat: Chat, project: tuple[str, Path]) -> None:
    """What is no reply of the platform's is the fault line, with the reason and what was answered."""
    url, handler = project
    handler.write_text(ANSWERING.format(body="<p>hello"), "utf-8")
    chat.open(url)
    chat.send("hi")
    expect(chat.log).to_contain_text("该公众号提供的服务出现故障，请稍后再试")
    expect(chat.log).to_contain_text("the answer is a web page: hello")
    expect(chat.part("received").locator("pre")).to_have_text("<p>hello")


def test_a_forgery_that_is_taken_is_an_alarm(chat: Chat, project: tuple[str, Path]) -> None:
    """A callback that answers a forged message is told so, and not that a follower would see something."""
    url, handler = project
    handler.write_text(ANSWERING.format(body="<xml></xml>"), "utf-8")
    chat.open(url)
    chat.press("Forge the signature")
    chat.send("hi")
    expect(chat.log).to_contain_text("Forged message accepted")
    expect(chat.sentence).to_contain_text("the callback replies to a message that WeChat did not sign")
    expect(chat.log).not_to_contain_text("该公众号")


def test_articles_are_cards(chat: Chat, project: tuple[str, Path]) -> None:
    """Articles are cards with title, description and addresses."""
    url, handler = project
    article = (
        '__import__("wechat_core").Article("Autumn", "New in", "https://example.com/a.png", "https://example.com/a")'
    )
    change(handler, f'lambda message: __import__("wechat_core").NewsReply(({article},))')
    chat.open(url)
    chat.send("news")
    card = chat.replies.locator(".article")
    expect(card.locator(".kind")).to_have_text("Autumn")
    expect(card.locator(".line")).to_have_text(["New in", "https://example.com/a.png", "https://example.com/a"])
    expect(chat.sentence).to_contain_text("the follower sees articles")


def test_a_server_that_is_gone_is_a_banner(chat: Chat, tmp_path: Path) -> None:
    """Where the server does not answer any more, a banner says how to start it again, and goes when it is back."""
    folder = lay_out(tmp_path)
    with serve_page(folder, tmp_path / "log") as url:
        chat.open(url)
    chat.send("anybody?")
    banner = chat.page.get_by_role("alert")
    expect(banner).to_contain_text("The local server does not answer. Start it again with: make run")
    expect(banner).to_be_in_viewport(ratio=1)
    expect(chat.text).to_have_value("anybody?")
    banner.get_by_role("button", name="Try again").click()
    expect(banner).to_be_visible()
    with serve_page(folder, tmp_path / "log", port=int(url.rstrip("/").rpartition(":")[2])):
        expect(banner).to_be_hidden()  # it tries by itself as well
        chat.text.press("Enter")
        expect(chat.replies).to_have_text(["Account says: anybody?"])
    assert [complaint for complaint in chat.complaints if "ERR_CONNECTION_REFUSED" not in complaint] == []
    chat.complaints.clear()

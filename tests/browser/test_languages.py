from typing import Any

import pytest
from playwright.sync_api import expect

from harness.chat_page import Chat
from tests.logged import list_logged
from wechat_sim.phrases import explain_error, translate
from wechat_sim.texts import CHINESE


def words(chat: Chat, module: str, name: str) -> dict[str, str]:
    """What a module of the page exports."""
    found: dict[str, str] = chat.page.evaluate(f"import('/static/{module}.js').then(words => words.{name})")
    return found


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def test_both_languages_have_the_same_words(chat: Chat, url: str) -> None:
    """Nothing is said in one language alone, and both put the same values in."""
    chat.open(url)
    english, chinese = words(chat, "english", "ENGLISH"), words(chat, "chinese", "CHINESE")
    assert list(english) == list(chinese)
    assert not [name for name in english if placeholders(english[name]) != placeholders(chinese[name])]
    assert not [name for name, text in [*english.items(), *chinese.items()] if not text and name != "gap"]


def test_every_reason_of_the_log_is_said_in_chinese(chat: Chat, url: str) -> None:
    """Whatever the callback logs as reason and hint, the page says in Chinese, in the same words as the terminal."""
    chat.open(url)
    chat.press("中文")
    phrases = sorted({phrase for pair in list_logged() for phrase in pair if phrase})
    told = chat.page.evaluate(
        "phrases => import('/static/words.js').then(w => phrases.map(w.translatePhrase))", phrases
    )
    assert told == [translate(phrase, CHINESE) for phrase in phrases]
    error = "token in what you typed is malformed: it is 43 letters and digits, as in the WeChat console"
    told = chat.page.evaluate("error => import('/static/words.js').then(w => w.translateError(error))", error)
    assert told == explain_error(error, CHINESE)


@pytest.mark.visitor(locale="zh-CN")
def test_a_chinese_visitor_reads_chinese(chat: Chat, url: str) -> None:
    """The page speaks the browser's language from the start: the conversation, the reason and the sentence."""
    chat.open(url)
    chat.press("伪造签名")
    chat.send("转账")
    expect(chat.log).to_contain_text("伪造的消息被拒绝")
    expect(chat.log).to_contain_text("回调拒绝了伪造的消息，正应如此")
    expect(chat.sentence).to_contain_text("冒充小林伪造的文本（明文模式）。")
    assert chat.page.evaluate("document.documentElement.lang") == "zh-CN"


def test_the_language_is_switched_in_place_and_kept(chat: Chat, url: str) -> None:
    """The switch changes everything that is on the page, also what was said before, and lasts."""
    chat.open(url)
    chat.send("hi")
    expect(chat.sentence).to_contain_text("the follower sees a text")
    chat.press("中文")
    expect(chat.sentence).to_contain_text("用户看到一条文本")
    expect(chat.log).to_contain_text("你现在是用户小林。")
    visible: Any = chat.page.evaluate("document.body.innerText")
    assert not [word for word in ("Conversation", "Next", "Mode", "read", "Metrics", "Copy") if word in visible]
    chat.page.reload()
    expect(chat.page.get_by_role("button", name="发送", exact=True)).to_be_visible()
    assert chat.page.title() == "微信回调模拟器"

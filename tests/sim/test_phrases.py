"""What core, edge and simulator say in English, in Chinese."""

import re

import pytest

from tests.logged import EXAMPLE, list_logged
from wechat_sim.phrases import explain_detail, explain_error, translate
from wechat_sim.texts import CHINESE, ENGLISH, read_texts

NAMES = {EXAMPLE, f"HTTP {EXAMPLE}"}
"""What a service answers: nothing of ours."""


def test_what_can_be_logged_is_read_from_the_code() -> None:
    """The list that the next test goes through has what is logged by core and edge, whatever way it is written."""
    reasons = {reason for reason, _ in list_logged()}
    assert len(reasons) > 50
    assert reasons >= {
        "signature wrong",
        "ciphertext wrong",  # made by a function
        f"{EXAMPLE} missing",  # with a name put in
        f"the table {EXAMPLE} cannot be used ({EXAMPLE})",  # by a variable
        "app_id in Example7 is missing or malformed",  # by an argument
    }
    assert ("JSON", "set the data format (数据格式) to XML in the WeChat console") in list_logged()  # by a constant


@pytest.mark.parametrize(("reason", "hint"), list_logged())
def test_every_reason_and_hint_is_said_in_chinese(reason: str, hint: str) -> None:
    """Whatever core and edge can log as the reason of an error, and what to do about it, is in the list, whole."""
    for phrase in (reason, hint):
        said = translate(phrase, CHINESE)
        assert re.search("[\u4e00-\u9fff]", said) or phrase in NAMES | {""}
        assert not re.search("[a-z]{2,} [a-z]{2,}", said)
        assert translate(phrase, ENGLISH) == phrase


def test_no_phrase_is_left_over() -> None:
    """The list has no phrase that nothing says any more, and none that another hides."""
    names = re.compile(r"\{\w+\}")
    said = {phrase for pair in list_logged() for phrase in pair}
    codes = "\n".join(said)
    ours = ("what you typed", "what --token, --key and --app-id say", "{name} has no {source}", "it has {source}")
    for english in read_texts()["phrases"]:
        pattern = ".+".join(re.escape(part) for part in names.split(english))
        assert re.search(pattern, codes) or english in (*ours, "{name} is a number"), english
        assert translate(names.sub("X", english), CHINESE) == names.sub("X", read_texts()["phrases"][english]), english


def test_an_error_is_said_in_chinese() -> None:
    """Reason, hint and what is put into them; a text of somebody else's stays as it is."""
    error = "token in what you typed is missing or malformed: it is 43 letters and digits, as in the WeChat console"
    chinese = "输入的内容 的 token 缺失或格式错误：它是 43 位字母和数字，与微信后台一致"
    assert explain_error(error, CHINESE) == chinese
    assert explain_error(error, ENGLISH) == error
    assert explain_error("ours: not at all", CHINESE) == "ours：not at all"
    assert explain_error("boom", CHINESE) == "boom"


@pytest.mark.parametrize(
    ("detail", "chinese"),
    [
        ("3000 bytes", "3000 字节"),
        ("6.2 s, then 0.1 s", "首次 6.2 秒，之后 0.1 秒"),
        ("no element found, line 1, column 7: <xml>: a", "第 1 行第 7 列，no element found：<xml>: a"),
        ("Image.media_id is empty", "Image.media_id 为空"),
        ("the token is empty", "the token is empty"),
        ("403 signature wrong", "403 signature wrong"),
    ],
)
def test_a_detail_is_said_in_chinese_and_a_quotation_is_not(detail: str, chinese: str) -> None:
    """What we measured or counted is in the chosen language; a stranger's words are quoted as they came."""
    assert (explain_detail(detail, CHINESE), explain_detail(detail, ENGLISH)) == (chinese, detail)

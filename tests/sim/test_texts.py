import re
from pathlib import Path

import pytest

from wechat_sim.doctor import findings
from wechat_sim.doctor.findings import Finding
from wechat_sim.platform.verdict import Cause, Note
from wechat_sim.texts import CHINESE, ENGLISH, Language, choose_language, explain_cause, hint_at, read_texts

FINDINGS = {value.id for value in vars(findings).values() if isinstance(value, Finding)}


def test_every_cause_is_told_in_both_languages() -> None:
    """Whatever can be found has a sentence in English and another in Chinese, and a hint in both or in none."""
    for identifier in {*Cause, *Note, *FINDINGS}:
        english, chinese = explain_cause(identifier, ENGLISH), explain_cause(identifier, CHINESE)
        assert english
        assert re.search("[\u4e00-\u9fff]", chinese)
        assert bool(hint_at(identifier, ENGLISH)) == bool(hint_at(identifier, CHINESE))


def test_no_text_is_left_over() -> None:
    """The file has no sentence that nothing says any more, and each sentence says one thing."""
    causes = read_texts()["causes"]
    assert set(causes) == {*Cause, *Note, *FINDINGS}
    assert len({each["en"]["cause"] for each in causes.values()}) >= len(causes) - 4  # GET and POST share a few


BASES: dict[Language, dict[str, str]] = {
    ENGLISH: {"platform": "documented", "observed": "observed", "reading": "our reading"},
    CHINESE: {"platform": "文档", "observed": "观察", "reading": "我们的理解"},
}


def list_rows(language: Language) -> list[str]:
    """What the document says of every verdict: its sentence, and how sure it is."""
    causes = read_texts()["causes"]
    verdicts = [identifier for identifier in causes if identifier in {*Cause, *Note, "odd_type"}]
    return [
        f"| {explain_cause(each, language)} | {BASES[language][causes[each]['basis']]} |".replace("&", "&amp;")
        for each in verdicts
    ]


@pytest.mark.parametrize(("page", "language"), [("doctor.md", ENGLISH), ("doctor.zh-CN.md", CHINESE)])
def test_the_document_says_how_sure_each_verdict_is(page: str, language: Language) -> None:
    """The table has a row for every verdict, in the words of the verdict, and no other."""
    text = (Path(__file__).parent.parent.parent / "docs" / page).read_text("utf-8")
    lines = text[text.rindex("\n## ") :].splitlines()
    rows = [line for line in lines if line.startswith("| ")][2:]
    assert rows == list_rows(language)


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, ENGLISH),
        ({"LANG": "zh_CN.UTF-8"}, CHINESE),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, ENGLISH),
        ({"LANG": "de_DE", "LC_MESSAGES": "zh_TW"}, CHINESE),
    ],
)
def test_the_terminal_speaks_its_locales_language(environ: dict[str, str], language: str) -> None:
    """As everywhere: LC_ALL before LC_MESSAGES before LANG."""
    assert choose_language(environ) == language

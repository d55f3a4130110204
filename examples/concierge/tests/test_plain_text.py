"""A model's Markdown as text for a chat: what comes in and what has to come out stand in markdown.json."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.concierge.concierge.plain_text import to_plain_text

CASES = json.loads(Path(__file__).with_name("markdown.json").read_text("utf-8"))
OWN_LINK = re.compile(r'<a href="https?://[^"\s]*">[^<]*?</a>')
PIECES = [
    "**",
    "*",
    "`",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "> ",
    "#",
    "```\n",
    "| a | b |\n|---|---|\n| ",
    "[x](",
    ")",
    "<a href=",
    "</a>",
]
PIECES += [
    "https://e.xx/",
    '"',
    "<",
    "a",
    " ",
    "：",
    "重点",
    "\u200a",
    "\\",
    "&lt;",
    "![",
    "](",
    "weixin://",
    "    ",
    "~~",
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_markdown_reads_as_text(case: dict[str, str]) -> None:
    """Each way that models write has its text, byte for byte."""
    assert to_plain_text(case["markdown"]) == case["text"]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40).map("".join))
def test_whatever_a_model_writes_becomes_text(markdown: str) -> None:
    """Nothing raises, and no link remains but those that this wrote, each to a web page."""
    text = to_plain_text(markdown)
    rest = OWN_LINK.sub("", text)
    assert not re.search(r"<\s?/?a\b", rest, re.IGNORECASE), text
    assert text == text.strip()


@given(st.text(alphabet="天地玄黄abc，。：“”？ \n", max_size=60))
def test_text_without_markdown_keeps_its_characters(text: str) -> None:
    """What has nothing of Markdown loses nothing but blanks and line breaks."""
    assert "".join(to_plain_text(text).split()) == "".join(text.split())


def test_deep_nesting_ends() -> None:
    """A hundred levels of quotation and list come back soon, whatever of them is lost."""
    assert to_plain_text("> - " * 100 + "x") is not None
    assert len(to_plain_text("*a **b " * 2000)) > 2000

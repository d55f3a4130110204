"""The README tells the truth, in both languages."""

import re
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.default import shipped_default
from wechat_core import ImageMessage, ImageReply, NoReply, TextMessage, TextReply
from wechat_core.events.follow import SubscribeEvent
from wechat_sim.texts import CHINESE, ENGLISH, word

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "README.zh-CN.md")
PLACES = ("*.md", "docs/*.md", "docs/adr/*.md", "examples/*/*.md")
DOCUMENTS = [path for place in PLACES for path in sorted(ROOT.glob(place))]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(text: str) -> list[tuple[str, str]]:
    """Language and content of each fenced block."""
    return re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_the_code_runs(page: str) -> None:
    """The README's echo and its responder run, and do what the text says; tests/test_yours.py tries all of it."""
    names: dict[str, Any] = {}
    for language, code in blocks(read(page)):
        if language == "python" and not code.startswith(("# handler.py", "# tests/")):
            exec(code, names)
    assert names["echo"](TextMessage(content="hi")) == TextReply("hi")
    assert names["echo"](ImageMessage(media_id="m")) == ImageReply("m")
    assert isinstance(names["concierge"](SubscribeEvent()), TextReply)
    assert names["concierge"](TextMessage(content="hi")) == NoReply()


def commands_in(session: str) -> list[str]:
    """What is typed in a terminal; what it prints depends on its language."""
    return [line for line in session.splitlines() if line.startswith("$ ")]


def test_a_terminal_prints_in_the_readers_language() -> None:
    """The first lines of `make run` are those that the program prints, in either language."""
    for page, language in zip(PAGES, (ENGLISH, CHINESE), strict=True):
        printed = word("page_at", language, url="http://127.0.0.1:8000/")
        assert f"$ make run\n{printed}\n" in read(page)
        assert f"{word('sees', language, what='你好')}\n" in read(page)


def test_both_languages_say_the_same() -> None:
    """The two READMEs have the same headings, the same code and commands, and tables of the same shape."""
    english, chinese = (read(page) for page in PAGES)
    shapes = [
        (
            [line.count("#") for line in re.findall(r"^#+ ", text, re.MULTILINE)],
            [(language, commands_in(code) if language == "console" else code) for language, code in blocks(text)],
            len(re.findall(r"^\|", text, re.MULTILINE)),
        )
        for text in (english, chinese)
    ]
    assert shapes[0] == shapes[1]
    assert re.findall(r"^\| (`[^|]+`)", english, re.MULTILINE) == re.findall(r"^\| (`[^|]+`)", chinese, re.MULTILINE)


def test_the_echo_fits_ten_lines() -> None:
    """The first code a reader sees is the echo, in ten lines besides its import."""
    code = blocks(read("README.md"))[0][1]
    assert len([line for line in code.splitlines() if line and "import" not in line]) <= 10


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_target_exists(document: Path) -> None:
    """Every `make …` that a document names is a target."""
    targets = set(re.findall(r"^([a-z0-9-]+):", read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:`|\$ |^)make ([a-z0-9-]+)", document.read_text("utf-8"), re.MULTILINE)) <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    """Every relative link of a document is to a file that is there."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8"))
    assert not [link for link in links if not (document.parent / link).exists()]


def read_settings(page: str) -> tuple[set[str], set[str]]:
    """The names in a page's tables of settings, and the template's parameters and variables."""
    rows = "".join(re.findall(r"^\| (`[^|]+) \|", read(page).partition("sam local")[2], re.MULTILINE))
    template = yaml_parse(read("template.yaml"))
    variables = set(template["Resources"]["CallbackFunction"]["Properties"]["Environment"]["Variables"])
    internal = {"POWERTOOLS_LOG_LEVEL", "POWERTOOLS_SERVICE_NAME"}
    return set(re.findall(r"`(\w+)`", rows)), set(template["Parameters"]) | variables - internal


@pytest.mark.parametrize("page", PAGES)
def test_every_listed_setting_is_there(page: str) -> None:
    """The tables of settings name variables of the function and parameters of the template, no others."""
    listed, declared = read_settings(page)
    assert listed <= declared


@shipped_default
@pytest.mark.parametrize("page", PAGES)
def test_every_setting_is_listed(page: str) -> None:
    """Until the user adds settings, the tables name all there are."""
    listed, declared = read_settings(page)
    assert declared <= listed

"""What the documents promise is there, and what is there is documented."""

import re
from pathlib import Path
from types import ModuleType

import pytest

from scripts import protocol
from wechat_core.message import TYPES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), *sorted(ROOT.glob("examples/*/*.md"))]
TRANSLATED = [page for page in PAGES if not page.stem.endswith(".zh-CN")]


@pytest.mark.parametrize("page", protocol.PAGES, ids=lambda page: page.name)
def test_every_type_is_documented(page: Path) -> None:
    """The tables have a line for each declared type with all its fields, in their order, and for no other."""
    text = page.read_text("utf-8")
    assert text == protocol.write_tables(text), "out of date: make docs"


@pytest.mark.parametrize("module", protocol.MODULES, ids=lambda module: module.__name__)
@pytest.mark.parametrize("page", protocol.PAGES, ids=lambda page: page.name)
def test_every_group_names_its_official_page(module: ModuleType, page: Path) -> None:
    """The official pages that a module of declarations names are in the documents, too."""
    assert set(re.findall(r"https://developers\.weixin\.qq\.com\S+", module.__doc__ or "")) <= set(
        re.findall(r"https://developers\.weixin\.qq\.com[^\s>]+", page.read_text("utf-8"))
    )


def test_every_declared_type_is_in_a_group() -> None:
    """No type is declared where the table above would not find it."""
    groups = {module.__name__ for module in protocol.MODULES} | {"wechat_core.message"}
    assert {cls.__module__ for cls in TYPES.values() if not cls.__module__.startswith("tests")} <= groups


@pytest.mark.parametrize("page", sorted((DOCS / "adr").iterdir()), ids=lambda page: page.stem)
def test_a_decision_is_one_page(page: Path) -> None:
    """Each decision says since when it holds, what it answers, what was decided and what follows, on one page."""
    text = page.read_text("utf-8")
    assert re.match(rf"# {int(page.stem[:4])}\. .+\n\n(Accepted|Replaced by \d+), 20\d\d-\d\d-\d\d\.\n\n", text)
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert len(text.splitlines()) <= 40


def skeleton(text: str) -> dict[str, object]:
    """What a page consists of in any language: its outline, code, tables, steps, names and links."""
    code = re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    prose = re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)
    return {
        "headings": re.findall(r"^#+", text, re.MULTILINE),
        "code": [re.sub(r" +#.*", "", block) for block in code],
        "rows": [line.count(" | ") for line in re.findall(r"^ *\|.*", text, re.MULTILINE)],
        "steps": re.findall(r"^(?:\d\.|-) ", text, re.MULTILINE),
        "names": {" ".join(name.split()) for name in re.findall(r"`([^`]+)`", prose) if " ← " not in name},
        "links": set(re.findall(r"https?://[^\s)>]+", prose)),
    }


@pytest.mark.parametrize("page", TRANSLATED, ids=lambda page: str(page.relative_to(ROOT)))
def test_both_languages_say_the_same(page: Path) -> None:
    """A page and its Chinese one have the same outline, code, tables, steps and links, and name the same things."""
    assert skeleton(page.read_text("utf-8")) == skeleton(page.with_suffix(".zh-CN.md").read_text("utf-8"))

"""What the documents promise is there, and what is there is documented."""

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

from wechat_core import events, messages
from wechat_core.message import TYPES, Message
from wechat_core.records import Extra, Record, _paths

DOCS = Path(__file__).parent.parent / "docs"
TRANSLATED = sorted(page for page in DOCS.glob("*.md") if not page.stem.endswith(".zh-CN"))
GROUPS = events.__all__
MODULES = [messages, *(importlib.import_module(f"wechat_core.events.{name}") for name in GROUPS)]


def row(msg_type: str, event: str, cls: type[Message]) -> str:
    """The line of docs/protocol.md about one type."""
    return f"| `{event or msg_type}` | `{cls.__name__}` | {', '.join(elements(cls, inherited=set(Message._fields)))} |"


def elements(cls: type[Record], inherited: set[str]) -> list[str]:
    """The fields of a type with the elements they are read from, in their order."""
    found = []
    for name in cls._fields:
        if name not in inherited and cls._kinds[name] is not Extra:
            path = " or ".join("/".join(path) for path in _paths(name, cls._fields[name]))
            (entry,) = getattr(cls._kinds[name], "__args__", [cls._kinds[name]])[:1]
            inner = elements(entry, inherited={"extra"}) if issubclass(entry, Record) else []
            found.append(f"{name} ← {path}" + (f" {{{', '.join(inner)}}}" if inner else ""))
    return found


def table(module: ModuleType) -> list[str]:
    """The lines of docs/protocol.md about the types of one module."""
    own = {key: cls for key, cls in TYPES.items() if cls.__module__ == module.__name__}
    return [row(cls.msg_type, cls.event, cls) for cls in dict.fromkeys(own.values())]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
@pytest.mark.parametrize("page", ["protocol.md", "protocol.zh-CN.md"])
def test_every_type_is_documented(module: ModuleType, page: str) -> None:
    """docs/protocol.md has a line for each type with all its fields, and the official page of each group."""
    text = (DOCS / page).read_text("utf-8")
    lines = table(module)
    missing = [line for line in lines if line not in text]
    assert not missing, "\n".join([f"docs/{page} lacks:", *missing])
    assert "\n".join(lines) in text, "they stand in the order of their declarations"
    assert all(url in text for url in re.findall(r"https://developers\.weixin\.qq\.com\S+", module.__doc__ or ""))


@pytest.mark.parametrize("page", ["protocol.md", "protocol.zh-CN.md"])
def test_no_type_is_documented_that_is_gone(page: str) -> None:
    """Each line of the tables is about a type that is declared."""
    text = (DOCS / page).read_text("utf-8")
    lines = [line for module in MODULES for line in table(module)]
    assert sorted(re.findall(r"^\| `\w+` \| `\w+` \|.*", text, re.MULTILINE)) == sorted(lines)


def test_every_declared_type_is_in_a_group() -> None:
    """No type is declared where the table above would not find it."""
    groups = {module.__name__ for module in MODULES} | {"wechat_core.event"}
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


@pytest.mark.parametrize("page", TRANSLATED, ids=lambda page: page.name)
def test_both_languages_say_the_same(page: Path) -> None:
    """A page and its Chinese one have the same outline, code, tables, steps and links, and name the same things."""
    assert skeleton(page.read_text("utf-8")) == skeleton(page.with_suffix(".zh-CN.md").read_text("utf-8"))

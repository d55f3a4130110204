"""Writes the tables of docs/protocol.md and its Chinese companion: every declared type, field by field.

python -m scripts.protocol [--check]
"""

import argparse
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType

from wechat_core import events, ordinary_messages
from wechat_core.message import TYPES, Message
from wechat_core.records import Extra, Record, find_paths

DOCS = Path(__file__).parent.parent / "docs"
PAGES = (DOCS / "protocol.md", DOCS / "protocol.zh-CN.md")
MODULES = (ordinary_messages, *(module for _, module in inspect.getmembers(events, inspect.ismodule)))


def elements(cls: type[Record], inherited: set[str]) -> list[str]:
    """The fields of a type with the elements they are read from, in their order."""
    found = []
    for name in cls._fields:
        if name not in inherited and cls._kinds[name] is not Extra:
            path = " or ".join("/".join(path) for path in find_paths(name, cls._fields[name]))
            (entry,) = getattr(cls._kinds[name], "__args__", [cls._kinds[name]])[:1]
            inner = elements(entry, inherited={"extra"}) if issubclass(entry, Record) else []
            found.append(f"{name} ← {path}" + (f" {{{', '.join(inner)}}}" if inner else ""))
    return found


def rows(module: ModuleType) -> list[str]:
    """The lines about the types of one module, in the order of their declarations."""
    own = dict.fromkeys(cls for cls in TYPES.values() if cls.__module__ == module.__name__)
    return [
        f"| `{cls.event or cls.msg_type}` | `{cls.__name__}` | {', '.join(elements(cls, set(Message._fields)))} |"
        for cls in own
    ]


def write_tables(page: str) -> str:
    """The page, with its tables as the declarations have them now.

    A table stands under the mark of its module, such as `<!-- wechat_core.events.menu -->`.

    Raises:
        KeyError: a module has no mark.
    """
    for module in MODULES:
        mark = f"<!-- {module.__name__} -->\n"
        before, found, after = page.partition(mark)
        if not found:
            raise KeyError(module.__name__)
        head, old = re.match(r"(.*\n\n\|.*\n\|.*\n)((?:\|.*\n)*)", after).groups()  # type: ignore[union-attr]
        page = before + mark + head + "".join(f"{row}\n" for row in rows(module)) + after[len(head) + len(old) :]
    return page


def main() -> None:
    """Write the pages, or say which are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is other than it would be")
    check = parser.parse_args().check
    stale = [page for page in PAGES if page.read_text("utf-8") != write_tables(page.read_text("utf-8"))]
    if check and stale:
        sys.exit(f"out of date: {', '.join(f'docs/{page.name}' for page in stale)}; write it with: make docs")
    for page in stale:
        page.write_text(write_tables(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()

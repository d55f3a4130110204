"""Keeps as text what outsiders write: followers, authors of QR codes and of pages, makers of devices.

The platform puts texts into CDATA and does not split a `]]>` in them. A text that holds one ends its section early, and
the rest of it counts as markup: the message is lost, or has elements that the outsider chose. Either can be detected.
The platform's own tags behind the text still close its element and those around it. They match nothing, unless the
outsider opened one of these elements again; but then it occurs twice, which of the platform's elements only the entries
of a list do.
"""

import re
from bisect import bisect
from typing import Final, NamedTuple

_TAG: Final = r"<(/?)([^\s<>/!?]++)([^<>]*+)>(\s*+<!\[CDATA\[)?"
_END: Final = r"\]\]>\s*+</([^\s<>]++)\s*+>"
_ESCAPED: Final = r"]]]]><!\[CDATA\[>|]]>&#13;<!\[CDATA\["  # how CDATA carries "]]>" and a carriage return
_LIMIT: Final = 2_000  # tags and ends of sections: the platform writes a few hundred, a text of 4 KB holds 1,400
_FREE: Final = {
    *("Content", "Title", "Description", "Url", "Label", "Poiname", "Recognition"),
    *("EventKey", "ScanResult", "PagePath", "SessionFrom", "OuterStr", "RefuseReason", "RemarkAmount"),
}
"""Elements whose text anybody may write: where either of two texts may be the longer one, it is one of these."""


def repair_cdata(document: str) -> str:
    """Escape every text that ends its section early; a document without one, or with too many tags, is unchanged."""
    if not 0 < document.count("]]>") < _LIMIT:
        return document
    sections = _Reader(document).read()
    if sections is None:
        sections = _Reader(document, wary=True).read() or []
    parts: list[str] = []
    done = 0
    for section in sections:
        text = document[section.begin : section.end]
        if "]]>" in text and "]]>" in re.sub(_ESCAPED, " ", text):
            parts += [document[done : section.begin], escape_end(text)]
            done = section.end
    return "".join([*parts, document[done:]])


def escape_end(text: str) -> str:
    """The text as it can stand in a CDATA section."""
    return text.replace("]]>", "]]]]><![CDATA[>")


class _Element:
    """An element that is open, and the positions of its children that hold texts, by name."""

    __slots__ = ("around", "last", "met", "name", "path")

    def __init__(self, name: str, around: "_Element | None") -> None:
        self.name = name
        self.around = around
        self.path: int = hash((around and around.path, name))
        self.met: dict[str, int] = {}
        self.last = ""  # child, where that was no text itself


class _Section(NamedTuple):
    """A text: its element, where that is opened in the one around it, where it is closed, and the text in between."""

    name: str
    around: _Element
    opened: int
    begin: int
    closed: int
    end: int


class _Reader:
    """Reads from tag to tag, taking each text to be as short as it can be.

    Where a tag cannot stand, a text before it must be longer than it seemed: the latest of those that can extend over
    the tag. So an outsider's text never changes what the platform wrote before it.
    """

    def __init__(self, document: str, *, wary: bool = False) -> None:
        self._document = document
        self._wary = wary  # of texts whose element occurs elsewhere, too
        self._open = self._top = _Element("", None)
        self._sections: list[_Section] = []
        self._candidates: tuple[list[_Section], list[_Section]] = [], []  # for lengthening, the likely ones first
        self._paths: dict[str, tuple[int, int]] = {}
        self._ends: dict[str, list[tuple[int, int]]] = {}
        for end in re.finditer(_END, document):
            self._ends.setdefault(end[1], []).append((end.end(), end.start()))

    def read(self) -> list[_Section] | None:
        """The texts in their order, none where there are too many tags; None where the tags do not match."""
        find_tag, position = re.compile(_TAG).search, 0
        for _ in range(_LIMIT):
            tag = find_tag(self._document, position)
            if not tag:
                return self._sections if self._open is self._top else None
            after = self._pass(tag) or self._lengthen(tag.start())
            if not after:
                return None
            position = after
        return []

    def _pass(self, tag: re.Match[str]) -> int | None:
        """Where reading goes on; None where this tag cannot stand."""
        closing, name, rest, cdata = tag.groups()
        if closing:
            return self._close(tag)
        if rest.endswith("/"):
            self._open.last = ""
            return tag.end()
        if self._repeats(name):
            return None
        if cdata and (end := self._find_end(name, tag.end())):
            return self._add(_Section(name, self._open, tag.start(), tag.end(), *end))
        self._open = _Element(name, self._open)
        return tag.end()

    def _close(self, tag: re.Match[str]) -> int | None:
        element, around = self._open, self._open.around
        if not around or element.name != tag[2]:
            return None
        if element.met:
            around.met.setdefault(element.name, tag.start())
        around.last = element.name
        self._open = around
        return tag.end()

    def _repeats(self, name: str) -> bool:
        if self._wary and name in self._paths:
            return self._paths[name][1] != self._open.path or name in self._open.met
        in_root = self._open.around is None or self._open.around is self._top  # where there are no lists
        return name in self._open.met and (in_root or self._open.last != name)

    def _find_end(self, name: str, position: int) -> tuple[int, int] | None:
        """The first end of such a text behind a position: where its element is closed, and where the text ends."""
        ends = self._ends.get(name, [])
        found = bisect(ends, (position + 1,))
        return ends[found] if found < len(ends) else None

    def _add(self, section: _Section) -> int:
        self._sections.append(section)
        self._candidates[section.name not in _FREE].append(section)
        section.around.met[section.name] = section.opened
        section.around.last = ""
        self._paths.setdefault(section.name, (section.opened, section.around.path))
        return section.closed

    def _lengthen(self, position: int) -> int | None:
        """Extend a text over a position, and forget what was read after its beginning."""
        for candidates in self._candidates:
            while candidates:
                section = candidates[-1]
                if end := self._find_end(section.name, position):
                    self._forget(section)
                    return self._add(section._replace(closed=end[0], end=end[1]))
                candidates.pop()
        return None

    def _forget(self, section: _Section) -> None:
        """Go back to where a text was opened."""
        for sections in (self._sections, *self._candidates):
            while sections and sections[-1].opened >= section.opened:
                sections.pop()
        while self._paths and next(reversed(self._paths.values()))[0] >= section.opened:
            self._paths.popitem()
        element: _Element | None = section.around
        self._open = section.around
        while element:
            while element.met and next(reversed(element.met.values())) > section.opened:
                element.met.popitem()
            element = element.around

"""One sample of everything the platform sends: the documented structure, with content of our own."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from wechat_core.values import Value

_FILE: Final = Path(__file__).parent / "samples.json"
_LEAF: Final = re.compile(
    r"<(?P<name>\w+)>(?P<cdata><!\[CDATA\[)?(?P<text>(?(cdata).*?|[^<]*))(?(cdata)\]\]>)</(?P=name)>", re.DOTALL
)
_COMMON: Final = ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "MsgId")


class Sample(Value):
    """A message as the platform writes it."""

    name: str
    xml: str

    @property
    def fields(self) -> dict[str, str]:
        """Its elements and their texts."""
        return read_fields(self.xml.encode())

    @property
    def content(self) -> dict[str, str]:
        """Its own fields: all but those that every message has."""
        return {name: text for name, text in self.fields.items() if name not in _COMMON}

    def write(self, fields: Mapping[str, str]) -> bytes:
        """The document with these texts in place of the sample's own.

        Raises:
            ValueError: the sample has no such element, or the element is a number and the text is not.
        """
        left = dict(fields)
        xml = _LEAF.sub(lambda leaf: _write_leaf(leaf, left.pop(leaf["name"], None)), self.xml)
        if left:
            raise ValueError(f"{self.name} has no {', '.join(left)}: it has {', '.join(self.content)}")
        return xml.encode("utf-8", "surrogatepass")


def read_fields(xml: bytes) -> dict[str, str]:
    """The elements of a message and their texts; where an element occurs again, the first."""
    texts: dict[str, str] = {}
    for leaf in _LEAF.finditer(xml.decode("utf-8", "replace")):
        texts.setdefault(leaf["name"], leaf["text"])
    return texts


@cache
def samples() -> Mapping[str, Sample]:
    """All of them, by name: `text`, `event_subscribe` …"""
    found = [Sample(_name_of(each["id"]), _space_out(each["xml"])) for each in json.loads(_FILE.read_text("utf-8"))]
    return {sample.name: sample for sample in found}


def _name_of(identifier: str) -> str:
    """`messages/text` is `text`, `events/subscribe` is `event_subscribe`."""
    return identifier.removeprefix("messages/").replace("events/", "event_")


def _space_out(xml: str) -> str:
    """With a line feed after each element, where the platform has one."""
    return re.sub(r"(</\w+>)(?=<)", r"\1\n", xml)


def _write_leaf(leaf: re.Match[str], text: str | None) -> str:
    if text is None:
        return leaf[0]
    if not leaf["cdata"] and not re.fullmatch(r"[\w.-]*", text):
        raise ValueError(f"{leaf['name']} is a number")
    content = f"<![CDATA[{text}]]>" if leaf["cdata"] else text  # not escaped: the platform leaves a "]]>" as it is
    return f"<{leaf['name']}>{content}</{leaf['name']}>"

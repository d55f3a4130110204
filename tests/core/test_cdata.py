"""What outsiders write stays text, in every text of every sample, however it tries to be more."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import wechat_sim.platform
from wechat_core import parse_message
from wechat_core.cdata import repair_cdata
from wechat_core.xml_tree import BODY_LIMIT, read_xml

SAMPLES = json.loads((Path(wechat_sim.platform.__file__).parent / "samples.json").read_text("utf-8"))
TEXT = re.compile(r"<(\w+)><!\[CDATA\[(.*?)\]\]></\1>", re.DOTALL)
MARK = "一二三"


class Text(NamedTuple):
    """One text of a sample: its element, the elements around that, and the document before and behind it."""

    name: str
    around: tuple[str, ...]
    before: str
    behind: str

    def put(self, text: str) -> bytes:
        return f"{self.before}{text}{self.behind}".encode()


def texts(xml: str) -> Iterator[Text]:
    for found in TEXT.finditer(xml):
        tags = re.findall(r"<(/?)(\w+)>", re.sub(TEXT, "", xml[: found.start()]))
        around: tuple[str, ...] = ()
        for closing, name in tags:
            around = around[:-1] if closing else (*around, name)
        yield Text(found[1], around, xml[: found.start(2)], xml[found.end(2) :])


def attacks(text: Text) -> dict[str, str]:
    """What an outsider can write there, by what it tries to do."""
    end, start = f"]]></{text.name}>", f"<{text.name}><![CDATA["
    leave = "".join(f"</{name}>" for name in reversed(text.around[1:]))
    enter = "".join(f"<{name}>" for name in text.around[1:])
    parent = text.around[-1]
    return {
        "end the section": "]]>",
        "write behind its end": "a]]>b",
        "be more sections": "a]]>b<![CDATA[c]]>d",
        "add a sibling": f"x{end}<MsgId>1</MsgId>{start}y",
        "add a text": f"x{end}<Added><![CDATA[z]]></Added>{start}y",
        "repeat itself": f"x{end}{start}y",
        "repeat itself otherwise": f"x{end}<{text.name}>z<![CDATA[y",
        "add to the root": f"x{end}{leave}<MsgId>1</MsgId>{enter}{start}y",
        "add beside its parent": f"x{end}</{parent}><MsgId>1</MsgId><{parent}>{start}y",
        "leave for good": f"x{end}{leave}<MsgId>1</MsgId>",
        "be another document": f"x{end}{leave}</xml><xml>{enter}{start}y",
        "hide the rest": f"{end}{leave}</xml><!--",
        "take the rest": f"x{end}<Added><![CDATA[]]></Added>{start}q]]></Added>w",
        "close others": "x]]></ToUserName></FromUserName>",
        "be many": end * 80,
        "be too many": end + "<a/>" * 1_000,
    }


DEEPER = {
    "move itself down": "x]]></{0}><a><{0}><![CDATA[y",
    "move itself down and up": "x]]></{0}><a><{0}><![CDATA[q]]></{0}></a><{0}><![CDATA[y",
    "move itself up": "x]]></{0}></{1}><{0}><![CDATA[y",
}


def read(text: Text, content: str) -> Any:
    return read_xml(text.put(content))


@cache
def mark(text: Text) -> str:
    """The sample as JSON, with the mark in this text's place."""
    return json.dumps(read(text, MARK))


def expected(text: Text, content: str) -> Any:
    """The sample with this text in its place."""
    return json.loads(mark(text).replace(json.dumps(MARK)[1:-1], json.dumps(content)[1:-1]))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["id"])
def test_every_text_stays_text(sample: Any) -> None:
    """Whatever stands in any text of any message comes through as it was written, and changes nothing else."""
    for text in texts(sample["xml"]):
        for name, attack in attacks(text).items():
            assert read(text, attack) == expected(text, attack), (name, text.name)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["id"])
def test_no_text_chooses_the_key(sample: Any) -> None:
    """Where the message has a MsgId of its own, nothing in a text changes the key of deduplication."""
    message = parse_message(sample["xml"].encode())
    for text in texts(sample["xml"]):
        for name, attack in attacks(text).items():
            attacked = parse_message(text.put(attack))
            assert attacked.msg_id == message.msg_id, (name, text.name)
            if message.msg_id and text.name not in ("ToUserName", "FromUserName"):
                assert attacked.key == message.key, (name, text.name)


HEAD = ("ToUserName", "FromUserName", "MsgType", "Event")  # the platform's own


@pytest.mark.parametrize("sample", [s for s in SAMPLES if "Beacon" not in s["xml"]], ids=lambda sample: sample["id"])
def test_no_text_moves_itself(sample: Any) -> None:
    """The same where a text opens its own element again inside of another one, or outside of its parent."""
    for text in texts(sample["xml"]):
        if text.name not in HEAD and len(text.around) <= 2:
            for name, attack in DEEPER.items():
                content = attack.format(text.name, text.around[-1])
                assert read(text, content) == expected(text, content), (name, text.name)


def test_what_is_known_to_be_free_gives_way() -> None:
    """Where two texts could be the longer one, it is the one that outsiders are known to write."""
    (sample,) = (s for s in SAMPLES if s["id"] == "events/scan")
    (text,) = (text for text in texts(sample["xml"]) if text.name == "EventKey")
    attack = "x]]></EventKey><Ticket><![CDATA[t]]></Ticket><EventKey><![CDATA[y"
    assert read(text, attack) == expected(text, attack)


PLATFORM_WRITES = {
    *("PicMd5Sum", "ArticleUrl", "OriginalArticleUrl", "article_url"),
    *("TemplateId", "SubscribeStatusString", "ErrorStatus", "Uuid"),
}
"""The texts in entries of lists, as ADR 8 has them: one more entry cannot be told from those of the platform."""


def test_no_outsider_writes_into_a_list() -> None:
    """A text that could add an entry to a list is none that outsiders write."""
    deep = {
        text.name
        for sample in SAMPLES
        if sample["id"] != "events/unknown_event"
        for text in texts(sample["xml"])
        if len(text.around) > 2
    }
    assert deep == PLATFORM_WRITES


@pytest.mark.parametrize(
    "document",
    [
        "<xml><L><I><A><![CDATA[1]]></A></I><I><A><![CDATA[2]]></A></I></L></xml>",
        "<xml><L><I><A><![CDATA[1]]></A></I>\n<I><A><![CDATA[2]]></A></I><N>2</N></L></xml>",
        "<xml><A>1</A><A>2</A><B><![CDATA[b]]></B></xml>",
        "<xml><A><U><![CDATA[1]]></U></A><B><I><U><![CDATA[2]]></U></I><I><U><![CDATA[3]]></U></I></B></xml>",
        "<xml><B><![CDATA[b]]></B><A/><A></A><A/></xml>",
        "<xml><B a='>'><![CDATA[]]]]><![CDATA[>]]></B></xml>",
        "<xml><B><![CDATA[b]]>&#13;<![CDATA[]]></B></xml>",
        "<xml>]]></xml>",
        "<xml><A><![CDATA[b]]></B></xml>",
        "<xml><A><![CDATA[b]]></A></xml></xml>",
        "<xml><A><![CDATA[b]]></A><B></xml>",
        "<xml><A><![CDATA[b]]></A>" + "<b/>" * 3_000 + "</xml>",
    ],
)
def test_nothing_else_is_touched(document: str) -> None:
    """Lists, repeated numbers, texts that are escaped already, and what makes no sense are left to the parser."""
    assert repair_cdata(document) == document


def test_a_text_of_the_largest_size_is_read() -> None:
    """A text as long as a body may be comes through whole, with an end of CDATA in it."""
    body = f"<xml><A><![CDATA[{'x' * (BODY_LIMIT - 100)}]]>y]]></A></xml>"
    assert read_xml(body.encode()) == {"A": [f"{'x' * (BODY_LIMIT - 100)}]]>y"]}

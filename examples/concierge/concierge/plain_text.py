"""A model's Markdown as text that reads well in a chat, where WeChat shows nothing of it but links."""

import re
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode as Node

_BOLD: Final = re.compile(r"(?<!\*)\*\*(?!\*)(.+?)(?<!\*)\*\*(?!\*)")
_ROOM: Final = "\u200a"
_TAG: Final = re.compile(r"<(?=/?(?:a\b|\Z))", re.IGNORECASE)
_BOXES: Final = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


def to_plain_text(markdown: str) -> str:
    """The text, with WeChat's own links for links, and nothing that WeChat would take for a link of ours."""
    # Chinese has no blanks around words, and without one CommonMark leaves **重点：**这样 as it is: so bold gets some
    roomy = _BOLD.sub(rf"{_ROOM}**\1**{_ROOM}", markdown.replace(_ROOM, " "))
    return _blocks(Node(_parser().parse(roomy)).children).replace(_ROOM, "").strip()


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def _blocks(nodes: list[Node], between: str = "\n\n") -> str:
    return between.join(text for text in map(_block, nodes) if text.strip())


def _block(node: Node) -> str:
    match node.type:
        case "heading":
            return f"【{_inline(node)}】"
        case "fence" | "code_block":
            return _harmless(node.content.rstrip("\n"))
        case "bullet_list" | "ordered_list":
            return _list(node)
        case "blockquote":
            return "\n".join(f"▎{line}" for line in _blocks(node.children).splitlines())
        case "table":
            return _table(node)
        case "hr":
            return "———"
    return _inline(node)


def _list(node: Node) -> str:
    first = int(node.attrs.get("start", 1))
    numbered = node.type == "ordered_list"
    markers = [f"{number}." if numbered else "•" for number in range(first, first + len(node.children))]
    return "\n".join(map(_item, markers, node.children))


def _item(marker: str, node: Node) -> str:
    text = _blocks(node.children, between="\n").replace("\n", "\n  ")
    box = _BOXES.get(text[:4])
    return f"{box}{text[4:]}" if box else f"{marker} {text}"


def _table(node: Node) -> str:
    """Each row on a line of its own, for a chat is too narrow for columns: what it is about, and the rest by name."""
    head, *rows = [[_inline(cell).strip() for cell in row.children] for part in node.children for row in part.children]
    return "\n".join(f"• {_row(head, row)}" for row in rows) or " · ".join(head)


def _row(head: list[str], row: list[str]) -> str:
    about, *rest = row
    if len(rest) == 1:
        return f"{about}：{rest[0]}"
    named = "，".join(f"{name} {cell}".strip() for name, cell in zip(head[1:], rest, strict=True) if cell)
    return f"{about}：{named}" if named else about


def _inline(node: Node) -> str:
    return "".join(map(_leaf, node.children)) if node.children else _harmless(node.content) if node.token else ""


def _leaf(node: Node) -> str:
    match node.type:
        case "softbreak" | "hardbreak":
            return "\n"
        case "link":
            return _link(_inline(node), str(node.attrs["href"]))
        case "image":
            return _link(_inline(node) or "图片", str(node.attrs["src"]))
        case "text" | "code_inline":
            return _harmless(node.content)
    return _inline(node)


def _link(text: str, url: str) -> str:
    if not re.match(r"https?://", url, re.IGNORECASE):
        return text
    if not text or text.partition("://")[2] == url.partition("://")[2]:
        return url  # which WeChat makes a link by itself
    return f'<a href="{url}">{text.replace("\n", " ")}</a>'  # the parser has escaped the quotes in it


def _harmless(text: str) -> str:
    """Without the beginning of a tag: WeChat shows a link for one, and it might lead to where nobody is meant to go."""
    return _TAG.sub("＜", text)

"""XML, in and out: the only place that reads or writes it.

A document is a `Tree`: each element's name with the list of its occurrences, an occurrence being its text or the tree
of its children. Reading goes through defusedxml and cleans what real followers send; writing escapes everything.
"""

import re
from typing import Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from wechat_core.errors import UnreadableMessage

type Tree = dict[str, list[str | int | Tree]]

BODY_LIMIT: Final = 256 * 1024
"""Bytes of the largest body that is read. The platform names no limit; its largest real bodies are a few KB."""

_ELEMENT_LIMIT: Final = 2_000  # a mass-send report of eight articles, the largest documented body, has about a hundred
_DEPTH_LIMIT: Final = 32  # the deepest documented body has five
_CONTROLS: Final = bytes(set(range(0x20)) - set(b"\t\n\r"))
_ESCAPED: Final = r"]]]]><!\[CDATA\[>|]]>&#13;<!\[CDATA\["  # how CDATA carries "]]>" and a carriage return
_FOLLOWER_TEXT: Final = re.compile(r"<(Content|Title|Description|Label|Poiname|Recognition)>\s*<!\[CDATA\[")


def read_xml(body: bytes) -> Tree:
    """The tree of a document whose root is `xml`.

    Always reads UTF-8, whatever the document declares: the platform sends nothing else.

    Raises:
        UnreadableMessage: too large, too deep, not well-formed, another root, or with a document type.
    """
    if len(body) > BODY_LIMIT:
        raise UnreadableMessage("too large", f"no message of the platform is over {BODY_LIMIT} bytes")
    text = _decode(body).lstrip("\ufeff \t\r\n")
    root = _Root()
    parser = XMLParser(target=root, forbid_dtd=True)
    expat = parser.parser  # which is told of elements here: the layer between is as slow as all the rest
    expat.StartElementHandler, expat.EndElementHandler = root.opened, root.closed
    expat.CharacterDataHandler, expat.DefaultHandlerExpand = root.text.append, None
    try:
        parser.feed(_mend_follower_text(text))  # a str, so that expat ignores the declared encoding
        parser.close()
    except (ParseError, DefusedXmlException):
        # their texts quote the document
        raise UnreadableMessage("not XML", "the body is not a well-formed document without a DOCTYPE") from None
    if "xml" not in root.tree:
        raise UnreadableMessage("not a message", "the root element is not <xml>")
    tree = root.tree["xml"][0]
    return tree if isinstance(tree, dict) else {}


def write_xml(tree: Tree) -> bytes:
    """The document of a tree, its root `xml`: text as CDATA, numbers bare, nothing that XML 1.0 forbids."""
    return f"<xml>{_elements(tree)}</xml>".encode()


def without_forbidden(text: str) -> str:
    """The text without the characters that XML 1.0 cannot carry: most controls, lone surrogates, U+FFFE and U+FFFF."""
    return text if text.isprintable() else _decode(text.encode("utf-8", "ignore"))


def _decode(body: bytes) -> str:
    # not by a pattern: compiling one takes a part of every cold start, and matching it most of this
    return body.translate(None, _CONTROLS).decode("utf-8", "replace").replace("\ufffe", "").replace("\uffff", "")


class _Root:
    """Builds the tree in one pass and gives up on documents built to exhaust it."""

    __slots__ = ("_around", "_children", "_count", "text", "tree")

    def __init__(self) -> None:
        self.tree: Tree = {}
        self.text: list[str] = []  # since an element was opened: what it holds where it has no children
        self._children = self.tree  # of the element that is open
        self._around: list[Tree] = []
        self._count = 0

    def opened(self, name: str, attributes: list[str]) -> None:
        self._count += 1
        if self._count > _ELEMENT_LIMIT or len(self._around) >= _DEPTH_LIMIT:
            raise UnreadableMessage("too complex", "no message of the platform has as many or as deep elements")
        self._around.append(self._children)
        self._children = {}
        self.text.clear()

    def closed(self, name: str) -> None:
        content = self._children or "".join(self.text)
        self._children = self._around.pop()
        if "}" in name:  # in a namespace, which is written {namespace}name
            name = "{" + name
        if name in self._children:
            self._children[name].append(content)
        else:
            self._children[name] = [content]

    def close(self) -> None: ...


def _mend_follower_text(text: str) -> str:
    """Escape what a follower wrote where it would end the CDATA section it stands in.

    The platform does not split `]]>`, so a follower who writes it ends the section early and what comes after counts as
    markup: the message is lost, or has elements of the follower's choice. The section that the platform wrote ends at
    the last such end in the document, so everything before that is text; unless every `]]>` in it is one that a writer
    of XML puts there, as ours does.
    """
    parts: list[str] = []
    ends: dict[str, int] = {}
    done = seen = 0
    for opening in _FOLLOWER_TEXT.finditer(text):
        if opening[1] not in ends:
            ends[opening[1]] = text.rfind(f"]]></{opening[1]}>")
        begin, end = opening.end(), ends[opening[1]]
        if begin > end or opening.start() < seen:
            continue
        seen = end
        content = text[begin:end]
        if "]]>" in content and "]]>" in re.sub(_ESCAPED, " ", content):
            parts += [text[done : opening.start()], f"<{opening[1]}>{_escaped(content)}"]
            done = end + len("]]>")
    return "".join([*parts, text[done:]])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _elements(tree: Tree) -> str:
    return "".join([f"<{name}>{_content(value)}</{name}>" for name, values in tree.items() for value in values])


def _content(value: str | int | Tree) -> str:
    match value:
        case str():
            return f"<![CDATA[{_in_cdata(value)}]]>"
        case int():
            return str(value)
    return _elements(value)


def _in_cdata(text: str) -> str:
    text = without_forbidden(text).replace("]]>", "]]]]><![CDATA[>")
    return text.replace("\r", "]]>&#13;<![CDATA[")  # a bare carriage return would be read back as a line feed

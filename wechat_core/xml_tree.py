"""Reads and writes XML, as nothing else does.

A document is a `Tree`: each element's name with the list of its occurrences, an occurrence being its text or the tree
of its children. Names are those in the document, prefixes and all: the platform has no namespaces. Reading refuses what
defusedxml refuses and cleans what outsiders send; writing escapes everything.
"""

from typing import Final, NoReturn
from xml.parsers.expat import ExpatError, ParserCreate

from defusedxml.common import DefusedXmlException, DTDForbidden

from wechat_core.cdata import escape_end, repair_cdata
from wechat_core.errors import UnreadableMessage

type Tree = dict[str, list[str | int | Tree]]

BODY_LIMIT: Final = 256 * 1024
"""Bytes of the largest body that is read. The platform names no limit; its largest real bodies are a few KB."""

JSON_HINT: Final = "set the data format (数据格式) to XML in the WeChat console"

_ELEMENT_LIMIT: Final = 2_000  # a mass-send report of eight articles, the largest documented body, has about a hundred
_DEPTH_LIMIT: Final = 32  # the deepest documented body has five
_CONTROLS: Final = bytes(set(range(0x20)) - set(b"\t\n\r"))


def read_xml(body: bytes) -> Tree:
    """The tree of a document whose root is `xml`.

    Always reads UTF-8, whatever the document declares: the platform sends nothing else.

    Raises:
        UnreadableMessage: too large, too deep, JSON, not well-formed, another root, or with a document type.
    """
    if len(body) > BODY_LIMIT:
        raise UnreadableMessage("too large", f"no message of the platform is over {BODY_LIMIT} bytes")
    if body.startswith(b"<xml"):  # or the parser looks for signs of other encodings
        try:
            tree, repeats = _parse(body)
            if not repeats and body.count(b"]]>") == body.count(b"]]></"):
                return tree
        except UnreadableMessage:
            pass  # for a character that XML forbids, or for what an outsider wrote
    document = _decode(body).lstrip("\ufeff \t\r\n")
    if document.startswith("{"):
        raise UnreadableMessage("JSON", JSON_HINT)
    return _parse(repair_cdata(document))[0]


def write_xml(tree: Tree) -> bytes:
    """The document of a tree, its root `xml`: text as CDATA, numbers bare, nothing that XML 1.0 forbids."""
    return f"<xml>{_elements(tree)}</xml>".encode()


def drop_forbidden(text: str) -> str:
    """The text without the characters that XML 1.0 cannot carry: most controls, lone surrogates, U+FFFE and U+FFFF."""
    return text if text.isprintable() else _decode(text.encode("utf-8", "ignore"))


def _decode(body: bytes) -> str:
    # not by a pattern: compiling one takes a part of every cold start, and matching it most of this
    return body.translate(None, _CONTROLS).decode("utf-8", "replace").replace("\ufffe", "").replace("\uffff", "")


def _parse(document: bytes | str) -> tuple[Tree, bool]:
    """What stands in the root, and whether an element has several children of one name; one pass, with limits."""
    opened: list[Tree] = [{}]  # the children of each element that is open, in a document that has one
    text: list[str] = []  # since an element was opened: what it holds where it has no children
    repeated: list[str] = []
    left = _ELEMENT_LIMIT

    def open_element(_name: str, _attributes: list[str]) -> None:
        nonlocal left
        left -= 1
        if left < 0 or len(opened) > _DEPTH_LIMIT:
            raise UnreadableMessage("too complex", "no message of the platform has as many or as deep elements")
        opened.append({})
        text.clear()

    def close_element(name: str) -> None:
        content = opened.pop() or "".join(text)
        siblings = opened[-1]
        if name in siblings:
            siblings[name].append(content)
            repeated.append(name)
        else:
            siblings[name] = [content]

    parser = ParserCreate("utf-8")  # whatever the document declares; no namespaces, as a prefix may stand for 200 KB
    parser.buffer_text = parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = open_element, close_element
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text.append, _refuse_doctype
    try:
        parser.Parse(document, True)
    except (ExpatError, DefusedXmlException):
        # their texts quote the document
        raise UnreadableMessage("not XML", "the body is not a well-formed document without a DOCTYPE") from None
    return _root_of(opened[0]), bool(repeated)


def _root_of(document: Tree) -> Tree:
    match document.get("xml"):
        case [dict(tree)]:
            return tree
        case [str()]:
            return {}
    raise UnreadableMessage("not a message", "the root element is not <xml>")


def _refuse_doctype(name: str, system_id: str | None, public_id: str | None, _: bool) -> NoReturn:
    """As defusedxml does, whose parsers bring more: six milliseconds at each start, and namespaces."""
    raise DTDForbidden(name, system_id, public_id)


def _elements(tree: Tree) -> str:
    return "".join([f"<{name}>{_content(value)}</{name}>" for name, values in tree.items() for value in values])


def _content(value: str | int | Tree) -> str:
    if isinstance(value, str):
        if not value.isprintable():  # a bare carriage return would be read back as a line feed
            cleaned = escape_end(drop_forbidden(value)).replace("\r", "]]>&#13;<![CDATA[")
            return f"<![CDATA[{cleaned}]]>"
        return f"<![CDATA[{escape_end(value)}]]>"
    return _elements(value) if isinstance(value, dict) else str(value)

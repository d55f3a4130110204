"""Reads an answer to a message as strictly as the platform's documents say, and says what is wrong with it."""

import re
from typing import Final
from xml.parsers import expat
from xml.parsers.expat import errors

from wechat_core.errors import UnreadableMessage
from wechat_core.xml_tree import BODY_LIMIT, Tree, read_xml
from wechat_sim.platform.verdict import Cause, Verdict, excerpt

_GZIP: Final = b"\x1f\x8b"
_CODINGS: Final = re.compile(r"gzip|deflate|br|zstd|compress", re.IGNORECASE)
_BARE_AMPERSAND: Final = re.compile(rb"&(?!#?\w+;)")
_HTML: Final = re.compile(rb"<(!doctype )?html|<(head|body|div|h1|p)\b", re.IGNORECASE)
_ENDS_EARLY: Final = (
    errors.XML_ERROR_NO_ELEMENTS,
    errors.XML_ERROR_UNCLOSED_TOKEN,
    errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
)
_AROUND: Final = 24  # bytes on each side of what a parser stumbles over


class Fault(Exception):
    """Carries the verdict on an answer that the platform cannot use."""

    def __init__(self, cause: Cause, detail: str = "") -> None:
        self.verdict = Verdict("fault", cause=cause, detail=detail)


def is_compressed(body: bytes, encoding: str) -> bool:
    """Whether an answer is compressed, by its Content-Encoding or its first bytes."""
    return bool(_CODINGS.fullmatch(encoding.strip())) or body.startswith(_GZIP)


def read_strictly(body: bytes, encoding: str = "") -> Tree:
    """The tree of a reply.

    Raises:
        Fault: the platform cannot read it.
    """
    if is_compressed(body, encoding):
        raise Fault(Cause.COMPRESSED_REPLY, encoding)
    document = _decode(body).removeprefix("\ufeff").strip().encode()
    if document.decode().strip(" \t\r\n\ufeff\"'") == "success":
        raise Fault(Cause.NOT_BARE, excerpt(body))
    if document.startswith((b"{", b"[", b'"<xml')) and document != b"[object Object]":
        raise Fault(Cause.JSON_REPLY, excerpt(body))
    if len(document) > BODY_LIMIT:
        raise Fault(Cause.TOO_BIG, f"{len(body)} bytes")
    _check_well_formed(document)
    try:
        return read_xml(document)
    except UnreadableMessage as error:
        other = Cause.WRONG_ROOT if error.reason == "not a message" else Cause.NOT_XML
        raise Fault(Cause.HTML_REPLY if _HTML.match(document) else other, excerpt(body)) from None


def _decode(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        cause = Cause.NOT_UTF8 if b"<xml" in body else Cause.NOT_XML
        raise Fault(cause, f"{error.start}: {excerpt(body)}") from None


def _check_well_formed(document: bytes) -> None:
    """Without namespaces, whose prefixes a hostile document can blow up, and without a document type."""
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise _explain(document, error, parser.ErrorByteIndex) from None


def _refuse_doctype(name: str, *_: object) -> None:
    raise Fault(Cause.HTML_REPLY if name.lower() == "html" else Cause.NOT_XML, f"DOCTYPE {name[:20]}")


def _explain(document: bytes, error: expat.ExpatError, index: int) -> Fault:
    """Why a document is not XML: the parser's message with line and column, and the text around."""
    around = document[max(0, index - _AROUND) : index + _AROUND]
    told = f"{expat.ErrorString(error.code)}, line {error.lineno}, column {error.offset + 1}: {excerpt(around)}"
    if _HTML.match(document):
        return Fault(Cause.HTML_REPLY, excerpt(document))
    if _BARE_AMPERSAND.search(around[: _AROUND + 2]) and error.code == errors.codes[errors.XML_ERROR_INVALID_TOKEN]:
        return Fault(Cause.RAW_AMPERSAND, told)
    if document.startswith(b"&lt;"):
        return Fault(Cause.ESCAPED_REPLY, excerpt(document))
    if b"<xml>" in document and expat.ErrorString(error.code) in _ENDS_EARLY:
        return Fault(Cause.CUT_OFF, told)
    before, opening, _ = document.partition(b"<xml>")
    _, closing, after = document.rpartition(b"</xml>")
    if opening and closing and (before or after) and b"<?xml" not in before[:6]:
        return Fault(Cause.STRAY_OUTPUT, told)
    return Fault(Cause.NOT_XML, told)

import pytest

from wechat_core.errors import UnreadableMessage
from wechat_core.xml_tree import BODY_LIMIT, read_xml, write_xml


@pytest.mark.parametrize(
    ("body", "tree"),
    [
        ("<xml/>", {}),
        ("<xml>blank</xml>", {}),
        ("<xml><A>1</A></xml>", {"A": ["1"]}),
        ("<xml><A><![CDATA[ 1 ]]></A><A/></xml>", {"A": [" 1 ", ""]}),
        ("<xml><A>a<!-- b -->c<![CDATA[d]]>e</A></xml>", {"A": ["acde"]}),
        (f"<xml><A>{'x' * 8_000}&amp;{'y' * 8_000}</A></xml>", {"A": [f"{'x' * 8_000}&{'y' * 8_000}"]}),
        ("<xml>\n<A><B>1</B><B>2</B></A>\n</xml>", {"A": [{"B": ["1", "2"]}]}),
        ("\ufeff \n<xml><A>1</A></xml>\n", {"A": ["1"]}),
        ("\ufeff\t\r\n <?xml version='1.0'?><xml/>", {}),
        ("<xml/>".ljust(BODY_LIMIT), {}),
        ("<xml>" + "<A/>" * 1999 + "</xml>", {"A": [""] * 1999}),
        ("<?xml version='1.0' encoding='gbk'?><xml><A>你</A></xml>", {"A": ["你"]}),
        ("<?xml version='1.0' encoding='utf-7'?><xml><A>你</A></xml>", {"A": ["你"]}),
        ("<?xml version='1.0' encoding='foo'?><xml><A>你</A></xml>", {"A": ["你"]}),
        ("<xml><A>&lt;&#65;</A></xml>", {"A": ["<A"]}),
        ("<xml><A><![CDATA[a\x02\x1d\ufffeb]]></A></xml>", {"A": ["ab"]}),
        ("<xml><Encrypt><!-- a comment -->x</Encrypt></xml>", {"Encrypt": ["x"]}),
        ("<xml><A a='1' b='2'>x<?pi y?><![CDATA[y]]>&gt;z</A></xml>", {"A": ["xy>z"]}),
        ("<xml>u<A>v<B>w</B>x<B/>y</A>z</xml>", {"A": [{"B": ["w", ""]}]}),
        ("<xml xmlns:p='u'><p:A>1</p:A><A>2</A><B xmlns='v'/></xml>", {"p:A": ["1"], "A": ["2"], "B": [""]}),
        ("<xml xmlns='u'><a:A/></xml>", {"a:A": [""]}),
    ],
)
def test_reads_what_is_sent(body: str, tree: object) -> None:
    """Oddities that are harmless do not lose a message: declarations, marks, blanks, forbidden characters."""
    assert read_xml(body.encode()) == tree


@pytest.mark.parametrize(
    ("content", "read"),
    [
        ("a]]>b", "a]]>b"),
        ("]]>", "]]>"),
        ("]]>]]>", "]]>]]>"),
        ("<status><![CDATA[1]]></status>", "<status><![CDATA[1]]></status>"),
        ("]]></Content><FromUserName>x</FromUserName><Content><![CDATA[", None),
        ("]]><b>bold</b><![CDATA[", None),
        ("]]></Content></xml><!--", None),
        ("&lt;]]>&", None),
        ("<![CDATA[", None),
        ("&amp;</Content>", None),
        ("<Title><![CDATA[x]]></Title>", None),
    ],
)
def test_follower_text_stays_text(content: str, read: str | None) -> None:
    """Whatever a follower writes comes through whole and adds no element, though the platform escapes none of it."""
    body = f"<xml><FromUserName>o</FromUserName><Content><![CDATA[{content}]]></Content>\n<MsgId>1</MsgId></xml>"
    assert read_xml(body.encode()) == {"FromUserName": ["o"], "Content": [read or content], "MsgId": ["1"]}


def test_escaped_text_is_left_alone() -> None:
    """A writer that does escape, such as ours, is read as XML says."""
    body = b"<xml><Content><![CDATA[a]]]]><![CDATA[>b]]>&#13;<![CDATA[c]]></Content></xml>"
    assert read_xml(body) == {"Content": ["a]]>b\rc"]}


@pytest.mark.parametrize("text", ["]]]]>>", "]]>]]>", "]]]]><![CDATA[>", "a]]>&#13;<![CDATA[b"])
def test_what_is_written_is_read_back(text: str) -> None:
    """A text that looks like the way texts are escaped comes back as it was."""
    assert read_xml(write_xml({"Content": [text]})) == {"Content": [text]}


def test_each_text_of_a_link_stays_its_own() -> None:
    """Two follower texts in one message are told apart, also when one of them holds the other's tags."""
    body = (
        "<xml><Title><![CDATA[t]]>]]></Title><Description><![CDATA[<Title><![CDATA[d]]>]]></Description>"
        "<Url><![CDATA[u]]></Url></xml>"
    )
    assert read_xml(body.encode()) == {"Title": ["t]]>"], "Description": ["<Title><![CDATA[d]]>"], "Url": ["u"]}


def test_a_text_that_has_no_end_of_its_own_does_not_lose_the_next() -> None:
    """A section that another writer ends otherwise is the parser's, and the one after it is repaired all the same."""
    body = b"<xml><Title><![CDATA[t]]> </Title><Content><![CDATA[a]]>b]]></Content></xml>"
    assert read_xml(body) == {"Title": ["t "], "Content": ["a]]>b"]}


def test_as_deep_as_allowed() -> None:
    """Thirty-two elements may stand in each other; no more."""
    assert read_xml(b"<xml>" + b"<A>" * 31 + b"</A>" * 31 + b"</xml>")
    with pytest.raises(UnreadableMessage, match="too complex"):
        read_xml(b"<xml>" + b"<A>" * 32 + b"</A>" * 32 + b"</xml>")


def test_a_text_that_does_not_end_is_left_to_the_parser() -> None:
    """A repair needs both ends of a section: half of one is not XML."""
    with pytest.raises(UnreadableMessage, match="not XML"):
        read_xml(b"<xml><Content><![CDATA[never</Content></xml>")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not XML"),
        (b' \n{"ToUserName": "gh_1"}', "JSON"),
        (b"hello", "not XML"),
        (b"X<xml/>", "not XML"),
        (b"<xml>", "not XML"),
        (b"<xml><A>]]></A></xml>", "not XML"),
        (b"<xml>&undefined;</xml>", "not XML"),
        (b"<xml a='&undefined;'/>", "not XML"),
        (b"<?xml version='1.0' standalone='no'?><xml>&undefined;</xml>", "not XML"),
        (b"<xml a='1' a='2'/>", "not XML"),
        (b"<xml/><xml/>", "not XML"),
        (b"<!DOCTYPE x [<!ELEMENT x ANY>]><xml/>", "not XML"),
        (b"<!DOCTYPE x [%p;]><xml>&undefined;</xml>", "not XML"),
        (b"<xml><!DOCTYPE xml></xml>", "not XML"),
        (b"<z:xml xmlns:z='u'/>", "not a message"),
        (b"\xff\xfe<\x00x\x00m\x00l\x00", "not XML"),
        (b"<!DOCTYPE xml><xml/>", "not XML"),
        (b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><xml>&b;</xml>', "not XML"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>', "not XML"),
        (b"<html><body>1</body></html>", "not a message"),
        (b"<xml>" + b"<A/>" * 2000 + b"</xml>", "too complex"),
        (b"<xml>" + b"<A>" * 40 + b"</A>" * 40 + b"</xml>", "too complex"),
        (b" " * (BODY_LIMIT + 1), "too large"),
    ],
)
def test_refuses_what_is_no_message(body: bytes, reason: str) -> None:
    """Everything else is one error, with a reason that quotes nothing of the body."""
    with pytest.raises(UnreadableMessage) as caught:
        read_xml(body)
    assert caught.value.reason == reason
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("tree", "xml"),
    [
        ({}, "<xml></xml>"),
        ({"A": [1]}, "<xml><A>1</A></xml>"),
        ({"A": ["1", ""]}, "<xml><A><![CDATA[1]]></A><A><![CDATA[]]></A></xml>"),
        ({"A": [{"B": ["x"]}]}, "<xml><A><B><![CDATA[x]]></B></A></xml>"),
        ({"A": ["a]]>b"]}, "<xml><A><![CDATA[a]]]]><![CDATA[>b]]></A></xml>"),
        ({"A": ["a\r\nb"]}, "<xml><A><![CDATA[a]]>&#13;<![CDATA[\nb]]></A></xml>"),
        ({"A": ["\x00\ud800\uffffx"]}, "<xml><A><![CDATA[x]]></A></xml>"),
    ],
)
def test_writes(tree: object, xml: str) -> None:
    """Text is CDATA that nothing ends early, numbers are bare, what XML cannot carry is dropped."""
    assert write_xml(tree) == xml.encode()  # type: ignore[arg-type]

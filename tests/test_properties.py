"""What holds for any input, not only for the ones somebody thought of."""

import string
from typing import Any

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from tests.safe import SAFE, encrypted_post
from tests.wechat import NOW, TOKEN, build_handler, fields, message, post, proxy_event, query, text
from wechat_aws.function import build
from wechat_core import Callback, TextMessage, TextReply, echo, parse_message
from wechat_core.callback import Answer
from wechat_core.envelope import PlainEnvelope
from wechat_core.errors import WeChatError
from wechat_core.exchange import Request, Response
from wechat_core.replies import render
from wechat_core.reply_limits import TEXT_LIMIT, fit_reply
from wechat_core.xml_tree import read_xml, write_xml

HANDLER = build(echo)
CALLBACK = Callback(PlainEnvelope((TOKEN,), 300), echo)

SAFE_CALLBACK = Callback(SAFE, echo)

XML_CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cs"]).filter(
    lambda c: c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff")
)
TRICKY = st.sampled_from(
    ["]]>", "<![CDATA[", "]]></Content>", "<Content>", "<a>", "&lt;", "&#2;", "<!--", "-->", "\r", "😀"]
)
TEXTS = st.lists(XML_CHARACTERS | TRICKY, max_size=60).map("".join)

NAMES = st.sampled_from(
    ["xml", "ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Content", "Event", "EventKey", "Encrypt"]
    + ["MediaId", "Location_X", "Location_Y", "Scale", "Label", "Title", "Description", "Url", "a:b", "é", "1x"]
)
LEAVES = st.one_of(
    TEXTS,
    st.sampled_from(["text", "event", "location", "image", "SCAN", "1", "-1", "1e999", "nan", "9" * 400, ""]),
    TEXTS.map(lambda t: f"<![CDATA[{t}]]>"),
    st.sampled_from(["&amp;", "&x;", "&#0;", "&#x110000;", "<!-- c -->", "<?pi x?>", "<![CDATA[<![CDATA[x]]>]]>"]),
)
ELEMENTS: st.SearchStrategy[str] = st.recursive(
    LEAVES,
    lambda inner: st.lists(
        st.tuples(NAMES, inner, st.sampled_from(["", " a='1'", " xmlns='u'", " a='1' a='2'"])), max_size=6
    ).map(lambda parts: "".join(f"<{name}{attribute}>{content}</{name}>" for name, content, attribute in parts)),
    max_leaves=12,
)
DECLARATIONS = st.sampled_from(
    ["", "\ufeff", " \n", "<?xml version='1.0'?>", "<?xml version='1.1'?>", "<?xml version='1.0' encoding='gbk'?>"]
    + ["<?xml version='1.0' encoding='utf-16'?>", "<?xml version='1.0' encoding='utf-7'?>"]
    + ["<?xml version='1.0' encoding='foo'?>", "<!DOCTYPE xml>", "<!DOCTYPE x [<!ENTITY a 'b'>]>"]
)
ROOTS = st.sampled_from(["xml", "xml", "xml", "XML", "html"])
DOCUMENTS = st.tuples(DECLARATIONS, ROOTS, ELEMENTS, st.sampled_from(["", "", "\n", "<xml/>", "x"])).map(
    lambda parts: f"{parts[0]}<{parts[1]}>{parts[2]}</{parts[1]}>{parts[3]}".encode("utf-8", "surrogatepass")
)
DAMAGED = st.tuples(DOCUMENTS, st.integers(0, 300), st.binary(max_size=4)).map(
    lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] :]
)


def many(times: int) -> settings:
    """So many times a hundred examples in `make check`, and four in `make test`, whose profile has a fifth of them."""
    return settings(
        max_examples=times * settings().max_examples ** 2 // 100, suppress_health_check=[HealthCheck.too_slow]
    )


BODIES = st.one_of(
    DOCUMENTS, DAMAGED, st.binary(max_size=200), TEXTS.map(text), DOCUMENTS.map(lambda d: d.decode().encode("utf-16"))
)


@many(100)
@given(BODIES)
@example(b"<?xml version='1.0' encoding='utf-7'?><xml>+ADw-</xml>")
@example(b"<xml><Content><![CDATA[\xed\xa0\x80]]></Content></xml>")
def test_any_signed_body_is_answered_or_refused_by_name(body: bytes) -> None:
    """Whatever an authentic request carries, the core gives an answer or one of its own errors."""
    try:
        answer = CALLBACK.answer(post(body), now=NOW)
    except WeChatError as error:
        assert error.reason
        return
    assert isinstance(answer.response, Response)
    assert answer.response.status == 200
    if answer.response.body != b"success":
        assert fields(answer.response.body)["MsgType"]


@many(10)
@given(BODIES, st.booleans())
def test_any_encrypted_body_is_answered_or_refused_by_name(body: bytes, encrypted: bool) -> None:
    """The same in safe mode, for what is inside the ciphertext as for what should have been one."""
    request = post(body)
    if encrypted:
        request = encrypted_post(body)
    try:
        assert SAFE_CALLBACK.answer(request, now=NOW).response.status == 200
    except WeChatError as error:
        assert error.reason


QUERY_TEXT = st.text(st.characters(), max_size=20) | st.sampled_from(["1", str(NOW), "x" * 300, "\ud800", "\udcff"])
PAIRS = st.lists(
    st.tuples(st.sampled_from(["signature", "timestamp", "nonce", "echostr", "openid"]) | QUERY_TEXT, QUERY_TEXT)
    | st.sampled_from(query(echostr="1")),
    max_size=8,
).map(tuple)


@many(20)
@given(st.sampled_from(["GET", "POST", "PUT", ""]) | st.text(max_size=5), PAIRS, BODIES)
def test_any_request_is_answered_or_refused_by_name(method: str, pairs: Any, body: bytes) -> None:
    """The same for any method and query: nothing but an answer or an error of ours."""
    try:
        assert isinstance(CALLBACK.answer(Request(method, pairs, body), now=NOW), Answer)
    except WeChatError as error:
        assert error.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
EVENT_KEYS = ["requestContext", "httpMethod", "rawQueryString", "body", "isBase64Encoded", "queryStringParameters"]
EVENTS = st.dictionaries(st.sampled_from([*EVENT_KEYS, "multiValueQueryStringParameters"]), JSON, max_size=6)


@many(5)
@given(EVENTS.map(lambda e: {"requestContext": {"http": {"method": "POST"}}} | e) | EVENTS | JSON)
def test_any_proxy_event_gets_a_proxy_response(event: Any) -> None:
    """Whatever Lambda is invoked with, it returns a whole proxy response and never a server error."""
    answer = HANDLER(event, None)
    assert answer.keys() == {"statusCode", "headers", "body", "isBase64Encoded"}
    assert 200 <= answer["statusCode"] < 500


@many(10)
@given(TEXTS.filter(bool))
@example("\r\n]]>\r")
@example("<Content><![CDATA[x]]></Content>")
def test_the_echo_of_text_is_the_text(content: str) -> None:
    """Any text that XML can carry comes back identical, through the whole handler."""
    body = message("text", f"<Content>{_escaped(content)}</Content>")
    answer = build_handler(ENVIRON, clock=lambda: NOW)(proxy_event("POST", query(), body), None)
    kept = content.encode()[:TEXT_LIMIT].decode(errors="ignore")
    assert fields(answer["body"])["Content"] == kept


@many(10)
@given(TEXTS)
@example("]]></Content><MsgType><![CDATA[event]]></MsgType><Content><![CDATA[")
def test_text_as_the_platform_sends_it_is_read_whole(content: str) -> None:
    """A follower's text, put unescaped into CDATA as the platform does, is read whole and adds nothing."""
    assume("]]]]><![CDATA[>" not in content and "]]>&#13;<![CDATA[" not in content)  # text that is escaped already
    parsed = parse_message(text(content))
    normal = content.replace("\r\n", "\n").replace("\r", "\n")  # as every XML parser must
    assert parsed == parse_message(text("x")).replace(content=normal)


@given(st.text(st.characters()))
def test_a_reply_reads_back(content: str) -> None:
    """Parse undoes render for any text, but for what XML cannot carry."""
    received = TextMessage(to_user_name="gh_1", from_user_name="o_1")
    reply = fit_reply(TextReply(content), received)
    if isinstance(reply, TextReply):
        assert TextReply.read(read_xml(render(reply, received, now=NOW))) == reply


TREES = st.recursive(
    st.dictionaries(st.sampled_from(string.ascii_uppercase), TEXTS.map(lambda text: [text]), min_size=1, max_size=3),
    lambda inner: st.dictionaries(
        st.sampled_from(string.ascii_uppercase), st.lists(inner, min_size=1, max_size=2), min_size=1, max_size=3
    ),
    max_leaves=5,
).map(lambda tree: {"Report": [tree]})


@given(TREES)
def test_a_written_tree_reads_back(tree: Any) -> None:
    """Reading undoes writing for any document that is built like the platform's: nothing repeats but entries."""
    assert read_xml(write_xml(tree)) == tree


ENVIRON = {"WECHAT_ACCOUNT": '{"token": "SampleToken"}'}


def _escaped(content: str) -> str:
    return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")

import base64
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.safe import APP_ID, KEY, SAFE, SALT, Sent, entropy
from tests.wechat import FROM, NOW, TO, TOKEN, fields, signature, text, vectors
from wechat_core import Callback, NoReply, echo
from wechat_core.envelope import Opened
from wechat_core.errors import InvalidRequest, InvalidSignature, RejectedRequest
from wechat_core.exchange import SUCCESS, Request
from wechat_core.safe_mode import SafeEnvelope, decrypt, encrypt
from wechat_core.signature import check_signature
from wechat_core.xml_tree import BODY_LIMIT, read_xml

ENCRYPTED, SIGNED = vectors("encrypted"), vectors("msg_signatures")

OTHER_TOKEN, OTHER_KEY = "OtherToken", "CyjBvGm4tJNmcThkeL5Wajzom4jKlBygKtpTkYeqsnE"

Vector = dict[str, Any]


@pytest.mark.parametrize("vector", ENCRYPTED, ids=lambda vector: vector["id"])
def test_published_ciphertexts(vector: Vector) -> None:
    """Ciphertexts of the platform and of other implementations decrypt to their plain text; a wrong AppID does not."""
    if vector["kind"] == "refuse":
        with pytest.raises(InvalidSignature):
            decrypt(vector["ciphertext"], key=vector["key"], app_id=vector["app_id"])
    else:
        assert decrypt(vector["ciphertext"], key=vector["key"], app_id=vector["app_id"]).decode() == vector["plain"]


@pytest.mark.parametrize("vector", [v for v in ENCRYPTED if v["salt"]], ids=lambda vector: vector["id"])
def test_published_plain_texts(vector: Vector) -> None:
    """The same the other way: given the published salt, our ciphertext is theirs, byte for byte."""
    encrypted = encrypt(
        vector["plain"].encode(), key=vector["key"], app_id=vector["app_id"], salt=vector["salt"].encode()
    )
    assert encrypted == vector["ciphertext"]


@pytest.mark.parametrize("vector", [v for v in ENCRYPTED if v["kind"] == "inbound"], ids=lambda vector: vector["id"])
def test_published_requests_open(vector: Vector) -> None:
    """Published requests pass the whole envelope, with the body as published or the one the platform would send."""
    envelope = SafeEnvelope((vector["token"],), (vector["key"],), vector["app_id"], 0, entropy)
    body = vector["body"] or f"<xml><Encrypt><![CDATA[{vector['ciphertext']}]]></Encrypt></xml>"
    pairs = tuple((name, vector[name]) for name in ("msg_signature", "timestamp", "nonce"))
    assert envelope.open(Request("POST", pairs, body.encode()), now=NOW).xml.decode() == vector["plain"]


@pytest.mark.parametrize("vector", [v for v in ENCRYPTED if v["kind"] == "reply" and v["token"]], ids=lambda v: v["id"])
def test_published_replies_seal(vector: Vector) -> None:
    """Given the published salt, nonce and time, the sealed reply carries the published ciphertext and signature."""
    nonce = int(vector["nonce"]).to_bytes(4)
    envelope = SafeEnvelope(
        (vector["token"],),
        (vector["key"],),
        vector["app_id"],
        0,
        lambda n: vector["salt"].encode() if n == 16 else nonce,
    )
    opened = Opened(b"")
    sealed = fields(envelope.seal(vector["plain"].encode(), opened, now=int(vector["timestamp"])).body)
    assert sealed == {
        "Encrypt": vector["ciphertext"],
        "MsgSignature": vector["msg_signature"],
        "TimeStamp": vector["timestamp"],
        "Nonce": vector["nonce"],
    }


def test_the_nonce_is_the_platforms() -> None:
    """A nonce is what the platform's own are: the decimal digits of 32 bits."""
    envelope = SAFE.replace(entropy=lambda count: b"\xff" * count)
    assert fields(envelope.seal(b"<xml/>", Opened(b""), now=NOW).body)["Nonce"] == "4294967295"


@pytest.mark.parametrize("vector", SIGNED, ids=lambda vector: vector["id"])
def test_published_signatures_over_ciphertext(vector: Vector) -> None:
    """The signature of safe mode covers the ciphertext as well."""
    signed = (vector["signature"], (vector["token"],), vector["timestamp"], vector["nonce"], vector["encrypt"])
    if vector["valid"]:
        assert check_signature(*signed) == 0
    else:
        with pytest.raises(InvalidSignature):
            check_signature(*signed)


def padded(content: bytes, padding: bytes | None = None) -> bytes:
    missing = 32 - len(content) % 32
    return content + (bytes([missing]) * missing if padding is None else padding)


PLAIN = SALT + len(text("hi")).to_bytes(4) + text("hi") + APP_ID.encode()


def test_a_message_is_answered_in_kind() -> None:
    """The echo of an encrypted message is encrypted and signed, and only its receiver can read it."""
    answer = Callback(SAFE, echo).answer(Sent().request(), now=NOW)
    sealed = fields(answer.response.body)
    assert sealed["TimeStamp"] == str(NOW)
    assert sealed["MsgSignature"] == signature(TOKEN, sealed["TimeStamp"], sealed["Nonce"], sealed["Encrypt"])
    reply = fields(decrypt(sealed["Encrypt"], key=KEY, app_id=APP_ID))
    assert (reply["ToUserName"], reply["FromUserName"], reply["Content"]) == (FROM, TO, "你好")


def test_success_is_never_encrypted() -> None:
    """No reply is the plain word in every mode."""
    assert Callback(SAFE, lambda _: NoReply()).answer(Sent().request(), now=NOW).response == SUCCESS


def test_compatible_mode_reads_the_ciphertext_alone() -> None:
    """Plain fields beside the ciphertext are signed by nobody, so they count for nothing."""
    sent = Sent()
    sent.body = sent.body.replace("<Encrypt>", "<MsgType>event</MsgType><Content>forged</Content><Encrypt>")
    answer = Callback(SAFE, echo).answer(sent.request(), now=NOW)
    assert answer.message is not None
    assert answer.message.msg_type == "text"


@pytest.mark.parametrize(
    "around",
    [
        "<Content><![CDATA[<Encrypt>AAAA</Encrypt>]]></Content>",
        "<Content><![CDATA[]]></Content><Encrypt><![CDATA[AAAA]]></Encrypt><Content><![CDATA[]]></Content>",
        "<Content><![CDATA[]]>&<<!DOCTYPE xml>]]></Content>",
        "<z:a0 xmlns:z='u'/>" * 3_000,
    ],
)
def test_nothing_but_the_ciphertext_is_read(around: str) -> None:
    """What stands beside the ciphertext is no more than passed over, whoever wrote it: nobody has signed it."""
    sent = Sent()
    sent.body = sent.body.replace("<ToUserName>", f"{around}<ToUserName>")
    assert SAFE.open(sent.request(), now=NOW).xml == text("你好")


@pytest.mark.parametrize("before", ["\ufeff", " \n", "<?xml version='1.0'?>\n", "\ufeff<?xml version='1.0'?>"])
def test_what_a_relay_puts_before_the_document_does_no_harm(before: str) -> None:
    """A byte order mark, blanks and a declaration are no part of the document."""
    sent = Sent()
    sent.body = f"{before}{sent.body}\n"
    assert SAFE.open(sent.request(), now=NOW).xml == text("你好")


def test_blanks_around_the_ciphertext_are_not_signed() -> None:
    """A line break that a relay puts around the ciphertext does no harm."""
    sent = Sent()
    sent.body = sent.body.replace("<Encrypt><![CDATA[", "<Encrypt>\n<![CDATA[ ").replace(
        "]]></Encrypt>", "\n]]> </Encrypt>"
    )
    assert SAFE.open(sent.request(), now=NOW).xml == text("你好")


@pytest.mark.parametrize(("token", "key"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_the_reply_is_sealed_with_the_pair_that_opened(token: int, key: int) -> None:
    """While token or key is being changed, each message is answered with what it came with."""
    tokens, keys = (TOKEN, OTHER_TOKEN), (KEY, OTHER_KEY)
    envelope = SafeEnvelope(tokens, keys, APP_ID, 300, entropy)
    answer = Callback(envelope, echo).answer(Sent(token=tokens[token], key=keys[key]).request(), now=NOW)
    assert answer.opened is not None
    assert (answer.opened.token, answer.opened.key) == (token, key)
    sealed = fields(answer.response.body)
    assert sealed["MsgSignature"] == signature(tokens[token], sealed["TimeStamp"], sealed["Nonce"], sealed["Encrypt"])
    assert fields(decrypt(sealed["Encrypt"], key=keys[key], app_id=APP_ID))["Content"] == "你好"


DAMAGE: list[tuple[str, Callable[[Sent], object], int, str]] = [
    ("JSON", lambda s: setattr(s, "body", '{"Encrypt": "x"}'), 400, "body is JSON"),
    ("no msg_signature", lambda s: s.query.pop("msg_signature"), 400, "msg_signature missing"),
    ("no timestamp", lambda s: s.query.pop("timestamp"), 400, "timestamp missing"),
    ("no nonce", lambda s: s.query.pop("nonce"), 400, "nonce missing"),
    ("plain signature instead", lambda s: s.query.update(msg_signature=s.query["signature"]), 403, "signature wrong"),
    ("upper case", lambda s: s.query.update(msg_signature=s.query["msg_signature"].upper()), 403, "signature wrong"),
    ("zeros", lambda s: s.query.update(msg_signature="0" * 40), 403, "signature wrong"),
    ("other token", lambda s: s.sign(OTHER_TOKEN), 403, "signature wrong"),
    ("other nonce", lambda s: s.query.update(nonce="2"), 403, "signature wrong"),
    ("other timestamp", lambda s: s.query.update(timestamp=str(NOW + 1)), 403, "signature wrong"),
    ("stale", lambda s: s.sign(timestamp=str(NOW - 301)), 403, "timestamp stale"),
    ("early", lambda s: s.sign(timestamp=str(NOW + 301)), 403, "timestamp stale"),
    ("no timestamp at all", lambda s: s.sign(timestamp="now"), 400, "timestamp malformed"),
    ("plain body", lambda s: setattr(s, "body", text("hi").decode()), 403, "not encrypted"),
    ("empty body", lambda s: setattr(s, "body", ""), 400, "body malformed"),
    ("no XML", lambda s: setattr(s, "body", "<xml>"), 400, "body malformed"),
    ("a document type", lambda s: setattr(s, "body", "<!DOCTYPE xml>" + s.body), 400, "body malformed"),
    ("too large", lambda s: setattr(s, "body", " " * (BODY_LIMIT + 1)), 413, "body too large"),
    ("tags that do not match", lambda s: setattr(s, "body", s.body.replace("Encrypt", "A", 1)), 403, "not encrypted"),
    ("no end", lambda s: setattr(s, "body", s.body.replace("</Encrypt>", "")), 403, "not encrypted"),
    ("a comment first", lambda s: setattr(s, "body", "<!-- -->" + s.body), 400, "body malformed"),
    ("another root", lambda s: setattr(s, "body", s.body.replace("xml>", "html>")), 400, "body malformed"),
    (
        "half a section",
        lambda s: setattr(s, "body", s.body.replace("]]></Encrypt>", "</Encrypt>")),
        403,
        "signature wrong",
    ),
    ("elements in it", lambda s: setattr(s, "body", "<xml><Encrypt><A/></Encrypt></xml>"), 403, "signature wrong"),
    (
        "another ciphertext last",
        lambda s: setattr(s, "body", s.body.replace("</Encrypt>", "</Encrypt><Encrypt>AAAA</Encrypt>")),
        403,
        "signature wrong",
    ),
    (
        "one character less",
        lambda s: setattr(s, "body", s.body.replace(s.ciphertext, s.ciphertext[1:])),
        403,
        "signature wrong",
    ),
    ("no ciphertext", lambda s: s.carry(""), 403, "ciphertext wrong"),
    ("no Base64", lambda s: s.carry("!" + s.ciphertext[1:]), 403, "ciphertext wrong"),
    ("no ASCII", lambda s: s.carry("é" + s.ciphertext[1:]), 403, "ciphertext wrong"),
    ("a line break inside", lambda s: s.carry(s.ciphertext[:8] + "\n" + s.ciphertext[8:]), 403, "ciphertext wrong"),
    ("no padding of Base64", lambda s: s.carry(s.ciphertext.rstrip("=")[:-1]), 403, "ciphertext wrong"),
    (
        "half a block",
        lambda s: s.carry(base64.b64encode(base64.b64decode(s.ciphertext)[:-16]).decode()),
        403,
        "ciphertext wrong",
    ),
    (
        "a block less",
        lambda s: s.carry(base64.b64encode(base64.b64decode(s.ciphertext)[:-32]).decode()),
        403,
        "ciphertext wrong",
    ),
    ("other key", lambda s: s.carry(Sent(key=OTHER_KEY).ciphertext), 403, "ciphertext wrong"),
    ("other AppID", lambda s: s.carry(Sent(app_id="wx2c2769f8efd9abc3").ciphertext), 403, "ciphertext wrong"),
    ("longer AppID", lambda s: s.carry(Sent(app_id=APP_ID + "0").ciphertext), 403, "ciphertext wrong"),
    ("no AppID", lambda s: s.carry(Sent(app_id="").ciphertext), 403, "ciphertext wrong"),
    ("padding 0", lambda s: s.encrypted(padded(PLAIN, b"\0" * (32 - len(PLAIN) % 32))), 403, "ciphertext wrong"),
    ("padding 33", lambda s: s.encrypted(padded(PLAIN, b"!" * (32 - len(PLAIN) % 32))), 403, "ciphertext wrong"),
    (
        "irregular padding",
        lambda s: s.encrypted(padded(PLAIN)[:-2] + b"\0" + padded(PLAIN)[-1:]),
        403,
        "ciphertext wrong",
    ),
    ("nothing but padding", lambda s: s.encrypted(b"\x20" * 32), 403, "ciphertext wrong"),
    ("length too long", lambda s: s.encrypted(padded(SALT + b"\xff" * 4 + PLAIN[20:])), 403, "ciphertext wrong"),
    ("length too short", lambda s: s.encrypted(padded(SALT + b"\0" * 4 + PLAIN[20:])), 403, "ciphertext wrong"),
    (
        "length little-endian",
        lambda s: s.encrypted(padded(SALT + PLAIN[16:20][::-1] + PLAIN[20:])),
        403,
        "ciphertext wrong",
    ),
    ("length cut off", lambda s: s.encrypted(padded(SALT + b"\0\0")), 403, "ciphertext wrong"),
]


@pytest.mark.parametrize(("damage", "status", "reason"), [d[1:] for d in DAMAGE], ids=[d[0] for d in DAMAGE])
def test_damage_one_thing(damage: Callable[[Sent], object], status: int, reason: str) -> None:
    """One correct request is answered; with any one thing wrong it is refused, by name, and nobody responds to it."""
    callback = Callback(SAFE, lambda message: pytest.fail("responded to a forged message"))
    sent = Sent()
    assert SAFE.open(sent.request(), now=NOW).xml == text("你好")
    damage(sent)
    with pytest.raises(RejectedRequest) as caught:
        callback.answer(sent.request(), now=NOW)
    assert (caught.value.status, caught.value.reason) == (status, reason)
    assert caught.value.status != 403 or caught.value.public == "invalid signature"
    assert not any(secret in str(caught.value) for secret in (TOKEN, KEY, APP_ID, sent.ciphertext or "?"))


def test_undamaged_rebuilds_open() -> None:
    """The damages above fail for what they damage: rebuilt without damage, the same steps open."""
    sent = Sent()
    sent.encrypted(padded(PLAIN))
    assert SAFE.open(sent.request(), now=NOW).xml == text("hi")


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
def test_a_repeated_parameter_is_refused(name: str) -> None:
    """Which of two values counts is never a question."""
    request = Sent().request()
    with pytest.raises(InvalidRequest, match=f"{name} repeated"):
        SAFE.open(request.replace(query=(*request.query, (name, "1"))), now=NOW)


def test_a_key_with_other_spare_bits_is_the_same_key() -> None:
    """The 43rd character has two spare bits: the four strings that differ in them alone open the same ciphertexts."""
    ciphertext = encrypt(b"<xml/>", key=KEY, app_id=APP_ID, salt=SALT)
    assert {decrypt(ciphertext, key=KEY[:-1] + last, app_id=APP_ID) for last in "EFGH"} == {b"<xml/>"}


@given(
    st.binary(max_size=300), st.binary(min_size=16, max_size=16), st.text("0123456789abcdef", min_size=1, max_size=40)
)
@example(b"", SALT, "wx")
@example(b"x" * 12, b"\x20" * 16, "")
def test_decrypting_undoes_encrypting(xml: bytes, salt: bytes, app_id: str) -> None:
    """Any bytes of any length, with any salt, come back."""
    assert decrypt(encrypt(xml, key=KEY, app_id=app_id, salt=salt), key=KEY, app_id=app_id) == xml


@given(st.binary(max_size=200))
def test_opening_undoes_sealing(xml: bytes) -> None:
    """What is sealed can be opened as a request with the same account."""
    sealed = read_xml(SAFE.seal(xml, Opened(b""), now=NOW).body)
    names = {"MsgSignature": "msg_signature", "TimeStamp": "timestamp", "Nonce": "nonce"}
    pairs = tuple((names[name], str(values[0])) for name, values in sealed.items() if name in names)
    body = f"<xml><Encrypt>{sealed['Encrypt'][0]}</Encrypt></xml>".encode()
    assert SAFE.open(Request("POST", pairs, body), now=NOW).xml == xml


@given(st.binary(max_size=400).map(lambda raw: base64.b64encode(raw).decode()) | st.text(max_size=100))
def test_what_nobody_encrypted_is_refused(ciphertext: str) -> None:
    """Whatever stands in the place of a ciphertext, there is the one refusal, and no other error."""
    with pytest.raises(InvalidSignature):
        decrypt(ciphertext, key=KEY, app_id=APP_ID)

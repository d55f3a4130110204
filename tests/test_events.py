import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.sample_answers import ANSWERS, ENCRYPTED, EVENTS, REPLIES, TEXT
from tests.wechat import build_handler, fields, signature
from wechat_core.safe_mode import decrypt
from wechat_sim.platform import sample

SAFE = {"WECHAT_ACCOUNT": sample.SAFE_ACCOUNT_JSON, "WECHAT_MAX_AGE_SECONDS": "0"}
ENVIRON = {"WECHAT_ACCOUNT": sample.ACCOUNT_JSON, "WECHAT_MAX_AGE_SECONDS": "0"}


def answer(name: str) -> dict[str, Any]:
    """What the handler answers to a file."""
    event = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    encrypted = name.startswith(("safe_", "compatible_"))
    return build_handler(SAFE if encrypted else ENVIRON)(event, SimpleNamespace(aws_request_id="1"))


def test_every_file_is_tested() -> None:
    """No file of events/ goes without an expectation here."""
    assert {path.stem for path in EVENTS.iterdir()} == REPLIES.keys() | ANSWERS.keys() | ENCRYPTED


@pytest.mark.parametrize("name", sorted(ENCRYPTED))
def test_an_encrypted_message_is_echoed_encrypted(name: str) -> None:
    """In safe and in compatible mode the echo is encrypted, and signed over its ciphertext."""
    given = answer(name)
    sealed = fields(given["body"])
    assert given["statusCode"] == 200
    assert sealed["MsgSignature"] == signature(sample.TOKEN, sealed["TimeStamp"], sealed["Nonce"], sealed["Encrypt"])
    reply = fields(decrypt(sealed["Encrypt"], key=sample.ENCODING_AES_KEY, app_id=sample.APP_ID))
    assert (reply["ToUserName"], reply["Content"]) == (sample.FOLLOWER, TEXT)


@pytest.mark.parametrize(("name", "expected"), REPLIES.items(), ids=REPLIES)
def test_a_message_is_echoed(name: str, expected: tuple[str, str, str]) -> None:
    """Each message comes back as the right type, with its content, from the account to the follower."""
    msg_type, path, content = expected
    given = answer(name)
    reply = fields(given["body"])
    assert (given["statusCode"], given["headers"]["content-type"]) == (200, "application/xml; charset=utf-8")
    assert (reply["ToUserName"], reply["FromUserName"]) == (sample.FOLLOWER, sample.ACCOUNT_ID)
    assert (reply["MsgType"], reply[path]) == (msg_type, content)


@pytest.mark.parametrize(("name", "expected"), ANSWERS.items(), ids=ANSWERS)
def test_everything_else_gets_its_answer(name: str, expected: tuple[int, str]) -> None:
    """The URL is verified, events and unknown types are acknowledged, forgeries are refused."""
    given = answer(name)
    assert (given["statusCode"], given["body"]) == expected


def test_old_files_need_the_freshness_check_off() -> None:
    """The files are signed in the past: with the usual window they are refused."""
    event = json.loads((EVENTS / "text.json").read_text("utf-8"))
    strict = build_handler(ENVIRON | {"WECHAT_MAX_AGE_SECONDS": "300"}, clock=lambda: sample.CLOCK + 301)
    assert strict(event, None)["statusCode"] == 403

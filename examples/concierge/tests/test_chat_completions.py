"""The client of a model, against a server that does all that providers do on bad days."""

import json
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from examples.concierge.concierge.chat_completions import ChatCompletions
from examples.concierge.concierge.model import NoAnswer, Picture, Question, Turn
from examples.concierge.tests.servers import (
    Behaviour,
    answers,
    chunks,
    drips,
    drips_headers,
    hangs,
    hangs_up,
    says,
    serving,
    talks_nonsense,
)
from wechat_aws.settings import InvalidSettings

pytestmark = pytest.mark.enable_socket

KEY = "sk-Secret0123456789"
TEXT = "我的身份证号是多少？"
QUESTION = Question(TEXT)
TURNS = (Turn("1", 0, "你好", "你好！"), Turn("2", 1, "几点关门", "九点"))


def ask(url: str, question: Question = QUESTION, *, key: str = KEY, seconds: float = 5, **options: Any) -> str:
    """The answer of the model there; nobody waits between attempts."""
    model = ChatCompletions(
        url, "a-model", key=lambda: key, instructions="简短", seconds=seconds, options=options, sleep=lambda _: None
    )
    return model(question, TURNS)


def reason(*behaviours: Behaviour, seconds: float = 5, key: str = KEY) -> str:
    """Why there is no answer; it holds neither text nor key."""
    with serving(*behaviours) as server, pytest.raises(NoAnswer) as caught:
        ask(server.url, seconds=seconds, key=key)
    assert TEXT not in caught.value.reason
    assert "Secret" not in caught.value.reason
    assert caught.value.__cause__ is None
    return caught.value.reason


def test_a_question_is_asked_as_the_interface_says() -> None:
    """Model, key, instructions, the turns in their order and the question; the answer is the model's."""
    with serving(says(" 不知道。\n")) as server:
        assert ask(f"{server.url}/v1", temperature=0.3) == "不知道。"
        (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.headers["content-type"] == "application/json"
    assert asked.json == {
        "model": "a-model",
        "stream": False,
        "temperature": 0.3,
        "messages": [
            {"role": "system", "content": "简短"},
            {"role": "user", "content": "你好"},
            {"role": "assistant", "content": "你好！"},
            {"role": "user", "content": "几点关门"},
            {"role": "assistant", "content": "九点"},
            {"role": "user", "content": TEXT},
        ],
    }


@pytest.mark.parametrize("end", ["", "/", "/chat/completions"])
def test_the_base_url_is_taken_however_it_is_written(end: str) -> None:
    """With a slash, without, or with the whole path, as providers' pages show it."""
    with serving(says("好")) as server:
        assert ask(f"{server.url}/api/paas/v4{end}") == "好"
        assert server.asked[0].path == "/api/paas/v4/chat/completions"


def test_a_picture_goes_along_in_the_request() -> None:
    """Its bytes do, so a provider need not reach the platform's hosts."""
    with serving(says("一只猫")) as server:
        assert ask(server.url, Question("这是什么", Picture("png", b"\x89PNG"))) == "一只猫"
        assert server.asked[0].json["messages"][-1]["content"] == [
            {"type": "text", "text": "这是什么"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64encode(b'\x89PNG').decode()}"}},
        ]


def test_a_model_of_ones_own_needs_no_key() -> None:
    """Without a key nothing is said of one; and a key that was pasted with its line break is a key."""
    with serving(says("好")) as server:
        ask(server.url, key="")
        ask(server.url, key=f"{KEY}\n")
        assert [asked.headers.get("authorization") for asked in server.asked] == [None, f"Bearer {KEY}"]


def test_thoughts_are_not_shown() -> None:
    """Of a model that thinks aloud, what comes after the thoughts alone; and parts of an answer are put together."""
    with serving(
        says("<think>嗯……\n\n他问……</think>\n\n九点。"), says([{"type": "text", "text": "九"}, {"text": "点"}])
    ) as server:
        assert ask(server.url) == "九点。"
        assert ask(server.url) == "九点"


def test_blank_lines_before_the_answer_mean_patience() -> None:
    """DeepSeek sends them while a request waits for its turn."""
    answer = json.dumps({"choices": [{"message": {"content": "久等了"}}]}).encode()
    with serving(drips(b"\n", times=5, then=answer)) as server:
        assert ask(server.url) == "久等了"


BUSY = answers(429, {"error": {"code": "rate_limit_exceeded", "message": TEXT}}, {"Retry-After": "7"})


@pytest.mark.parametrize(
    ("busy", "pause"), [(BUSY, 7), (answers(503, b""), 5), (answers(429, b"", {"Retry-After": "999"}), 20)]
)
def test_a_busy_model_is_asked_once_more_with_patience(busy: Behaviour, pause: float) -> None:
    """After the time that the provider asks for, some seconds where it asks for none, and never too long."""
    slept: list[float] = []
    with serving(busy, says("好")) as server:
        model = ChatCompletions(server.url, "m", key=lambda: KEY, instructions="", sleep=slept.append)
        assert model(QUESTION, ()) == "好"
        assert (slept, len(server.asked)) == ([pause], 2)


def test_a_model_that_stays_busy_is_left_alone() -> None:
    """Two attempts, no more; and none for which there is no time."""
    with serving(BUSY) as server:
        for seconds, attempts in ((30, 2), (6, 1)):
            server.asked.clear()
            with pytest.raises(NoAnswer, match="status 429, rate_limit_exceeded"):
                ask(server.url, seconds=seconds)
            assert len(server.asked) == attempts


FAULTS: list[tuple[Behaviour, str]] = [
    (says(""), "empty answer"),
    (says(" \n"), "empty answer"),
    (says(None), "empty answer"),
    (says([{"type": "image"}, 5, {"text": 5}]), "empty answer"),
    (says("<think>没想完"), "empty answer"),
    (says("x", finish_reason="content_filter"), "refused by the provider"),
    (says("x", finish_reason="sensitive"), "refused by the provider"),
    (says(None, message={"refusal": f"不能回答{TEXT}"}), "refused by the provider"),
    (answers(400, {"error": {"code": "content_filter", "message": TEXT}}), "refused by the provider"),
    (answers(400, {"error": {"code": "data_inspection_failed", "message": TEXT}}), "refused by the provider"),
    (answers(400, {"error": {"code": 1301, "message": TEXT}}), "refused by the provider"),
    (answers(400, {"error": {"code": TEXT, "message": TEXT}}), "status 400"),
    (answers(401, {"error": {"code": "invalid_api_key", "message": f"bad key {KEY}"}}), "status 401, invalid_api_key"),
    (answers(401, {"error": {"code": KEY}}), "status 401"),
    (answers(402, {"error": {"message": "Insufficient Balance"}}), "status 402"),
    (answers(404, {"error": "model not found"}), "status 404"),
    (answers(500, b"<html>oops"), "status 500, not JSON"),
    (answers(307, b"{}", {"Location": "https://example.com/"}), "status 307"),
    (answers(200, b'{"choices": [{"message": {"conte'), "status 200, not JSON"),
    (answers(200, b""), "status 200, not JSON"),
    (answers(200, b"\xff\xfe{"), "status 200, not JSON"),
    (answers(200, b"[" * 100_000), "status 200, not JSON"),
    (answers(200, b"[]"), "status 200, no choices"),
    (answers(200, {"choices": []}), "status 200, no choices"),
    (answers(200, {"choices": [{"message": "x"}]}), "status 200, no choices"),
    (answers(200, b"x" * (2 << 20)), "the answer is over 1048576 bytes"),
    (answers(200, b"{}", {"Content-Length": "50"}), "connection failed (IncompleteRead)"),
    (chunks(b"-1\r\n"), "connection failed (IncompleteRead)"),
    (chunks(b"-5\r\n{}\r\n0\r\n\r\n"), "connection failed (IncompleteRead)"),
    (chunks(b"-99999999999\r\n\r\n0\r\n\r\n"), "status 200, not JSON"),
    (chunks(b"f" * 60_000 + b"\r\n{}"), "connection failed (IncompleteRead)"),
    (chunks(b"f" * 70_000 + b"\r\n{}"), "connection failed (LineTooLong)"),
    (chunks(b"zz\r\n{}\r\n"), "connection failed (IncompleteRead)"),
    (chunks(b"\r\n{}\r\n"), "connection failed (IncompleteRead)"),
    (chunks(b"ffffffff\r\n", then=b" " * (2 << 20)), "the answer is over 1048576 bytes"),
    (hangs_up, "connection failed (RemoteDisconnected)"),
    (talks_nonsense, "connection failed (BadStatusLine)"),
]


@pytest.mark.parametrize(("fault", "expected"), FAULTS, ids=[expected for _, expected in FAULTS])
def test_every_fault_has_its_reason(fault: Behaviour, expected: str) -> None:
    """The log says what was wrong, and quotes nothing that the provider said."""
    assert reason(fault) == expected


def test_a_chunk_of_no_size_is_not_read_to_its_end() -> None:
    """A chunk of -1 bytes has all that ever comes to http.client; not to us: its sender is soon left alone."""
    poured: list[int] = []
    pour = chunks(b"-1\r\n", then=b" " * (1 << 18), times=256, poured=poured)
    assert reason(pour).startswith("connection failed (")
    assert sum(poured) < 16 << 20  # with what the system's buffers hold


EMPTY = chunks(b"", then=b"-99999999999\r\n\r\n", times=1 << 30)


@pytest.mark.parametrize("slow", [hangs, drips(b"\n", times=50), drips(b" ", times=50), drips_headers, EMPTY])
def test_a_slow_answer_ends_at_the_deadline(slow: Behaviour) -> None:
    """However the other side spends its time, nobody waits longer than for the whole of it."""
    started = time.monotonic()
    assert reason(slow, seconds=0.6) == "timed out"
    assert time.monotonic() - started < 1.5


def test_a_key_that_no_header_can_carry_is_not_shown() -> None:
    """The standard library would quote it."""
    expected = "the key or the URL has characters that cannot be sent"
    assert reason(says("x"), key="sk-Secret\nsk-Secret") == expected
    assert reason(says("x"), key="sk-Secret密") == expected


def test_a_key_that_cannot_be_had_is_a_reason() -> None:
    """The secret has not been written, say: the follower is told, and nothing is asked."""

    def missing() -> str:
        raise InvalidSettings("the secret CONCIERGE_API_KEY is missing: set it")

    with serving(says("x")) as server:
        model = ChatCompletions(server.url, "m", key=missing, instructions="")
        with pytest.raises(NoAnswer, match="^the secret CONCIERGE_API_KEY is missing: set it$"):
            model(QUESTION, ())
        assert server.asked == []


def test_nobody_at_the_address_is_a_reason() -> None:
    """A server that is not there, and an address that is none."""
    with serving(says("x")) as server:
        url = server.url
    for address in (url, "http://[::1", "http://127.0.0.1:x", "127.0.0.1"):
        with pytest.raises(NoAnswer, match="connection failed|cannot be sent"):
            ask(address)


def test_the_key_is_that_of_the_moment() -> None:
    """A key that was changed is used from the next question on."""
    keys = iter(["old", "new"])
    take: Callable[[], str] = lambda: next(keys)  # noqa: E731
    with serving(says("好")) as server:
        model = ChatCompletions(server.url, "m", key=take, instructions="")
        model(QUESTION, ())
        model(QUESTION, ())
        assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer old", "Bearer new"]

"""A follower's picture: from the platform's hosts alone, and bounded."""

import time

import pytest

from examples.concierge.concierge.model import NoAnswer, Picture, Question
from examples.concierge.concierge.pictures import (
    CANNOT_SEE,
    LARGEST,
    LONGEST,
    TOO_LONG,
    WHAT_IS_SHOWN,
    fetch_picture,
    is_of_platform,
    read_question,
)
from examples.concierge.tests.servers import Behaviour, answers, drips, hangs, serving
from wechat_core import ImageMessage, TextMessage, VoiceMessage

pytestmark = pytest.mark.enable_socket

JPEG = b"\xff\xd8\xff\xe0 and so on"


def fetch(url: str) -> Picture:
    """The picture there, for a moment's wait; this machine counts as the platform's."""
    return fetch_picture(url, allowed=lambda host: host.startswith("127.0.0.1:"), seconds=0.5)


def test_a_picture_is_fetched_by_its_address() -> None:
    """Path and query as they were given, and nothing secret goes along."""
    with serving(answers(200, JPEG)) as server:
        assert fetch(f"{server.url}/mmbiz_jpg/abc/0?x=1&y=2") == Picture("jpeg", JPEG)
        (asked,) = server.asked
    assert asked.path == "/mmbiz_jpg/abc/0?x=1&y=2"
    assert set(asked.headers) == {"host", "connection", "accept-encoding"}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (JPEG, "jpeg"),
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b"GIF89a...", "gif"),
        (b"GIF87a...", "gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
    ],
)
def test_a_picture_is_what_its_bytes_say(content: bytes, kind: str) -> None:
    """The header may say anything."""
    with serving(answers(200, content, {"Content-Type": "text/html"})) as server:
        assert fetch(f"{server.url}/0").kind == kind


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1/x",
        "http://qpic.cn.evil.example/x",
        "http://evilqpic.cn/x",
        "http://mmbiz.qpic.cn@evil.example/x",
        "http://evil.example#.qpic.cn",
        "http://evil.example\\.qpic.cn/",
        "http://mmbiz.qpic.cn:22/x",
        "file:///etc/passwd#.qpic.cn",
        "ftp://mmbiz.qpic.cn/x",
        "mmbiz.qpic.cn/x",
        "http://[::1].qpic.cn/x",
        "http://evil.example\n.qpic.cn/x",
    ],
)
def test_nothing_else_is_fetched(url: str) -> None:
    """Whoever can write a message has us ask no other host."""
    with pytest.raises(NoAnswer) as caught:
        fetch_picture(url, seconds=0.5)
    assert caught.value.reason == "the picture is on no host of the platform's"
    assert caught.value.apology == CANNOT_SEE


@pytest.mark.parametrize("host", ["mmbiz.qpic.cn", "mmsns.qpic.cn", "MMBIZ.QPIC.CN", "wx.qlogo.cn"])
def test_the_platforms_hosts_are_known(host: str) -> None:
    """Those that pictures of messages have been seen on, and their neighbours."""
    assert is_of_platform(host)


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (answers(404, b""), "no picture: status 404, of no kind that models know"),
        (answers(404, JPEG), "no picture: status 404, jpeg"),
        (answers(200, b"<html>"), "no picture: status 200, of no kind that models know"),
        (
            answers(302, b"", {"Location": "http://169.254.169.254/"}),
            "no picture: status 302, of no kind that models know",
        ),
        (answers(200, JPEG + bytes(LARGEST)), f"no picture: the answer is over {LARGEST} bytes"),
        (drips(JPEG, times=50), "no picture: timed out"),
        (hangs, "no picture: timed out"),
    ],
)
def test_what_cannot_be_shown_has_its_reason(behaviour: Behaviour, reason: str) -> None:
    """The follower is told that this picture cannot be opened, the log why; nobody waits for long."""
    started = time.monotonic()
    with serving(behaviour) as server, pytest.raises(NoAnswer) as caught:
        fetch(f"{server.url}/0")
    assert (caught.value.reason, caught.value.apology) == (reason, CANNOT_SEE)
    assert time.monotonic() - started < 2


def test_a_picture_of_the_largest_size_is_taken() -> None:
    """To the byte."""
    content = JPEG + bytes(LARGEST - len(JPEG))
    with serving(answers(200, content)) as server:
        assert fetch(f"{server.url}/0").content == content


def test_a_message_is_read_as_a_question() -> None:
    """What was written, or what is shown; nothing else asks."""
    picture = Picture("png", b"...")
    assert read_question(TextMessage(content=" 你好 \n"), lambda _: picture) == Question("你好")
    shown = read_question(
        ImageMessage(pic_url="http://mmbiz.qpic.cn/1"), {"http://mmbiz.qpic.cn/1": picture}.__getitem__
    )
    assert shown == Question(WHAT_IS_SHOWN, picture)
    with pytest.raises(NoAnswer):
        read_question(VoiceMessage(), lambda _: picture)


def test_a_question_is_asked_whole_or_not_at_all() -> None:
    """Of so many bytes of UTF-8 it is asked, of one more the follower is told: half of one asks something else."""
    for longest in ("x" * LONGEST, "问" * (LONGEST // 3), "x" * (LONGEST - 3) + "\ud800"):
        asked = read_question(TextMessage(content=f"  {longest}\n"), fetch)
        assert asked == Question(longest)
        with pytest.raises(NoAnswer) as caught:
            read_question(TextMessage(content=f"{longest}!"), fetch)
        assert (caught.value.reason, caught.value.apology) == (f"the question is over {LONGEST} bytes", TOO_LONG)

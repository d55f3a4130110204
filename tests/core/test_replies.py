from typing import Any

import pytest

from tests.wechat import FROM, TO, fields
from wechat_core import (
    Article,
    Event,
    ImageReply,
    LinkMessage,
    Message,
    MusicReply,
    NewsReply,
    NoReply,
    Reply,
    TextMessage,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)
from wechat_core.errors import InvalidReply
from wechat_core.replies import REPLIES, render
from wechat_core.reply_limits import TEXT_LIMIT, fit_reply
from wechat_core.xml_tree import read_xml

MESSAGE = TextMessage(to_user_name=TO, from_user_name=FROM)
LINK = LinkMessage(to_user_name=TO, from_user_name=FROM)
EVENT = Event(to_user_name=TO, from_user_name=FROM)
ARTICLE = Article("t", "", "https://a/p.jpg", "https://a/?b=1&c=2")

CASES: list[tuple[Reply, dict[str, str]]] = [
    (TextReply("你好\n<a href='x'>&</a>"), {"MsgType": "text", "Content": "你好\n<a href='x'>&</a>"}),
    (ImageReply("m"), {"MsgType": "image", "Image": "", "Image/MediaId": "m"}),
    (VoiceReply("m"), {"MsgType": "voice", "Voice": "", "Voice/MediaId": "m"}),
    (VideoReply("m"), {"MsgType": "video", "Video": "", "Video/MediaId": "m"}),
    (
        VideoReply("m", "t", "d"),
        {"MsgType": "video", "Video": "", "Video/MediaId": "m", "Video/Title": "t", "Video/Description": "d"},
    ),
    (
        MusicReply("m", "t", "d", "u", "h"),
        {"MsgType": "music", "Music": "", "Music/ThumbMediaId": "m", "Music/Title": "t", "Music/Description": "d"}
        | {"Music/MusicUrl": "u", "Music/HQMusicUrl": "h"},
    ),
    (
        NewsReply((ARTICLE,)),
        {"MsgType": "news", "ArticleCount": "1", "Articles": "", "Articles/item": "", "Articles/item/Title": "t"}
        | {"Articles/item/Description": "", "Articles/item/PicUrl": "https://a/p.jpg"}
        | {"Articles/item/Url": "https://a/?b=1&c=2"},
    ),
    (TransferReply(), {"MsgType": "transfer_customer_service"}),
    (
        TransferReply("kf01@account"),
        {"MsgType": "transfer_customer_service", "TransInfo": "", "TransInfo/KfAccount": "kf01@account"},
    ),
]


@pytest.mark.parametrize(("reply", "expected"), CASES)
def test_renders(reply: Reply, expected: dict[str, str]) -> None:
    """Each reply is written as the platform documents it, to the sender of the message, with the time."""
    common = {"ToUserName": FROM, "FromUserName": TO, "CreateTime": "7"}
    assert fields(render(reply, MESSAGE, now=7)) == common | expected


BLANKS = [VideoReply("m", " t ", "\nd"), NewsReply((Article(" t ", "d ", "p", "u"),)), TextReply(" ")]


@pytest.mark.parametrize("reply", [*(reply for reply, _ in CASES), *BLANKS])
def test_reads_back(reply: Reply) -> None:
    """One declaration drives both directions: what is rendered reads back as the same reply."""
    assert type(reply).read(read_xml(render(reply, MESSAGE, now=7))) == reply


@pytest.mark.parametrize(("reply", "_"), CASES)
def test_a_reply_within_the_limits_is_sent_as_it_is(reply: Reply, _: object) -> None:
    """Nothing that fits is changed."""
    assert fit_reply(reply, MESSAGE) is reply


@pytest.mark.parametrize(
    ("content", "sent"),
    [
        ("a" * TEXT_LIMIT, "a" * TEXT_LIMIT),
        ("a" * 3000, "a" * (TEXT_LIMIT - 3) + "…"),
        ("你" * 1000, "你" * 681 + "…"),
        ("a" + "😀" * 1000, "a" + "😀" * 510 + "…"),
        ("a\x00\x1d\ud83d\uffffb", "ab"),
    ],
)
def test_text_is_cut_between_characters(content: str, sent: str) -> None:
    """Text over the limit keeps as many whole characters as fit before an ellipsis, and loses what XML cannot carry."""
    assert fit_reply(TextReply(content), MESSAGE) == TextReply(sent)


@pytest.mark.parametrize("content", ["", "\x00\x1d", "\ud83d"])
def test_empty_text_is_never_sent(content: str) -> None:
    """The platform shows followers its fault line for empty text, so silence takes its place."""
    assert fit_reply(TextReply(content), MESSAGE) == NoReply()


@pytest.mark.parametrize(("message", "count"), [(MESSAGE, 1), (LINK, 8), (EVENT, 8)])
def test_news_keeps_to_its_limit(message: Message, count: int) -> None:
    """As many articles as the platform would show are sent: one for the six types it names, else eight."""
    assert fit_reply(NewsReply((ARTICLE,) * 10), message) == NewsReply((ARTICLE,) * count)


@pytest.mark.parametrize(
    "build",
    [
        lambda: ImageReply(""),
        lambda: VoiceReply(""),
        lambda: VideoReply(""),
        lambda: MusicReply(""),
        lambda: TextReply(7),  # type: ignore[arg-type]
        lambda: TextReply(None),  # type: ignore[arg-type]
        lambda: VideoReply("m", 7),  # type: ignore[arg-type]
        lambda: NewsReply(()),
        lambda: NewsReply([ARTICLE]),  # type: ignore[arg-type]
        lambda: NewsReply(("t",)),  # type: ignore[arg-type]
    ],
)
def test_what_can_never_be_sent_is_not_built(build: Any) -> None:
    """A mistake is an error where it is made, with a line that says what to give."""
    with pytest.raises(InvalidReply, match=": (give|the platform)"):
        build()


@pytest.mark.parametrize("returned", [None, "hi", b"success", TextReply])
def test_only_replies_are_sent(returned: object) -> None:
    """A responder that returns something else is told what to return."""
    with pytest.raises(InvalidReply, match="return a Reply"):
        fit_reply(returned, MESSAGE)


def test_a_reply_needs_an_address() -> None:
    """A message without a sender cannot be answered, only acknowledged."""
    with pytest.raises(InvalidReply, match="no addresses"):
        fit_reply(TextReply("hi"), TextMessage())
    assert fit_reply(NoReply(), TextMessage()) == NoReply()


def test_a_reply_may_be_derived() -> None:
    """A user's special case of a reply is sent as what it is derived from, and changes nothing for that."""

    class Greeting(TextReply):
        """What newcomers get."""

    assert render(Greeting("欢迎"), MESSAGE, now=0) == render(TextReply("欢迎"), MESSAGE, now=0)
    assert REPLIES["text"] is TextReply

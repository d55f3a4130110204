"""What a message asks: a text, or a picture by the address that comes with it, which needs no access token."""

import re
from collections.abc import Callable
from typing import Final

from wechat_core import ImageMessage, Message, TextMessage

from .model import NoAnswer, Picture, Question

LARGEST: Final = 3 << 20
"""Bytes; models refuse pictures over four or five megabytes, and in a request one takes a third more."""
SECONDS: Final = 8.0
LONGEST: Final = 6000
"""Bytes of UTF-8 of a question, some two thousand Chinese characters: what is longer is not asked: it costs."""
WHAT_IS_SHOWN: Final = "这张图片里是什么？"
CANNOT_SEE: Final = "抱歉，这张图片我打不开，请换一张，或者用文字描述一下。"
TOO_LONG: Final = "抱歉，这段话太长了，请分成几段发给我，每段不超过两千字。"

_KINDS: Final = {b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png", b"GIF87a": "gif", b"GIF89a": "gif"}


def is_of_platform(host: str) -> bool:
    """Whether pictures are fetched from there: from the platform's own hosts, at their own ports, and nowhere else.

    In plain mode nobody signs a message's content: whoever has seen one URL could have us fetch from anywhere.
    """
    return bool(re.fullmatch(r"[a-z0-9-]+\.(qpic|qlogo)\.cn", host, re.IGNORECASE))


def fetch_picture(url: str, *, allowed: Callable[[str], bool] = is_of_platform, seconds: float = SECONDS) -> Picture:
    """The picture at that address.

    Raises:
        NoAnswer: there is none that a model could be shown.
    """
    from .web import request  # an expensive import, deferred until the first picture

    host = re.match(r"https?://([^/]+)/", url, re.IGNORECASE)
    if not host or not allowed(host[1]):
        raise NoAnswer("the picture is on no host of the platform's", CANNOT_SEE)
    try:
        response = request("GET", url, headers={}, seconds=seconds, limit=LARGEST)
    except NoAnswer as error:
        raise NoAnswer(f"no picture: {error.reason}", CANNOT_SEE) from None
    kind = _kind(response.body)
    if response.status != 200 or not kind:
        raise NoAnswer(f"no picture: status {response.status}, {kind or 'of no kind that models know'}", CANNOT_SEE)
    return Picture(kind, response.body)


def read_question(message: Message, fetch: Callable[[str], Picture]) -> Question:
    """What a message asks. Raises NoAnswer."""
    match message:
        case TextMessage(content=content):
            text = content.strip()
            if len(text.encode("utf-8", "surrogatepass")) > LONGEST:
                raise NoAnswer(f"the question is over {LONGEST} bytes", TOO_LONG)
            return Question(text)
        case ImageMessage(pic_url=url):
            return Question(WHAT_IS_SHOWN, fetch(url))
    raise NoAnswer(f"a message of type {type(message).__name__} asks nothing")


def _kind(content: bytes) -> str:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for start, kind in _KINDS.items() if content.startswith(start)), "")

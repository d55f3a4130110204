"""The texts for a follower whose answer is late, long or lost; each can be set.

`DEDUP_FETCH_WORD` is the word that fetches an answer, and `DEDUP_LATE_TEXT`, `DEDUP_TAIL_TEXT`, `DEDUP_ASK_AGAIN_TEXT`
and `DEDUP_NOTHING_MORE_TEXT` are the texts; in each, {word} stands for the word. Empty is the default.
"""

from collections.abc import Mapping
from typing import Final

from wechat_core.message import Message
from wechat_core.ordinary_messages import TextMessage
from wechat_core.values import Value

_TAP: Final = '<a href="weixin://bizmsgmenu?msgmenucontent={word}&msgmenuid=1">%s</a>'
"""A link that sends the word when it is tapped; where a client shows none, the word itself can be typed."""

_DEFAULTS: Final = {
    "FETCH_WORD": "继续",
    "LATE_TEXT": f"正在思考，{_TAP % '点此获取回答'}，或回复“{{word}}”。",
    "TAIL_TEXT": f"{_TAP % '点此继续'}，或回复“{{word}}”。",
    "ASK_AGAIN_TEXT": "抱歉，出了点问题，请再问一次。",
    "NOTHING_MORE_TEXT": "没有更多了。",
}


class Texts(Value):
    """The word that fetches, and the texts, whole.

    `late` is for a follower who has to wait, `tail` ends a text that continues, `ask_again` says that there will be no
    answer, and `nothing_more` that the last one has been fetched.
    """

    word: str
    late: str
    tail: str
    ask_again: str
    nothing_more: str

    def fetches(self, message: Message) -> bool:
        """Whether a message asks for what is late: a tap on the link, or the word as it is typed."""
        return isinstance(message, TextMessage) and message.content.strip() == self.word


def read_texts(environ: Mapping[str, str]) -> Texts:
    """The texts of an environment."""
    word, late, tail, ask_again, nothing_more = (
        environ.get(f"DEDUP_{name}", "").strip() or default for name, default in _DEFAULTS.items()
    )
    return Texts(word, *(text.replace("{word}", word) for text in (late, f"\n\n{tail}", ask_again, nothing_more)))

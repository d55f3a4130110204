"""A language model answers your followers. Copy this folder beside handler.py, and write there:

    from concierge import concierge

    respond = concierge()

It has three settings: `CONCIERGE_BASE_URL` and `CONCIERGE_MODEL`, or their defaults below, and the secret
`CONCIERGE_API_KEY`. Everything in capitals, here and in desk.py, is yours to change.
"""

import os
import time
from collections.abc import Mapping
from typing import Final

from wechat_aws.dedup_store import MemoryStore, Store
from wechat_aws.secrets import secret
from wechat_core import Responder

from .answers import answer_by, with_apology, with_memory
from .desk import with_desk
from .memory import Memory
from .model import Model
from .pictures import fetch_picture

BASE_URL: Final = "https://api.deepseek.com"
MODEL: Final = "deepseek-flash"
INSTRUCTIONS: Final = (
    "你是这个公众号的助理，回答用户的问题。用提问所用的语言，简短、友好，通常不超过三百字。"
    "不知道的就说不知道，不编造；需要人工处理的，请用户发送“人工”。"
)
SECONDS: Final = 45
"""For an answer; with a picture and the table, it comes before the template's ResponderSeconds are over."""
LABEL: Final = "\n\n（内容由 AI 生成）"
"""What ends each answer: in mainland China, text that a model wrote has to say so."""


def concierge(environ: Mapping[str, str] = os.environ) -> Responder:
    """The responder. Each wrapper has the type of what it wraps, so any of them can be left out.

    Raises:
        InvalidSettings: something that it needs cannot be reached as the environment says.
    """
    answer = answer_by(_model(environ), fetch=fetch_picture, allows=is_allowed)
    memory = Memory(_open_store(environ), clock=time.time)
    return with_desk(with_apology(with_memory(answer, memory, label=LABEL)))


def is_allowed(text: str) -> bool:
    """Whether a text may be asked or shown: the place for a moderation of yours. The provider has its own."""
    return bool(text)


def _model(environ: Mapping[str, str]) -> Model:
    base_url = environ.get("CONCIERGE_BASE_URL", "").strip() or BASE_URL
    name = environ.get("CONCIERGE_MODEL", "").strip() or MODEL
    if base_url == "bedrock":
        from .bedrock import Bedrock

        return Bedrock(name, instructions=INSTRUCTIONS, seconds=SECONDS)
    from .chat_completions import ChatCompletions

    return ChatCompletions(
        base_url, name, key=secret("CONCIERGE_API_KEY", environ=environ), instructions=INSTRUCTIONS, seconds=SECONDS
    )


def _open_store(environ: Mapping[str, str]) -> Store:
    """The table that keeps late answers, too; without one, this process."""
    table = environ.get("DEDUP_TABLE", "").strip()
    if not table:
        return MemoryStore()
    from wechat_aws.dedup_wiring import MEMORY, open_store  # with a table they are there already

    if table == MEMORY:
        return open_store(table, None)
    from wechat_aws.aws_client import AwsClient

    return open_store(table, AwsClient(environ))

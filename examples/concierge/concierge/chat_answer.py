"""What a model answers by OpenAI's interface, or instead of an answer."""

import json
import re
from typing import Any, Final

from .model import NoAnswer

_REFUSALS: Final = ("content_filter", "sensitive", "data_inspection_failed", "DataInspectionFailed", "1301")
_THOUGHTS: Final = re.compile(r"\A\s*<think>.*?(</think>|\Z)", re.DOTALL)


def read_answer(status: int, body: bytes) -> str:
    """The text of an answer.

    Raises:
        NoAnswer: there is none; the reason quotes nothing of it but the provider's word for what is wrong.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise NoAnswer(f"status {status}, not JSON") from None
    match answer:
        case {"error": {"code": code}} if str(code) in _REFUSALS:
            raise NoAnswer("refused by the provider")
        case {"choices": [{"message": {"content": content, **message}, **choice}, *_]} if status == 200:
            if choice.get("finish_reason") in _REFUSALS or message.get("refusal"):
                raise NoAnswer("refused by the provider")
            return _text(content)
    raise NoAnswer(f"status {status}" + (", no choices" if status == 200 else _code(answer)))


def _text(content: Any) -> str:
    if isinstance(content, list):
        content = "".join(
            part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)
        )
    text = _THOUGHTS.sub("", content).strip() if isinstance(content, str) else ""
    if not text:
        raise NoAnswer("empty answer")
    return text


def _code(answer: Any) -> str:
    """The provider's word for what is wrong, where that is one and no sentence, which might quote the question."""
    match answer:
        case {"error": {"code": str(code)}} if re.fullmatch(r"[a-z]+(_[a-z]+)+", code):
            return f", {code}"
    return ""

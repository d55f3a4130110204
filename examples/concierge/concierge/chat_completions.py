"""A model behind OpenAI's interface, which DeepSeek, Qwen, Moonshot, Zhipu, Ollama and most others have, too.

https://platform.openai.com/docs/api-reference/chat
"""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from wechat_aws.settings import InvalidSettings

from .chat_answer import read_answer
from .model import NoAnswer, Question, Turns

if TYPE_CHECKING:
    from .web import Response

_ANSWER_LIMIT: Final = 1 << 20
_BUSY: Final = (429, 503, 529)
_PATIENCE: Final = 20.0


class ChatCompletions:
    """A model by its base URL, its name and a key.

    Args:
        base_url: what the provider says, up to `/chat/completions`.
        key: gives the key, for each question anew; empty where none is needed.
        instructions: what the model is told before every conversation.
        options: more of the request, such as `{"temperature": 0.3}`.
        seconds: for an answer, a second attempt included.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        key: Callable[[], str],
        instructions: str,
        options: Mapping[str, Any] | None = None,
        seconds: float = 50,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = base_url.rstrip("/").removesuffix("/chat/completions") + "/chat/completions"
        self._fixed = {"model": model, "stream": False, **(options or {})}
        self._key = key
        self._instructions = instructions
        self._seconds = seconds
        self._sleep = sleep

    def __call__(self, question: Question, turns: Turns) -> str:
        """The answer. Raises NoAnswer."""
        end = time.monotonic() + self._seconds
        body = json.dumps(self._fixed | {"messages": self._messages(question, turns)}).encode()
        response = self._post(body, self._seconds)
        if response.status in _BUSY:
            pause = _pause(response)
            if time.monotonic() + pause < end:
                self._sleep(pause)
                response = self._post(body, end - time.monotonic())
        return read_answer(response.status, response.body)

    def _post(self, body: bytes, seconds: float) -> "Response":
        from .web import request  # an expensive import, deferred until the first question

        try:
            key = self._key().strip()
        except InvalidSettings as error:  # it names the secret, not what it holds
            raise NoAnswer(str(error)) from None
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        return request("POST", self._url, headers=headers, body=body, seconds=seconds, limit=_ANSWER_LIMIT)

    def _messages(self, question: Question, turns: Turns) -> list[dict[str, Any]]:
        said = [{"role": "system", "content": self._instructions}]
        for turn in turns:
            said += [{"role": "user", "content": turn.question}, {"role": "assistant", "content": turn.answer}]
        return [*said, {"role": "user", "content": _content(question)}]


def _content(question: Question) -> Any:
    if not question.picture:
        return question.text
    data = b64encode(question.picture.content).decode()
    picture = {"url": f"data:image/{question.picture.kind};base64,{data}"}
    return [{"type": "text", "text": question.text}, {"type": "image_url", "image_url": picture}]


def _pause(response: "Response") -> float:
    """How long to be patient: what the provider asks for, within reason."""
    asked = response.headers.get("retry-after", "")
    return min(float(asked), _PATIENCE) if asked.isascii() and asked.isdecimal() else 5.0

"""The platform in real time: it delivers messages to a function of real processes, and keeps what followers saw."""

import random
import threading
import time
from secrets import token_hex
from typing import Any, Final

from harness.lambda_processes import Function
from tests.wechat import fields, proxy_event, query
from wechat_aws.late_texts import read_texts
from wechat_core.ordinary_messages import TextMessage

LISTENS: Final = 5.0
TEXTS: Final = read_texts({})
FAULT: Final = "fault line"


class Sent:
    """A message, and what its follower saw: when, after so many seconds, and what."""

    def __init__(self, number: int, seconds: float) -> None:
        self.number, self.seconds = number, seconds
        self.began = time.time()
        self.seen: list[tuple[float, str]] = []

    @property
    def answer(self) -> str:
        """What is to be shown once."""
        return f"re {self.number}"

    @property
    def shown(self) -> list[float]:
        """When it was shown."""
        return [when for when, what in self.seen if what == self.answer]

    def has_seen(self, text: str) -> bool:
        """Whether the follower saw a text."""
        return any(what == text for _, what in self.seen)


class Platform:
    """Delivers messages of followers, each of whom waits for one answer."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self._account = f"gh_{token_hex(6)}"  # a table is shared by what was sent before
        self._fetches = 10**6
        self._lock = threading.Lock()

    def ask(self, number: int, seconds: float, crash_after: float | None = None) -> Sent:
        """Send a message, and fetch its answer while it is late."""
        sent = Sent(number, seconds)
        what = self._send(sent, number, f"take {seconds}", crash_after)
        for _ in range(20):
            if what != TEXTS.late:
                break
            time.sleep(random.uniform(0.5, 2))
            what = self._send(sent, self._fetch_number(), TEXTS.word)
        return sent

    def fetch(self, sent: Sent) -> str:
        """Fetch once more; what is seen."""
        return self._send(sent, self._fetch_number(), TEXTS.word)

    def key_of(self, number: int) -> str:
        """The key of a message's record."""
        return TextMessage(to_user_name=self._account, from_user_name=f"o{number}", msg_id=str(number)).key

    def _fetch_number(self) -> int:
        with self._lock:
            self._fetches += 1
            return self._fetches

    def _send(self, sent: Sent, msg_id: int, content: str, crash_after: float | None = None) -> str:
        created = int(time.time())
        what = FAULT
        for delivery in (1, 2, 3):
            answer = self._deliver(sent, msg_id, content, created, crash_after if delivery == 1 else None)
            if answer is not None:
                what = answer
                break
        sent.seen.append((round(time.time() - sent.began, 2), what))
        return what

    def _deliver(self, sent: Sent, msg_id: int, content: str, created: int, crash_after: float | None) -> str | None:
        body = (
            f"<xml><ToUserName>{self._account}</ToUserName><FromUserName>o{sent.number}</FromUserName>"
            f"<CreateTime>{created}</CreateTime><MsgType>text</MsgType><Content>{content}</Content>"
            f"<MsgId>{msg_id}</MsgId></xml>"
        )
        event = proxy_event("POST", query(timestamp=str(created)), body.encode())
        event["requestContext"]["timeEpoch"] = int(time.time() * 1000)
        answered: list[dict[str, Any] | None] = []
        done = threading.Event()

        def invoke() -> None:
            answered.append(self.function.invoke(event, crash_after))
            done.set()

        threading.Thread(target=invoke, daemon=True).start()
        if not done.wait(LISTENS) or answered[0] is None:
            return None
        assert answered[0]["statusCode"] == 200
        return "" if answered[0]["body"] == "success" else fields(answered[0]["body"])["Content"]

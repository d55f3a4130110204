"""The platform in real time: it delivers messages to a function of real processes, and keeps what followers saw."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from secrets import token_hex
from typing import Final
from xml.etree import ElementTree

from harness.lambda_processes import Function
from wechat_aws.late_texts import read_texts
from wechat_core.ordinary_messages import TextMessage
from wechat_sim.local.proxy_events import HttpRequest, http_api_event
from wechat_sim.platform import sample
from wechat_sim.platform.inbound import choose_nonce, sign_query, write_message

LISTENS: Final = 5.0
TEXTS: Final = read_texts({})
FAULT: Final = "fault line"


class Sent:
    """A message, and what its follower saw, one thing after the other."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.seen: list[str] = []

    @property
    def shown(self) -> int:
        """How often the answer was seen, which is to be once."""
        return self.seen.count(f"re {self.number}")


class Platform:
    """Delivers messages of followers, each of whom waits for one answer."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self._account = f"gh_{token_hex(6)}"  # a table is shared by what was sent before
        self._fetches = count(10**6)
        self._deliveries = ThreadPoolExecutor(256)

    def ask(self, number: int, seconds: float, crash_after: float | None = None) -> Sent:
        """Send a message, and fetch its answer while it is late."""
        sent = Sent(number)
        what = self._send(sent, number, f"take {seconds}", crash_after)
        for _ in range(20):
            if what != TEXTS.late:
                break
            time.sleep(random.uniform(0.5, 2))
            what = self._send(sent, next(self._fetches), TEXTS.word)
        return sent

    def key_of(self, number: int) -> str:
        """The key of a message's record."""
        return TextMessage(to_user_name=self._account, from_user_name=f"o{number}", msg_id=str(number)).key

    def _send(self, sent: Sent, msg_id: int, content: str, crash_after: float | None = None) -> str:
        now, fields = int(time.time()), {"ToUserName": self._account, "Content": content}
        body = write_message("text", fields, follower=f"o{sent.number}", created=now, msg_id=msg_id)
        query = sign_query(sample.TOKEN, timestamp=now, nonce=choose_nonce())
        answers = (self._deliver(query, body, crash) for crash in (crash_after, None, None))
        what = next((answer for answer in answers if answer is not None), FAULT)
        sent.seen.append(what)
        return what

    def _deliver(self, query: str, body: bytes, crash_after: float | None) -> str | None:
        """What the follower sees of the answer; None where there is none in time."""
        headers = (("Content-Type", "text/xml"),)
        request = HttpRequest("POST", "api", "/wechat", query, headers, body, "127.0.0.1", "request", time.time())
        try:
            answer = self._deliveries.submit(self.function.invoke, http_api_event(request), crash_after).result(LISTENS)
        except TimeoutError:
            return None
        if answer is None:
            return None
        assert answer["statusCode"] == 200
        return "" if answer["body"] == "success" else ElementTree.fromstring(answer["body"]).findtext("Content", "")

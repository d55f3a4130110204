"""The platform, a store behind a network and the functions that Lambda runs, in virtual time."""

from collections.abc import Callable, Iterable
from functools import partial
from random import Random
from typing import Final

from harness.virtual_time import Process, World
from wechat_aws.dedup_delivery import Rules
from wechat_aws.dedup_store import Change, Item, MemoryStore, Store, StoreFailed
from wechat_aws.late import with_late_answers
from wechat_aws.late_texts import read_texts
from wechat_core.message import Message
from wechat_core.ordinary_messages import TextMessage
from wechat_core.replies import NoReply, Reply, TextReply

NOW: Final = 1795143600.0
LISTENS: Final = 5.0
TEXTS: Final = read_texts({})
LATE, ASK_AGAIN = TextReply(TEXTS.late), TextReply(TEXTS.ask_again)
NOTHING_MORE = TextReply(TEXTS.nothing_more)
FAULT: Final = "fault line"
"""What the platform shows whose deliveries were not answered."""


def kind(change: Change | None) -> str:
    """What a call of the store is for."""
    match change:
        case None:
            return "read"
        case Change(once={"reply": _}):
            return "keep"
        case Change(add={"deliveries": _}):
            return "claim"
        case Change(where={"beat": _}):
            return "take over"
        case Change(put={"owner": "-"}):
            return "release"
        case Change(once={"taken_by": _}):
            return "take"
        case Change(add={"queue": _}):
            return "note"
        case Change(drop={"queue": _}):
            return "drop"
        case Change(put={"beat": _}):
            return "beat"
    return "other"


class Network(Store):
    """A store at the other end of a network, whose calls may fail in four ways; `fails` says how the next one does."""

    def __init__(self, world: World, fails: Callable[[], str], draw: Random, store: Store | None = None) -> None:
        self._world, self._fails, self._draw = world, fails, draw
        self.store = store or MemoryStore()
        self.reads = self.writes = 0

    def read(self, key: str, *, timeout: float) -> Item | None:
        self.reads += 1
        return self._call(partial(self.store.read, key, timeout=timeout), timeout)

    def update(self, key: str, change: Change, *, timeout: float) -> Item | None:
        self.writes += 1
        return self._call(partial(self.store.update, key, change, timeout=timeout), timeout)

    def _call(self, call: Callable[[], Item | None], timeout: float) -> Item | None:
        """Two attempts, as the client makes them: a hanging one takes half of the time."""
        try:
            return self._attempt(call, timeout / 2)
        except StoreFailed as error:
            if error.lasting:
                raise
        return self._attempt(call, timeout / 2)

    def _attempt(self, call: Callable[[], Item | None], timeout: float) -> Item | None:
        fault = self._fails()
        self._world.sleep(self._draw.uniform(0.002, 0.02))
        match fault:
            case "":
                return call()
            case "hang":
                self._world.sleep(timeout)
            case "reset after":
                call()
            case "lost":
                call()
                self._world.sleep(timeout)
        raise StoreFailed(fault, lasting=fault == "missing")


class Platform:
    """Delivers messages as WeChat does, each delivery to a process of its own, and tells what the follower sees.

    `seconds` says how long a run of the responder takes, `replies` what it returns or raises; `runs` are what it was
    run with.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self.world, self.draw = World(NOW), Random(seed)
        self.faults: Callable[[], str] = lambda: ""
        self.store = Network(self.world, lambda: self.faults(), self.draw)
        self.runs: list[Message] = []
        self.notices: list[tuple[str, int, str]] = []
        self.seconds: Callable[[Message], float] = lambda message: 1.0
        self.replies: Callable[[Message], Reply | BaseException] = lambda message: TextReply(f"re {message.msg_id}")
        self.shown: list[tuple[float, Message, Reply | str]] = []
        self.executions: list[tuple[float, float]] = []
        self.answers: list[tuple[Message, int, float, Reply | BaseException]] = []
        rules = Rules(
            self._respond,
            self.store,
            lambda what, number, reason: self.notices.append((what, number, reason)),
            TEXTS,
            self.world.time,
            lambda: 0.0,
        )
        self.respond = with_late_answers(rules)

    def _respond(self, message: Message) -> Reply:
        self.runs.append(message)
        self.world.sleep(self.seconds(message))
        reply = self.replies(message)
        if isinstance(reply, BaseException):
            raise reply
        return reply

    def send(self, message: Message, *, crashes: Iterable[tuple[int, float]] = ()) -> Reply | str:
        """Deliver a message up to three times, from within a task; what the follower sees.

        `crashes` are deliveries, by number, whose process dies so many seconds after it began.
        """
        dying = dict(crashes)
        me = self.world.task
        for number in (1, 2, 3):
            answer: list[Reply | BaseException] = []
            process = Process((message.msg_id, number))
            self.world.sleep(self.draw.uniform(0.01, 0.1))
            heard_until = self.world.now + LISTENS

            def hang_up(heard_until: float = heard_until) -> bool:
                """What ends the platform's wait for this delivery; whether it still waited."""
                if self.world.now >= heard_until:
                    return False
                self.world.wake(me)
                return True

            self.world.start(partial(self._function, message, number, answer, hang_up), process)
            if number in dying:
                self.world.at(self.world.now + dying[number], partial(self._crash, process, hang_up))
            self.world.sleep(LISTENS)
            if answer:
                reply: Reply | str = answer[0] if isinstance(answer[0], Reply) else NoReply()
                self.shown.append((self.world.now, message, reply))
                return reply
        self.shown.append((self.world.now, message, FAULT))
        return FAULT

    def _crash(self, process: Process, hang_up: Callable[[], bool]) -> None:
        if not process.dead:
            process.dead = True
            hang_up()

    def _function(
        self, message: Message, number: int, answer: list[Reply | BaseException], hang_up: Callable[[], bool]
    ) -> None:
        outcome: Reply | BaseException
        began = self.world.now
        try:
            outcome = self.respond(message)
        except Exception as error:
            outcome = error
        self.world.process.dead = True  # frozen
        self.executions.append((began, self.world.now))
        self.answers.append((message, number, self.world.now, outcome))
        if hang_up():
            answer.append(outcome)


def text(number: int, content: str = "hi", *, at: float = NOW) -> TextMessage:
    """A text of the one follower, written at a time."""
    return TextMessage(
        to_user_name="gh_1", from_user_name="o1", msg_id=str(number), content=content, create_time=int(at)
    )

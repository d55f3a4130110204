"""De-duplication, case by case in virtual time, then with threads and sockets in real time."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import Queue
from types import SimpleNamespace
from typing import Any, Final

import pytest

from tests.aws.conftest import ROOT, TABLE, store_of
from tests.virtual_time import Process, World
from tests.wechat import NOW, TOKEN, build_handler, fields, message, proxy_event, query
from wechat_aws.aws_client import AwsClient
from wechat_aws.dedup import Notice, deduplicated, start_thread
from wechat_aws.dedup_store import KEPT_SECONDS, MemoryStore, Record, Store, StoreFailed
from wechat_aws.dynamo_store import TIMEOUT_SECONDS, with_table
from wechat_aws.settings import read_settings
from wechat_aws.telemetry import SERVICE, Telemetry
from wechat_core.callback import Responder
from wechat_core.errors import InvalidReply
from wechat_core.message import Message
from wechat_core.messages import TextMessage
from wechat_core.replies import NoReply, Reply, TextReply

MESSAGE: Final = TextMessage(to_user_name="gh_1", from_user_name="o1", msg_id="1", content="hi")
HI, LATE = TextReply("hi"), TextReply("still working")

type Answer = tuple[float, Reply | BaseException]


class FailingStore(MemoryStore):
    """A store some of whose calls fail, by name and for so many times; it counts them all."""

    def __init__(self, **failures: int) -> None:
        super().__init__()
        self.failures = failures
        self.calls: Counter[str] = Counter()

    def claim(self, key: str, owner: str, *, now: float, until: float) -> Record:
        self._fail("claim")
        return super().claim(key, owner, now=now, until=until)

    def read(self, key: str, *, now: float) -> Record | None:
        self._fail("read")
        return super().read(key, now=now)

    def take_over(self, key: str, owner: str, *, seen: str, until: float) -> bool:
        self._fail("take_over")
        return super().take_over(key, owner, seen=seen, until=until)

    def keep(self, key: str, owner: str, reply: Reply) -> bool:
        self._fail("keep")
        return super().keep(key, owner, reply)

    def release(self, key: str, owner: str) -> bool:
        self._fail("release")
        return super().release(key, owner)

    def _fail(self, call: str) -> None:
        self.calls[call] += 1
        if self.calls[call] <= self.failures.get(call, 0):
            raise StoreFailed(f"{call} failed")


class LosingStore(MemoryStore):
    """A store that does what it is asked, but whose first answer to one call is lost."""

    def __init__(self, lost: str) -> None:
        super().__init__()
        self._lost = {lost}

    def claim(self, key: str, owner: str, *, now: float, until: float) -> Record:
        return self._lose("claim", super().claim(key, owner, now=now, until=until))

    def take_over(self, key: str, owner: str, *, seen: str, until: float) -> bool:
        return self._lose("take_over", super().take_over(key, owner, seen=seen, until=until))

    def _lose[T](self, call: str, answer: T) -> T:
        if call in self._lost:
            self._lost.clear()
            raise StoreFailed("answer lost")
        return answer


class Scene:
    """A responder and the deliveries of messages to it, in virtual time that begins at 0.

    Each run of the responder takes the next of `runs`: the seconds it lasts, and what it returns or raises.
    """

    def __init__(self, *runs: tuple[float, Any], store: Store | None = None, late: Reply = LATE) -> None:
        self.world = World(0)
        self.store = store or FailingStore()
        self.runs = list(runs)
        self.ran = 0
        self.notices: list[tuple[Notice, int, str]] = []
        world = self.world
        self.respond = deduplicated(
            self._respond,
            store=self.store,
            notice=lambda what, number, reason: self.notices.append((what, number, reason)),
            late=late,
            clock=world.clock,
            sleep=world.sleep,
            start=world.start,
        )

    def _respond(self, message: Message) -> Reply:
        seconds, outcome = self.runs[self.ran]
        self.ran += 1
        self.world.sleep(seconds)
        if isinstance(outcome, BaseException):
            raise outcome
        reply: Reply = outcome
        return reply

    def deliver(self, *times: float, message: Message = MESSAGE, dies: float | None = None) -> list[Answer | None]:
        """When each delivery is answered, and with what; the first one may die, which is None."""
        answers: list[Answer | None] = [None] * len(times)

        def delivery(index: int) -> None:
            answer: Reply | BaseException
            try:
                answer = self.respond(message)
            except (Exception, SystemExit) as error:
                answer = error
            answers[index] = round(self.world.now, 2), answer

        processes = [Process() for _ in times]
        for index, when in enumerate(times):
            self.world.at(when, partial(self.world.start, partial(delivery, index), processes[index]))
        if dies is not None:
            self.world.at(dies, lambda: setattr(processes[0], "dead", True))
        self.world.run()
        return answers

    @property
    def counts(self) -> Counter[str]:
        """How often each thing was noticed."""
        return Counter(what for what, _, _ in self.notices)


def test_one_delivery() -> None:
    """Most messages are delivered once: two writes, nothing to notice, and the reply as it was returned."""
    store = FailingStore()
    scene = Scene((1, HI), store=store)
    assert scene.deliver(0) == [(1, HI)]
    assert store.calls == {"claim": 1, "keep": 1}
    assert not scene.notices


def test_the_responder_is_given_the_message() -> None:
    """What is wrapped sees what it would see without."""
    respond = deduplicated(lambda message: TextReply(message.msg_id), store=MemoryStore(), notice=lambda *_: None)
    assert respond(MESSAGE) == TextReply("1")


def test_a_run_beside_does_not_keep_the_process() -> None:
    """The thread that the last delivery runs its responder in is another one, and ends with the process."""
    ran: Queue[threading.Thread] = Queue()
    start_thread(lambda: ran.put(threading.current_thread()))
    thread = ran.get(timeout=5)
    assert thread is not threading.current_thread()
    assert thread.daemon


def test_a_finished_message_gets_the_same_reply() -> None:
    """The reply was lost on its way: the next delivery is given it at once, and nothing runs again."""
    scene = Scene((1, HI))
    assert scene.deliver(0, 5) == [(1, HI), (5, HI)]
    assert scene.notices == [("RetriesAnswered", 2, "")]


def test_a_running_message_is_waited_for() -> None:
    """The second delivery reads until the first has kept its reply, four times a second, and is answered with that."""
    store = FailingStore()
    scene = Scene((7.1, HI), store=store)
    assert scene.deliver(0, 5) == [(7.1, HI), (7.25, HI)]
    assert store.calls == {"claim": 2, "keep": 1, "read": 9}
    assert scene.notices == [("RetriesJoined", 2, ""), ("RetriesAnswered", 2, "")]


def test_the_third_delivery_carries_what_took_fourteen_seconds() -> None:
    """The second says nothing while its connection is open, the third is in time."""
    answers = Scene((13.9, HI)).deliver(0, 5, 10)
    assert answers == [(13.9, HI), (11, NoReply()), (14, HI)]


@pytest.mark.parametrize("late", [LATE, NoReply()])
def test_the_last_delivery_is_answered_in_time(late: Reply) -> None:
    """Without a reply in time the follower gets the text for that, or silence, and not the platform's fault line."""
    scene = Scene((20, HI), (20, HI), late=late)
    assert scene.deliver(0, 5, 10, dies=14)[1:] == [(11, NoReply()), (14.5, late)]
    assert scene.counts == {"RetriesJoined": 2, "DeadlinesMissed": 1}


def test_no_reply_is_a_reply() -> None:
    """What the responder leaves unanswered is finished as well."""
    scene = Scene((6, NoReply()))
    assert scene.deliver(0, 5, 7) == [(6, NoReply()), (6, NoReply()), (7, NoReply())]
    assert scene.ran == 1


@pytest.mark.parametrize("error", [ValueError(), SystemExit()])
def test_a_responder_that_raises_is_run_anew(error: BaseException) -> None:
    """What it raises is raised, as without de-duplication; the delivery that waits runs it once more."""
    scene = Scene((6, error), (1, HI))
    assert scene.deliver(0, 5) == [(6, error), (7, HI)]


def test_what_cannot_be_sent_is_not_kept() -> None:
    """A reply that the callback would refuse is refused here, and the responder run anew."""
    scene = Scene((6, "hi"), (1, HI))
    (when, error), second = scene.deliver(0, 5)  # type: ignore[misc]
    assert (when, type(error), second) == (6, InvalidReply, (7, HI))


@pytest.mark.parametrize(("dies", "end"), [(1, 14), (13.9, 14)])
def test_a_dead_owner_is_succeeded(dies: float, end: float) -> None:
    """A claim whose owner died ends by itself, but not while one could live; the delivery that waits takes over."""
    scene = Scene((20, HI), (0.3, HI), store=MemoryStore())
    assert scene.deliver(0, 5, 10, dies=dies) == [None, (11, NoReply()), (end + 0.3, HI)]


def test_the_last_delivery_answers_in_time_what_it_runs_itself() -> None:
    """It waits no longer for its own run than for another's, and gets from it what there is in time."""
    broken = ValueError()
    assert Scene((8, broken), (4, broken), (1, HI)).deliver(0, 5, 10)[2] == (13, HI)
    assert Scene((8, broken), (4, broken), (1, broken)).deliver(0, 5, 10)[2] == (13, broken)
    scene = Scene((8, broken), (4, broken), (9, HI))
    assert scene.deliver(0, 5, 10)[2] == (14.5, LATE)
    assert scene.counts["DeadlinesMissed"] == 1


def test_a_later_delivery_gets_what_the_last_one_ran() -> None:
    """A run that the last delivery did not wait for keeps its reply all the same."""
    broken = ValueError()
    assert Scene((8, broken), (4, broken), (9, HI)).deliver(0, 5, 10, 21.5)[3] == (21.5, HI)


def test_followers_are_apart() -> None:
    """Equal MsgIds of two followers are two messages."""
    scene = Scene((1, HI), (1, LATE))
    assert scene.deliver(0) == [(1, HI)]
    assert scene.deliver(2, message=MESSAGE.replace(from_user_name="o2")) == [(3, LATE)]


def test_messages_expire() -> None:
    """After the record's minutes the same message is a new one."""
    assert Scene((1, HI), (1, LATE)).deliver(0, KEPT_SECONDS + 1) == [(1, HI), (KEPT_SECONDS + 2, LATE)]


def test_without_a_claim_the_responder_runs() -> None:
    """The store fails first: the reply is given as without de-duplication, and the store left alone."""
    store = FailingStore(claim=1)
    scene = Scene((1, HI), store=store)
    assert scene.deliver(0) == [(1, HI)]
    assert store.calls == {"claim": 1}
    assert scene.notices == [("StoreFailures", 0, "claim failed")]


def test_a_reply_that_cannot_be_kept_is_given() -> None:
    """The store fails last: the reply is given all the same, after one attempt."""
    store = FailingStore(keep=99)
    scene = Scene((1, HI), store=store)
    assert scene.deliver(0) == [(1, HI)]
    assert store.calls == {"claim": 1, "keep": 1}
    assert scene.notices == [("StoreFailures", 1, "keep failed")]


def test_a_late_reply_is_kept_as_soon_as_it_can_be() -> None:
    """Nobody hears the first delivery any more, so it tries until its reply is there for the second."""
    scene = Scene((7, HI), store=FailingStore(keep=3))
    assert scene.deliver(0, 5) == [(7.75, HI), (7.75, HI)]
    assert scene.counts["StoreFailures"] == 3


def test_a_late_reply_is_not_kept_at_any_price() -> None:
    """It stops trying before its process is ended."""
    assert Scene((7, HI), store=FailingStore(keep=99)).deliver(0) == [(13, HI)]


def test_a_release_that_fails_is_tried_again() -> None:
    """The claim of a late responder that raised is released as soon as it can be; of a quick one, after one attempt."""
    error = ValueError()
    assert Scene((7, error), (1, HI), store=FailingStore(release=2)).deliver(0, 5) == [(7.5, error), (8.5, HI)]
    assert Scene((1, error), store=FailingStore(release=2)).deliver(0) == [(1, error)]


def test_reads_that_fail_are_passed_over() -> None:
    """The delivery that waits goes on waiting: to run a claimed message would be to run it twice."""
    scene = Scene((7, HI), store=FailingStore(read=8))
    assert scene.deliver(0, 5) == [(7, HI), (7.25, HI)]
    assert (scene.ran, scene.counts["StoreFailures"]) == (1, 8)


def test_a_take_over_that_fails_is_tried_again() -> None:
    """As long as there is time to."""
    scene = Scene((6, ValueError()), (1, HI), store=FailingStore(take_over=2))
    assert scene.deliver(0, 5)[1] == (7.5, HI)


def test_a_claim_whose_answer_was_lost_is_kept_to() -> None:
    """The store had claimed the message after all, so the others wait for this reply, and get it."""
    scene = Scene((7, HI), store=LosingStore("claim"))
    assert scene.deliver(0, 5) == [(7, HI), (7, HI)]


def test_a_take_over_whose_answer_was_lost_is_found_out() -> None:
    """The delivery reads that the claim has become its own."""
    scene = Scene((6, ValueError()), (1, HI), store=LosingStore("take_over"))
    assert scene.deliver(0, 5)[1] == (7.25, HI)


def ignore(what: Notice, number: int, reason: str) -> None:
    """Notice nothing."""


def slow(seconds: float) -> tuple[Responder, list[Message]]:
    """A responder that takes real time, and the messages it ran for."""
    runs: list[Message] = []

    def respond(message: Message) -> Reply:
        runs.append(message)
        time.sleep(seconds)
        return TextReply(f"run {len(runs)}")

    return respond, runs


@pytest.mark.parametrize("name", ["memory", "dynalite_table"])
def test_twenty_at_once(request: pytest.FixtureRequest, name: str) -> None:
    """Twenty threads deliver one message at once: it runs once, and all are answered alike."""
    store: Store = MemoryStore()
    if name != "memory":
        request.getfixturevalue(name)
        store = store_of()
    respond, runs = slow(0.5)
    respond = deduplicated(respond, store=store, notice=ignore)
    barrier = threading.Barrier(20)

    def deliver(_: int) -> Reply:
        barrier.wait()
        return respond(MESSAGE)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(deliver, range(20)))
    assert (answers, len(runs)) == ([TextReply("run 1")] * 20, 1)


@pytest.mark.enable_socket
@pytest.mark.parametrize("listening", [True, False])
@pytest.mark.parametrize("dies", ["before", "after"])
def test_a_dead_service_costs_less_than_a_second(
    dynalite_table: Any, monkeypatch: pytest.MonkeyPatch, listening: bool, dies: str
) -> None:
    """DynamoDB hangs or is gone, before the responder runs or after: the reply is given, and the failure counted."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        if not listening:
            server.close()
        dead = f"http://127.0.0.1:{server.getsockname()[1]}" if listening else "http://127.0.0.1:9"
        notices: list[tuple[Notice, int, str]] = []
        stores: list[Any] = [store_of(timeout=TIMEOUT_SECONDS)]
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dead)
        stores.append(store_of(timeout=TIMEOUT_SECONDS))
        if dies == "before":
            stores.reverse()
        store: Any = SimpleNamespace(claim=stores[0].claim, keep=stores[1].keep)
        respond = deduplicated(slow(0)[0], store=store, notice=lambda *notice: notices.append(notice))
        started = time.monotonic()
        assert respond(MESSAGE) == TextReply("run 1")
        assert time.monotonic() - started < 1
        assert [(what, number) for what, number, _ in notices] == [("StoreFailures", int(dies == "after"))]


def built(respond: Responder, **environ: str) -> Callable[..., str]:
    """Delivers a signed message, the same unless told, to a callback with a table; gives what the follower sees."""
    began = time.monotonic()
    lambda_handler = build_handler(
        {**os.environ, "WECHAT_ACCOUNT": json.dumps({"token": TOKEN}), "DEDUP_TABLE": TABLE, **environ},
        respond=respond,
        clock=lambda: NOW + time.monotonic() - began,
    )

    def deliver(msg_id: str = "1") -> str:
        body = message("text", "<Content>hi</Content>", f"<MsgId>{msg_id}</MsgId>")
        answer = lambda_handler(proxy_event("POST", query(), body), None)
        assert answer["statusCode"] == 200
        return "" if answer["body"] == "success" else fields(answer["body"])["Content"]

    return deliver


def test_without_a_table_nothing_of_it_is_imported() -> None:
    """An echo starts as if there were no de-duplication: no client, and none of its modules."""
    code = "import sys, handler; print(*sys.modules)"
    environ = os.environ | {"WECHAT_ACCOUNT": json.dumps({"token": TOKEN}), "DEDUP_TABLE": " "}
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, check=True)
    imported = set(process.stdout.decode().split())
    assert "wechat_aws.telemetry" in imported
    assert not {"ssl", "wechat_aws.aws_client", "wechat_aws.dedup", "wechat_aws.dynamo_store"} & imported


@pytest.mark.parametrize(("text_", "reply"), [("", NoReply()), ("还在想……", TextReply("还在想……"))])
def test_the_late_text_is_a_setting(moto_table: Any, text_: str, reply: Reply) -> None:
    """What the last delivery is answered with is the configured text, or silence where there is none."""
    settings = read_settings({"WECHAT_ACCOUNT": "{}", "DEDUP_TABLE": TABLE, "DEDUP_LATE_TEXT": f" {text_} "})
    times = iter([0.0, 1.0, 2.0, 3.0, 9.0])
    store_of().claim(MESSAGE.key, "another", now=0, until=99)
    respond = with_table(slow(0)[0], settings, client=AwsClient(os.environ), notice=ignore, clock=lambda: next(times))
    store_of().claim(MESSAGE.key, "another", now=0, until=99)
    assert respond(MESSAGE) == reply


@pytest.mark.enable_socket
def test_a_slow_responder_end_to_end(dynalite_table: Any) -> None:
    """In real time, through the whole function: a responder takes seven seconds, and the delivery after five has it."""
    respond, runs = slow(7)
    deliver = built(respond)
    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(deliver)
        time.sleep(5)
        assert deliver() == "run 1"
        assert 7 <= time.monotonic() - started < 7.6
        assert first.result() == "run 1"
    assert len(runs) == 1


@pytest.mark.parametrize(("what", "level"), [("DeadlinesMissed", "WARNING"), ("StoreFailures", "ERROR")])
def test_a_notice_is_as_grave_as_it_is(what: str, level: str, printed: Callable[[], list[dict[str, Any]]]) -> None:
    """A follower without a reply is a warning, a table that fails is an error; each is counted."""
    Telemetry(SERVICE).noticed(what, 2, "")
    log, metrics = printed()
    assert (log["message"], log["level"], log["delivery"]) == (what, level, 2)
    assert metrics[what] == [1.0]


def test_what_is_noticed_is_written(moto_table: Any, printed: Callable[[], list[dict[str, Any]]]) -> None:
    """What became of a retry stands in its request's line; a failure of the table has a line and a metric."""
    respond, _ = slow(0)
    deliver = built(respond)
    assert deliver() == "run 1"
    printed()
    assert deliver() == "run 1"
    (request,) = printed()
    assert (request["message"], request["delivery"], request["retry"]) == ("answered", 2, "RetriesAnswered")
    assert deliver("2") == "run 2"
    assert "delivery" not in printed()[0]
    moto_table.delete_table(TableName=TABLE)
    with pytest.raises(StoreFailed):  # moto takes its time for the first refusal
        store_of().read("1", now=0)
    assert deliver() == "run 3"
    log, metrics = printed()[:2]
    assert (log["message"], log["level"]) == ("StoreFailures", "ERROR")
    assert log["reason"] == f"the table {TABLE} cannot be had (ResourceNotFoundException)"
    assert metrics["StoreFailures"] == [1.0]

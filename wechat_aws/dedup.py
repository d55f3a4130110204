"""De-duplication: one run of the responder and one reply, whichever delivery of a message is still listening.

The platform waits five seconds for an answer, and delivers a message up to three times. The first delivery claims it,
runs the responder and keeps the reply, however long that takes; a later one is answered with what was kept, or waits
for it. The last one has to answer: with the reply, or with how to fetch it (late.py). A store that fails costs a
moment, never the reply. How each race is decided is in docs/adr/0012-late-answers.md.
"""

from typing import Final

from wechat_aws.dedup_delivery import ANSWER_WITHIN, HOLD, NOTING, POLL, SILENCE, Delivery
from wechat_aws.dedup_life import BEAT, Watch, show_life
from wechat_aws.dedup_records import Kept, MessageRecord
from wechat_aws.dedup_time import OutOfTime
from wechat_aws.late_pieces import make_kept, show_kept
from wechat_core.message import Message
from wechat_core.replies import Reply, TextReply

LEAST: Final = 1.0
"""Seconds without which a run is not worth starting."""
_ANSWERABLE: Final = {"", "subscribe", "SCAN", "CLICK", "scancode_waitmsg"}
"""The events with which a follower asks for something; to any other nobody waits for an answer."""


def answer_once(delivery: Delivery) -> Reply:
    """The reply to a delivery of a message that fetches nothing; what the responder raises is raised."""
    record = delivery.claim()
    if record is None and delivery.is_later:
        record = delivery.read()
    return _follow(delivery, record) if record else _run(delivery)


def _follow(delivery: Delivery, record: MessageRecord) -> Reply:
    """The reply of the delivery that runs the message; if that has given up or died, run it here."""
    watch, deadline = Watch(delivery), delivery.arrived + (ANSWER_WITHIN - NOTING if delivery.is_last else HOLD)
    while record.kept is None:
        if record.owner == delivery.name or (watch.is_dead(record) and _take_over(delivery, record)):
            return _run(delivery)
        if delivery.now >= deadline:
            return _give_up(delivery)
        pause = POLL if delivery.left > 0 else BEAT  # when nobody listens, it waits only to take over
        delivery.rules.time.sleep(min(pause, deadline - delivery.now))
        record = delivery.read() or record
    delivery.notice("RetriesAnswered")
    return _show(delivery, record.kept)


def _take_over(delivery: Delivery, seen: MessageRecord) -> bool:
    if delivery.is_last and delivery.left < LEAST:
        return False
    return bool(delivery.try_(lambda: delivery.records.take_over(delivery.key, delivery.name, seen=seen)))


def _run(delivery: Delivery) -> Reply:
    try:
        with show_life(delivery):
            reply = _respond(delivery)
            kept = make_kept(reply, delivery)  # raises here what cannot be sent, and not when it has been kept
    except OutOfTime:
        return _break_off(delivery)
    except BaseException:
        _release(delivery)
        raise
    record = delivery.keep(delivery.key, kept)
    if record and record.kept and record.kept != kept:
        return _show(delivery, record.kept)  # another run was faster
    return show_kept(kept, delivery) if kept.rest else reply


def _respond(delivery: Delivery) -> Reply:
    """Run the responder; in the last delivery only until the answer is due, since nobody would see a later one."""
    rules = delivery.rules
    if not delivery.is_last:
        return rules.respond(delivery.message)
    return rules.time.within(delivery.left - NOTING, lambda: rules.respond(delivery.message))


def _release(delivery: Delivery) -> None:
    delivery.try_(lambda: delivery.records.release(delivery.key, delivery.name))


def _show(delivery: Delivery, kept: Kept) -> Reply:
    """The kept reply. The last delivery takes what it shows, so that a fetch does not show it as well."""
    if delivery.is_last:
        taken = delivery.try_(lambda: delivery.records.take(delivery.key, delivery.key))
        if taken and taken.taken_by != delivery.key:
            return SILENCE
    return show_kept(kept, delivery)


def _break_off(delivery: Delivery) -> Reply:
    """Answer though the run was broken off: with another run's reply, or with an apology."""
    _release(delivery)
    record = delivery.read()
    return _show(delivery, record.kept) if record and record.kept else _apologise(delivery)


def _give_up(delivery: Delivery) -> Reply:
    """Nothing, to a closed connection, so that the platform delivers again; from the last delivery, an answer."""
    if not delivery.is_last:
        return SILENCE
    if not _is_answerable(delivery.message):
        delivery.notice("DeadlinesMissed")
        return SILENCE
    entry = delivery.queue.entry_of_late(delivery.key)
    noted = delivery.try_(lambda: delivery.queue.note(entry, now=delivery.now))
    if noted is None:
        return _apologise(delivery)
    if not noted:
        delivery.try_(lambda: delivery.records.forget(delivery.key, now=delivery.now))
        return SILENCE
    delivery.notice("AnsweredLate")
    return TextReply(delivery.rules.texts.late)


def _apologise(delivery: Delivery) -> Reply:
    delivery.notice("DeadlinesMissed")
    return TextReply(delivery.rules.texts.ask_again) if _is_answerable(delivery.message) else SILENCE


def _is_answerable(message: Message) -> bool:
    return message.event in _ANSWERABLE and bool(message.from_user_name and message.to_user_name)

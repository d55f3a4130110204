"""De-duplication: one run of the responder and one reply, whichever delivery of a message is still listening.

The platform waits five seconds for an answer, and delivers a message up to three times. The first delivery claims it,
runs the responder and keeps the reply, however long that takes; a later one is answered with what was kept, or waits
for it. The last one has to answer: with the reply, or with how to fetch it (late.py). A store that fails costs a
moment, never the reply. How each race is decided is in docs/adr/0012-late-answers.md.
"""

from typing import Final

from wechat_aws.dedup_delivery import ANSWER_WITHIN, HOLD, NOTING, POLL, SILENCE, Delivery
from wechat_aws.dedup_life import BEAT, Watch, show_life
from wechat_aws.dedup_records import MessageRecord
from wechat_aws.dedup_time import OutOfTime
from wechat_aws.late_pieces import make_kept, show_kept
from wechat_core.message import Message
from wechat_core.replies import Reply, TextReply

LEAST: Final = 1.0
"""Seconds without which a run is not worth starting."""
_ANSWERABLE: Final = {"", "subscribe", "SCAN", "CLICK", "scancode_waitmsg"}
"""The events with which a follower asks for something; to any other nobody waits for an answer."""


class Run:
    """Handles a delivery of a message that fetches nothing."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._rules, self._records = delivery.rules, delivery.records

    def answer(self) -> Reply:
        """The reply to this delivery; what the responder raises is raised."""
        delivery = self._delivery
        record = delivery.claim()
        if record is None and delivery.is_later:
            record = delivery.read(delivery.key)
        return self._follow(record) if record else self._run()

    def _follow(self, record: MessageRecord) -> Reply:
        """The reply of the delivery that runs the message; if that has given up or died, run it here."""
        delivery, watch = self._delivery, Watch(self._delivery)
        deadline = delivery.arrived + (ANSWER_WITHIN - NOTING if delivery.is_last else HOLD)
        while record.kept is None:
            if record.owner == delivery.name or (watch.is_dead(record) and self._take_over(record)):
                return self._run()
            if delivery.now >= deadline:
                return self._give_up()
            pause = POLL if delivery.left > 0 else BEAT  # when nobody listens, it waits only to take over
            self._rules.time.sleep(min(pause, deadline - delivery.now))
            record = delivery.read(delivery.key) or record
        delivery.notice("RetriesAnswered")
        return self._show(record)

    def _take_over(self, seen: MessageRecord) -> bool:
        delivery = self._delivery
        if delivery.is_last and delivery.left < LEAST:
            return False
        return bool(delivery.try_(lambda: self._records.take_over(delivery.key, delivery.name, seen=seen)))

    def _run(self) -> Reply:
        try:
            with show_life(self._delivery):
                reply = self._respond()
                kept = make_kept(reply, self._delivery)  # raises here, not later, for what cannot be sent
        except OutOfTime:
            return self._break_off()
        except BaseException:
            self._release()
            raise
        record = self._delivery.keep(self._delivery.key, kept)
        if record and record.kept != kept:
            return self._show(record)  # another run was faster
        return show_kept(kept, self._delivery) if kept.rest else reply

    def _respond(self) -> Reply:
        """Run the responder; in the last delivery only until the answer is due, since nobody would see a later one."""
        respond, message = self._rules.respond, self._delivery.message
        if not self._delivery.is_last:
            return respond(message)
        return self._rules.time.within(self._delivery.left - NOTING, lambda: respond(message))

    def _release(self) -> None:
        delivery = self._delivery
        delivery.try_(lambda: self._records.release(delivery.key, delivery.name))

    def _show(self, record: MessageRecord) -> Reply:
        """The kept reply. The last delivery takes what it shows, so that a fetch does not show it as well."""
        delivery = self._delivery
        assert record.kept is not None  # noqa: S101
        if delivery.is_last:
            taken = delivery.try_(lambda: self._records.take(delivery.key, delivery.key))
            if taken and taken.taken_by != delivery.key:
                return SILENCE
        return show_kept(record.kept, delivery)

    def _break_off(self) -> Reply:
        """Answer though the run was broken off: with another run's reply, or with an apology."""
        self._release()
        record = self._delivery.read(self._delivery.key)
        return self._show(record) if record and record.kept else self._apologise()

    def _give_up(self) -> Reply:
        """Nothing, to a closed connection, so that the platform delivers again; from the last delivery, an answer."""
        delivery = self._delivery
        if not delivery.is_last:
            return SILENCE
        if not _is_answerable(delivery.message):
            delivery.notice("DeadlinesMissed")
            return SILENCE
        entry = delivery.queue.entry_of_late(delivery.key)
        noted = delivery.try_(lambda: delivery.queue.note(entry, now=delivery.now))
        if noted is None:
            return self._apologise()
        if not noted:
            delivery.try_(lambda: self._records.forget(delivery.key, now=delivery.now))
            return SILENCE
        delivery.notice("AnsweredLate")
        return TextReply(self._rules.texts.late)

    def _apologise(self) -> Reply:
        self._delivery.notice("DeadlinesMissed")
        return TextReply(self._rules.texts.ask_again) if _is_answerable(self._delivery.message) else SILENCE


def _is_answerable(message: Message) -> bool:
    return message.event in _ANSWERABLE and bool(message.from_user_name and message.to_user_name)

"""Late answers: how a follower fetches one, by a tap or by a word, and what is deleted when one unsubscribes.

A fetch is a message like any other, and delivered up to three times. Each of its deliveries looks for the oldest
answer that was noted for the follower, waits for it as long as the connection is open, takes it for this fetch by one
write, and keeps it as the fetch's own reply. So it is shown once, whoever else fetches, and whichever delivery is
answered.
"""

from functools import partial
from typing import Final

from wechat_aws.dedup import answer_once
from wechat_aws.dedup_delivery import HOLD, NOTING, POLL, SILENCE, Delivery, Rules
from wechat_aws.dedup_life import Watch
from wechat_aws.dedup_records import KEPT_SECONDS, Kept
from wechat_aws.late_pieces import show_kept
from wechat_aws.late_queue import Noted, key_in
from wechat_core.callback import Responder
from wechat_core.message import Message
from wechat_core.replies import NoReply, Reply, TextReply

QUIET: Final = 300
"""Seconds after the last fetch in which the word still fetches; after that the responder gets it as a text."""
OVER: Final = 20
"""Seconds after a fetch's first delivery in which the last one has been answered."""


def with_late_answers(rules: Rules) -> Responder:
    """A responder that runs once per message, for minutes if it has to, and whose texts may be as long as they like."""

    def respond(message: Message) -> Reply:
        delivery = Delivery(rules, message)
        if message.event == "unsubscribe":
            _forget_follower(delivery)
        fetched = fetch_answer(delivery) if rules.texts.fetches(message) else None
        return answer_once(delivery) if fetched is None else fetched

    return respond


def _forget_follower(delivery: Delivery) -> None:
    for entry in delivery.try_(lambda: delivery.queue.close(now=delivery.now)) or ():
        delivery.try_(partial(delivery.records.forget, key_in(entry), now=delivery.now))


def fetch_answer(delivery: Delivery) -> Reply | None:
    """The fetched reply, or a text instead; None where this is no fetch, as nothing was noted lately."""
    noted, watch = _read_queue(delivery), Watch(delivery)
    if delivery.calls.lasting or (noted and not noted.entries and delivery.now - noted.touched > QUIET):
        return None
    record = delivery.claim()
    if record and record.kept:
        return show_kept(record.kept, delivery)
    while (reply := _fetch(delivery, watch, noted)) is None:
        left = delivery.left - NOTING
        if left <= 0:
            return _give_up(delivery)
        delivery.rules.time.sleep(min(2 * POLL, left))
        noted = noted or _read_queue(delivery)
    return reply


def _read_queue(delivery: Delivery) -> Noted | None:
    return delivery.try_(lambda: delivery.queue.read(now=delivery.now))


def _fetch(delivery: Delivery, watch: Watch, noted: Noted | None) -> Reply | None:
    """The oldest noted reply, or a text instead; None where that has to be waited for."""
    if noted is None:
        return None
    for entry in noted.entries:
        reply = delivery.try_(partial(_take_entry, delivery, watch, entry))
        if not isinstance(reply, NoReply):
            return reply
    return TextReply(delivery.rules.texts.nothing_more)


def _take_entry(delivery: Delivery, watch: Watch, entry: str) -> Reply | None:
    """The reply that an entry names; NoReply where there is nothing to show, None where it has to be waited for."""
    record = delivery.records.read(key_in(entry), now=delivery.now)
    if record is None or (record.kept is None and watch.is_dead(record)):
        delivery.notice("DeadlinesMissed")
        return _settle(delivery, Kept(TextReply(delivery.rules.texts.ask_again)), entry)
    if record.kept is None:
        return None
    takes = False if isinstance(record.kept.reply, NoReply) else _take(delivery, key_in(entry), record.kept)
    if takes:
        delivery.notice("Fetched")
        return _settle(delivery, record.kept, entry)
    if takes is False:
        delivery.queue.drop(entry, now=delivery.now)
    return None if takes is None else SILENCE


def _take(delivery: Delivery, key: str, kept: Kept) -> bool | None:
    """Take a reply for this fetch; False where another shows it, None where that is not settled yet."""
    taker = delivery.records.take(key, delivery.key).taken_by
    if taker in (delivery.key, key):  # the message's own last delivery takes it under the message's key
        return taker == delivery.key
    other = delivery.records.read(taker, now=delivery.now)
    if other is None or other.kept == kept:
        return False
    if other.kept is None:
        return None if delivery.now < other.expires_at - KEPT_SECONDS + OVER else False
    return delivery.records.take_from(key, delivery.key, other=taker) or None


def _settle(delivery: Delivery, kept: Kept, entry: str = "") -> Reply:
    """Settle the answer to all deliveries of this fetch, and drop the entry."""
    record = delivery.keep(delivery.key, kept)
    if record and record.kept == kept and entry:
        delivery.try_(lambda: delivery.queue.drop(entry, now=delivery.now))
    return show_kept(record.kept if record and record.kept else kept, delivery)


def _give_up(delivery: Delivery) -> Reply:
    """Nothing, to a closed connection; from the last delivery, how to fetch it once more."""
    if delivery.is_last:
        delivery.notice("AnsweredLate")
        return _settle(delivery, Kept(TextReply(delivery.rules.texts.late)))
    delivery.rules.time.sleep(max(0.0, delivery.arrived + HOLD - delivery.now))
    return SILENCE

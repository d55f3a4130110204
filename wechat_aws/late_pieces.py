"""Texts of any length: what is over the platform's limit is kept in pieces, each naming the next.

The first piece is the reply. Whoever shows a piece notes the next one for the follower, before everything else there
is to fetch, and says so in its tail. Without a store that works, a text is cut.
"""

from hashlib import sha256

from wechat_aws.dedup_delivery import NOTING, Delivery
from wechat_aws.dedup_records import Kept
from wechat_core.pieces import ELLIPSIS, cut, split
from wechat_core.replies import Reply, TextReply
from wechat_core.reply_limits import TEXT_LIMIT, fit_reply
from wechat_core.xml_tree import drop_forbidden


def make_kept(reply: object, delivery: Delivery) -> Kept:
    """A reply as it may be kept and sent; the rest of a long text has been kept under the key `rest`.

    Raises:
        InvalidReply: it is not a reply, or the message has no addresses.
    """
    if isinstance(reply, TextReply):
        text = drop_forbidden(reply.content)
        if len(text.encode()) > TEXT_LIMIT:
            fit_reply(reply, delivery.message)
            return _keep_pieces(text, delivery)
    return Kept(fit_reply(reply, delivery.message))


def show_kept(kept: Kept, delivery: Delivery) -> Reply:
    """A kept reply as it is shown: a piece tells how to fetch the next, or is cut where that cannot be noted.

    A delivery whose connection is closed notes nothing: the rest would be fetched before the piece itself.
    """
    if not kept.rest or not isinstance(kept.reply, TextReply):
        return kept.reply
    entry = delivery.queue.entry_of_rest(kept.rest)
    noted = delivery.left > 0 and delivery.try_(lambda: delivery.queue.note(entry, now=delivery.now))
    return TextReply(kept.reply.content + (delivery.rules.texts.tail if noted else ELLIPSIS))


def _keep_pieces(text: str, delivery: Delivery) -> Kept:
    """Keep all pieces but the first, from the last on, so that none names one that is not there.

    Where the last delivery has no time for that, the follower gets the beginning, for nothing would be shown later.
    """
    room = max(len(delivery.rules.texts.tail.encode()), len(ELLIPSIS.encode()))
    first, *others = split(text, TEXT_LIMIT - room)
    rest = ""
    for number, piece in reversed(list(enumerate(others))):
        kept, rest = Kept(TextReply(piece), rest), _key_of_piece(delivery, number)
        in_time = not delivery.is_last or delivery.left > NOTING
        if not (in_time and delivery.keep(rest, kept)):
            return Kept(TextReply(cut(text, TEXT_LIMIT)))
    return Kept(TextReply(first), rest)


def _key_of_piece(delivery: Delivery, number: int) -> str:
    """Two runs of one message have different pieces."""
    return sha256(f"piece {number} of {delivery.key} by {delivery.name}".encode()).hexdigest()

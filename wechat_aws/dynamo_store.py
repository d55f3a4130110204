"""The store in a DynamoDB table. Only a configured table imports this module.

One item per message: `id` (the table's key: the message's, a digest), `claimed_by`, `claimed_until`, `deliveries`,
`reply` once there is one, and `expires_at`, the table's time to live. A message that is delivered once costs two
writes. Nothing is asked of a failed condition but that it failed.
"""

import json
import re
from collections.abc import Callable
from typing import Any, Final

from wechat_aws.aws_client import AwsClient, ServiceError
from wechat_aws.dedup import Notice, deduplicated
from wechat_aws.dedup_store import KEPT_SECONDS, Record, StoreFailed
from wechat_aws.settings import Settings
from wechat_core.callback import Responder
from wechat_core.replies import REPLIES, NoReply, Reply, TextReply

TIMEOUT_SECONDS: Final = 0.4
"""For a call, with its second attempt: a table answers within hundredths, and a follower is waiting."""


class DynamoStore:
    """A store in a table; each call of the client may take `timeout` seconds."""

    def __init__(self, client: AwsClient, table: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._client = client
        self._table = table
        self._timeout = timeout

    def claim(self, key: str, owner: str, *, now: float, until: float) -> Record:
        claimed = self._claim(key, owner, now, until)
        if claimed is None:  # expired: DynamoDB takes its time to delete
            condition = {
                "ConditionExpression": "expires_at <= :now",
                "ExpressionAttributeValues": {":now": _number(now)},
            }
            self._call("DeleteItem", Key={"id": {"S": key}}, **condition)
            claimed = self._claim(key, owner, now, until)
        return _record((claimed or {}).get("Attributes"))

    def read(self, key: str, *, now: float) -> Record | None:
        found = self._call("GetItem", Key={"id": {"S": key}}, ConsistentRead=True)
        item = found.get("Item") if found else None
        if item is None:
            return None
        record = _record(item)
        return record if _float(item.get("expires_at")) > now else None

    def take_over(self, key: str, owner: str, *, seen: str, until: float) -> bool:
        values = {":owner": {"S": owner}, ":until": _number(until)}
        return self._change(key, seen, "SET claimed_by = :owner, claimed_until = :until", values)

    def keep(self, key: str, owner: str, reply: Reply) -> bool:
        return self._change(key, owner, "SET reply = :reply", {":reply": {"S": _written(reply)}})

    def release(self, key: str, owner: str) -> bool:
        return self._change(key, owner, "SET claimed_until = :never", {":never": _number(0)})

    def _claim(self, key: str, owner: str, now: float, until: float) -> Any:
        return self._update(
            key,
            "SET claimed_by = if_not_exists(claimed_by, :owner), claimed_until = if_not_exists(claimed_until, :until),"
            " expires_at = if_not_exists(expires_at, :expires) ADD deliveries :one",
            "attribute_not_exists(id) OR expires_at > :now",
            {
                ":owner": {"S": owner},
                ":until": _number(until),
                ":expires": _number(int(now) + KEPT_SECONDS),
                ":now": _number(now),
                ":one": _number(1),
            },
        )

    def _change(self, key: str, owner: str, change: str, values: dict[str, Any]) -> bool:
        """Change a record that is the owner's and unfinished."""
        condition = "claimed_by = :seen AND attribute_not_exists(reply)"
        return self._update(key, change, condition, values | {":seen": {"S": owner}}) is not None

    def _update(self, key: str, change: str, condition: str, values: dict[str, Any]) -> Any:
        return self._call(
            "UpdateItem",
            Key={"id": {"S": key}},
            UpdateExpression=change,
            ConditionExpression=condition,
            ExpressionAttributeValues=values,
            ReturnValues="ALL_NEW",
        )

    def _call(self, operation: str, **parameters: Any) -> Any:
        """What the service answers, or None where the condition did not hold."""
        payload = {"TableName": self._table, **parameters}
        try:
            return self._client.call("dynamodb", operation, payload, timeout=self._timeout)
        except ServiceError as error:
            if error.code == "ConditionalCheckFailedException":
                return None
            raise StoreFailed(f"the table {self._table} cannot be had ({error.code})") from None


def with_table(
    respond: Responder,
    settings: Settings,
    *,
    client: AwsClient,
    notice: Callable[[Notice, int, str], None],
    clock: Callable[[], float],
) -> Responder:
    """The responder, de-duplicated by the table of the settings."""
    store = DynamoStore(client, settings.dedup_table)
    late = TextReply(settings.dedup_late_text) if settings.dedup_late_text else NoReply()
    return deduplicated(respond, store=store, late=late, notice=notice, clock=clock)


def _number(value: float) -> dict[str, str]:
    return {"N": f"{value:.3f}".rstrip("0").rstrip(".")}


def _float(attribute: Any) -> float:
    match attribute:
        case {"N": str(number)} if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", number):
            return float(number)
    raise StoreFailed("a record is malformed")


def _record(item: Any) -> Record:
    match item:
        case {"claimed_by": {"S": str(owner)}, "claimed_until": until, "deliveries": deliveries}:
            reply = _read(item["reply"]) if "reply" in item else None
            return Record(owner, _float(until), int(_float(deliveries)), reply)
    raise StoreFailed("a record is malformed")


def _written(reply: Reply) -> str:
    return json.dumps([reply.msg_type, reply.write()], separators=(",", ":"))


def _read(attribute: Any) -> Reply:
    try:
        msg_type, tree = json.loads(attribute["S"])
        reply = REPLIES[msg_type].read(tree)
        if reply is not None:
            return reply.replace()  # built anew, with the checks of a new one
    except Exception as error:  # what is not ours may be malformed in any way
        raise StoreFailed(f"a kept reply is malformed ({type(error).__name__})") from None
    raise StoreFailed("a kept reply is malformed")

"""Wires de-duplication and late answers around a responder, by the environment.

`DEDUP_TABLE` is the DynamoDB table that keeps the records, or `memory`: this process, which is for local runs. The
texts are in late_texts.py.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from wechat_aws.dedup_delivery import Notice, Rules
from wechat_aws.dedup_store import MemoryStore, Store
from wechat_aws.dedup_time import REAL_TIME
from wechat_aws.dynamo_store import DynamoStore
from wechat_aws.late import with_late_answers
from wechat_aws.late_texts import read_texts
from wechat_aws.proxy import ARRIVED
from wechat_core.callback import Responder

if TYPE_CHECKING:
    from wechat_aws.aws_client import AwsClient

MEMORY: Final = "memory"


def with_store(
    respond: Responder,
    environ: Mapping[str, str],
    *,
    client: "AwsClient | None",
    notice: Callable[[Notice, int, str], None],
    clock: Callable[[], float],
) -> Responder:
    """The responder, whose answers may be late and long."""
    store = open_store(environ["DEDUP_TABLE"].strip(), client)
    return with_late_answers(
        Rules(respond, store, notice, read_texts(environ), REAL_TIME.replace(clock=clock), ARRIVED.get)
    )


def open_store(table: str, client: "AwsClient | None") -> Store:
    """The store that a table names; without a client, memory."""
    return memory() if table == MEMORY or client is None else DynamoStore(client.call, table)


memory: Final = cache(MemoryStore)
"""The store of this process; it outlives a reload of the user's code."""

"""The store in a DynamoDB table, whose key is `id`. Only a configured table imports this module.

Strings are kept as S, whole numbers as N, sets as SS. Of a failed condition nothing is read but that it failed.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from wechat_aws.aws_client import ServiceError
from wechat_aws.dedup_store import Attribute, Change, Item, StoreFailed

_LASTING: Final = {"ResourceNotFoundException", "AccessDeniedException", "ValidationException"}


class Call(Protocol):
    """Calls AWS, as `AwsClient.call` does; raises ServiceError."""

    def __call__(
        self, service: str, operation: str, payload: Mapping[str, Any], *, timeout: float
    ) -> dict[str, Any]: ...


class DynamoStore:
    """A store in a table."""

    def __init__(self, call: Call, table: str) -> None:
        self._call_aws = call
        self._table = table

    def read(self, key: str, *, timeout: float) -> Item | None:
        answer = self._call("GetItem", key, {"ConsistentRead": True}, timeout)
        return _read_item(answer["Item"]) if answer and "Item" in answer else None

    def update(self, key: str, change: Change, *, timeout: float) -> Item | None:
        answer = self._call("UpdateItem", key, _expressions(change) | {"ReturnValues": "ALL_NEW"}, timeout)
        return None if answer is None else _read_item(answer.get("Attributes"))

    def _call(self, operation: str, key: str, parameters: dict[str, Any], timeout: float) -> dict[str, Any] | None:
        """The service's answer, or None where the condition did not hold."""
        payload = {"TableName": self._table, "Key": {"id": {"S": key}}} | parameters
        try:
            return self._call_aws("dynamodb", operation, payload, timeout=timeout)
        except ServiceError as error:
            if error.code == "ConditionalCheckFailedException":
                return None
            reason = f"the table {self._table} cannot be used ({error.code})"
            raise StoreFailed(reason, lasting=error.code in _LASTING) from None


class _Expressions:
    """Names and values of an expression, each behind a placeholder: many names are reserved words."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def name(self, name: str) -> str:
        """A name's placeholder."""
        self.names[f"#{name}"] = name
        return f"#{name}"

    def value(self, value: Attribute) -> str:
        """A value's placeholder."""
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = _write_attribute(value)
        return placeholder


def _expressions(change: Change) -> dict[str, Any]:
    """The change as DynamoDB reads it."""
    e = _Expressions()
    sets = [f"{e.name(name)} = {e.value(value)}" for name, value in change.put.items()]
    sets += [f"{e.name(n)} = if_not_exists({e.name(n)}, {e.value(value)})" for n, value in change.once.items()]
    clauses = {
        "SET": sets,
        "ADD": [f"{e.name(name)} {e.value(frozenset({member}))}" for name, member in change.add.items()],
        "DELETE": [f"{e.name(name)} {e.value(frozenset({member}))}" for name, member in change.drop.items()],
        "REMOVE": [e.name(name) for name in change.remove],
    }
    conditions = [
        f"attribute_not_exists({e.name(name)})" if value is None else f"{e.name(name)} = {e.value(value)}"
        for name, value in change.where.items()
    ]
    parameters: dict[str, Any] = {
        "UpdateExpression": " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts),
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": e.names,
        "ExpressionAttributeValues": e.values,
    }
    return {name: parameter for name, parameter in parameters.items() if parameter}


def _write_attribute(value: Attribute) -> dict[str, Any]:
    match value:
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
    return {"SS": sorted(value)}


def _read_item(item: Any) -> Item:
    try:
        return {name: _READ[kind](value) for name, attribute in item.items() for kind, value in attribute.items()}
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        raise StoreFailed("a record is malformed") from None


_READ: Final[dict[str, Callable[[Any], Attribute]]] = {"S": str, "N": int, "SS": frozenset}

"""Frozen values, declared by annotation alone.

A `Value` is what a frozen dataclass would be: built once, compared by content, hashable. It differs in two ways that
matter here. Declaring one generates no code, so a hundred message types cost a cold start two milliseconds and not
forty; and its `repr` shows no content, so that no token, OpenID or message text reaches a log by way of a repr.
"""

from collections.abc import Hashable, Mapping
from typing import Any, ClassVar, Final, NoReturn, Self, dataclass_transform, get_origin

REQUIRED: Final[Any] = object()
"""The default of a field that has none."""


class Field:
    """How one field is declared: its names on the wire, its default, and whether surrounding whitespace counts."""

    __slots__ = ("default", "paths", "verbatim")

    def __init__(self, paths: tuple[str, ...], default: Any, verbatim: bool) -> None:
        self.paths = paths
        self.default = default
        self.verbatim = verbatim


def named(*paths: str, default: Any = REQUIRED, verbatim: bool = False) -> Any:
    """Declare a field whose name on the wire cannot be derived, or whose text keeps its whitespace.

    Args:
        paths: element names to look under, in order; a slash leads into a nested element (`"ScanCodeInfo/ScanType"`).
            None given: the field's own name, CamelCased.
        default: the value of a field that is absent or malformed; without one the field is required.
        verbatim: keep surrounding whitespace (as a follower wrote it) instead of trimming it (identifiers).
    """
    return Field(paths, default, verbatim)


@dataclass_transform(frozen_default=True, field_specifiers=(named,))
class Value:
    """The root of every value: subclass it and annotate the fields."""

    __match_args__: ClassVar[tuple[str, ...]] = ()
    _fields: ClassVar[dict[str, Field]] = {}
    _kinds: ClassVar[dict[str, Any]] = {}
    _defaults: ClassVar[dict[str, Any]] = {}
    _by_keyword: ClassVar[bool] = False
    """Whether fields are given by keyword alone, in a call as in a pattern."""

    def __init_subclass__(cls) -> None:
        own = {name: kind for name, kind in cls.__annotations__.items() if not _is_class_variable(kind)}
        cls._kinds = cls._kinds | own
        cls._fields = cls._fields | {name: _field(cls.__dict__.get(name, REQUIRED)) for name in own}
        cls._defaults = {name: field.default for name, field in cls._fields.items() if field.default is not REQUIRED}
        cls.__match_args__ = () if cls._by_keyword else tuple(cls._fields)  # type: ignore[misc]  # mypy has its own

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and len(args) == len(self.__match_args__) and not kwargs:
            self.__dict__.update(zip(self.__match_args__, args))  # noqa: B905  (as many as names; `strict` takes time)
        else:
            self.__dict__.update(self._complete(args, kwargs))
        self._check()

    def _complete(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The values of a call that leaves fields to their defaults, or names them; raises TypeError."""
        given = dict(zip(self.__match_args__, args, strict=False))
        values = {**self._defaults, **given, **kwargs}
        wrong = kwargs and (kwargs.keys() - self._fields.keys() or kwargs.keys() & given.keys())
        if len(values) != len(self._fields) or len(args) > len(self.__match_args__) or wrong:
            raise TypeError(f"{type(self).__name__} {self._describe_call(values)}")
        return values

    @classmethod
    def _of(cls, values: Mapping[str, Any]) -> Self:
        """Build from values that are known to be right, without the checks; what is absent has its default."""
        value = cls.__new__(cls)
        value.__dict__.update(cls._defaults, **values)
        return value

    def _describe_call(self, values: Mapping[str, Any]) -> str:
        """The fields that a call lacks, or else those that it may pass; never the values."""
        if lacking := [name for name in self._fields if name not in values]:
            return f"lacks {', '.join(lacking)}"
        return f"takes {', '.join(self._fields) or 'no arguments'}{' by keyword' if self._by_keyword else ''}"

    def _check(self) -> None:
        """Refuse values that make no sense together; overridden where there is something to refuse."""

    def replace(self, **changes: Any) -> Self:
        """The same value with some fields changed."""
        return type(self)(**(self.__dict__ | changes))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *(_make_hashable(self.__dict__[name]) for name in self._fields)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def _is_class_variable(kind: Any) -> bool:
    return get_origin(kind) is ClassVar


def _field(declared: Any) -> Field:
    return declared if isinstance(declared, Field) else Field((), declared, verbatim=False)


def _make_hashable(value: Any) -> Hashable:
    return tuple(sorted(value)) if isinstance(value, Mapping) else value  # equal mappings have equal keys

"""Values that have a shape on the wire: how declared fields are read from a tree, and written to one."""

from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from types import GenericAlias, MappingProxyType
from typing import Any, ClassVar, Final, Self

from wechat_core.values import REQUIRED, Field, Value
from wechat_core.wire import Tree

type Extra = Mapping[str, tuple[str | Extra, ...]]
type _Reader = Callable[[Tree], Any]
type _Converter = Callable[[Any], Any]
type _Names = dict[str, _Names]

NOTHING: Final[Extra] = MappingProxyType({})


class Record(Value):
    """A value whose fields are elements: `media_id` is `MediaId`, unless `named` says otherwise.

    A field is `str`, `int`, `float`, `bool`, another record, or a tuple of these, which takes every occurrence. Where a
    single value occurs again, the first counts: a follower who smuggles in a second one overrides nothing.
    """

    _beside: ClassVar[tuple[str, ...]] = ()
    """Elements that are no field's, and known nevertheless."""

    @classmethod
    def read(cls, tree: Tree) -> Self | None:
        """The record in a tree, or None where a required field is absent or malformed."""
        plan = _plan(cls)
        values: dict[str, Any] = {}
        for name, (element, convert, default) in plan.plain.items():
            found = tree.get(element)
            converted = convert(found[0]) if found else default
            values[name] = default if converted is REQUIRED else converted
        for name, read in plan.readers.items():
            values[name] = read(tree)
        return None if plan.demanding and REQUIRED in values.values() else cls._of(values)

    def write(self) -> Tree:
        """The tree of this record; optional fields that are empty are left out."""
        paths = _plan(type(self)).paths
        tree: Tree = {}
        for name, field in self._fields.items():
            value = self.__dict__[name]
            if value != field.default or field.default is REQUIRED:
                for occurrence in value if isinstance(value, tuple) else (value,):
                    _put(tree, paths[name][0], _written(occurrence))
        return tree


class _Plan:
    """How the fields of a type are read and written."""

    def __init__(self, cls: type[Record]) -> None:
        self.plain: dict[str, tuple[str, _Converter, Any]] = {}  # what most fields are: one element, right there
        self.readers: dict[str, _Reader] = {}
        self.paths: dict[str, list[list[str]]] = {}
        self.demanding = len(cls._defaults) < len(cls._fields)
        self._names: _Names = {name: {} for name in cls._beside}
        for name, field in cls._fields.items():
            self._add(name, field, cls._kinds[name])

    def _add(self, name: str, field: Field, kind: Any) -> None:
        if kind is Extra:
            self.readers[name] = lambda tree: _leftover(tree, self._names)
            return
        paths = self.paths[name] = _paths(name, field)
        if isinstance(kind, type) and len(paths) == len(paths[0]) == 1:
            self.plain[name] = paths[0][0], _converter(kind, field), field.default
        else:
            self.readers[name] = _reader(kind, field, paths)
        for path in paths:
            _remember(self._names, path)


def _plan(cls: type[Record]) -> _Plan:
    """Made when the first record of a type comes, so that a cold start does not pay for all of them."""
    return _PLANS.get(cls) or _PLANS.setdefault(cls, _Plan(cls))


_PLANS: Final[dict[type[Record], _Plan]] = {}


def _paths(name: str, field: Field) -> list[list[str]]:
    derived = "".join(word.capitalize() for word in name.split("_"))
    return [path.split("/") for path in field.paths or (derived,)]


def _reader(kind: Any, field: Field, paths: list[list[str]]) -> _Reader:
    if isinstance(kind, GenericAlias):  # tuple[X, ...]
        convert = _converter(kind.__args__[0], field)
        return lambda tree: tuple(v for value in _find(tree, paths) if (v := convert(value)) is not REQUIRED)
    convert, default = _converter(kind, field), field.default

    def read(tree: Tree) -> Any:
        value = next(_find(tree, paths), None)
        converted = REQUIRED if value is None else convert(value)
        return default if converted is REQUIRED else converted

    return read


def _find(tree: Tree, paths: list[list[str]]) -> Iterator[Any]:
    return (value for path in paths for value in _walk(tree, path))


def _walk(tree: Tree, path: list[str]) -> Iterator[Any]:
    head, *rest = path
    for value in tree.get(head, ()):
        if not rest:
            yield value
        elif isinstance(value, dict):
            yield from _walk(value, rest)


def _converter(kind: Any, field: Field) -> _Converter:
    """From an occurrence to a field's value; REQUIRED stands for malformed."""
    if issubclass(kind, Record):
        return lambda value: (kind.read(value) or REQUIRED) if isinstance(value, dict) else REQUIRED
    parse = _PARSERS[kind] if not field.verbatim else str
    return lambda value: parse(value) if isinstance(value, str) else REQUIRED


def _int(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        return REQUIRED


def _float(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return REQUIRED
    return number if isfinite(number) else REQUIRED


def _bool(text: str) -> Any:
    return {"1": True, "true": True, "0": False, "false": False}.get(text.strip().lower(), REQUIRED)


_PARSERS: Final[dict[Any, Callable[[str], Any]]] = {str: str.strip, int: _int, float: _float, bool: _bool}


def _remember(names: _Names, path: list[str]) -> None:
    for name in path:
        names = names.setdefault(name, {})


def _leftover(tree: Tree, names: _Names) -> Extra:
    """What the tree holds that no field names: nothing the platform adds is lost."""
    extra: dict[str, tuple[str | Extra, ...]] = {}
    for name, values in tree.items():
        if name not in names:
            extra[name] = _frozen(values)
        elif inner := names[name]:  # a wrapper: its children are named, not the element
            children = (_leftover(value, inner) for value in values if isinstance(value, dict))
            if left := tuple(child for child in children if child):
                extra[name] = left
    return MappingProxyType(extra) if extra else NOTHING


def _frozen(values: list[str | int | Tree]) -> tuple[str | Extra, ...]:
    return tuple(_frozen_tree(value) if isinstance(value, dict) else str(value) for value in values)


def _frozen_tree(tree: Tree) -> Extra:
    return MappingProxyType({name: _frozen(values) for name, values in tree.items()})


def _put(tree: Tree, path: list[str], value: str | int | Tree) -> None:
    *wrappers, name = path
    for wrapper in wrappers:
        inner = tree.setdefault(wrapper, [{}])[0]
        assert isinstance(inner, dict)
        tree = inner
    tree.setdefault(name, []).append(value)


def _written(value: object) -> str | int | Tree:
    match value:
        case Record():
            return value.write()
        case bool():
            return str(value).lower()
        case int():
            return value
    return str(value)

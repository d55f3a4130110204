"""Values that have a shape on the wire: how declared fields are read from a tree, and written to one."""

from collections.abc import Callable, Mapping
from functools import cache
from math import isfinite
from types import GenericAlias, MappingProxyType
from typing import Any, ClassVar, Final, Self

from wechat_core.values import REQUIRED, Field, Value
from wechat_core.xml_tree import Tree

type Extra = Mapping[str, tuple[str | Extra, ...]]
type _Left = tuple[str | Extra, ...] | None
type _Reader = Callable[[list[Any], dict[str, Any], Tree], _Left]
"""Reads the occurrences of an element, in the tree that it stands in, into values; returns what is left of them."""

NOTHING: Final[Extra] = MappingProxyType({})


class Record(Value):
    """A value whose fields are elements: `media_id` is `MediaId`, unless `named` says otherwise.

    A field is `str`, `int`, `float`, `bool`, another record, or a tuple of these, which takes every occurrence. Where a
    single value occurs again, the first counts: an outsider who smuggles in a second one overrides nothing.
    """

    _beside: ClassVar[tuple[str, ...]] = ()
    """Elements that are known although no field reads them."""

    @classmethod
    def read(cls, tree: Tree) -> Self | None:
        """The record in a tree, or None where a required field is absent or malformed."""
        values: dict[str, Any] = {}
        readers = _READERS.get(cls) or _READERS.setdefault(cls, _make_readers(cls))
        left = readers.read(tree, values)
        if left and "extra" in cls._fields:
            values["extra"] = left
        if len(cls._defaults) < len(cls._fields):
            required = cls._fields.keys() - cls._defaults.keys()
            return None if any(values.get(name, REQUIRED) is REQUIRED for name in required) else cls._of(values)
        return cls._of(values)

    def write(self) -> Tree:
        """The tree of this record; optional fields that are empty are left out."""
        tree: Tree = {}
        for name, field in self._fields.items():
            value = self.__dict__[name]
            if value != field.default or field.default is REQUIRED:
                for occurrence in value if isinstance(value, tuple) else (value,):
                    _put(tree, find_paths(name, field)[0], _write(occurrence))
        return tree


@cache
def find_paths(name: str, field: Field) -> list[list[str]]:
    """Where a field is looked for, in order; each path leads from element to element."""
    derived = "".join(word.capitalize() for word in name.split("_"))
    return [path.split("/") for path in field.paths or (derived,)]


class _Readers(dict[str, _Reader]):
    """Readers by element; itself the reader of an element around these."""

    def __call__(self, found: list[Any], values: dict[str, Any], _: Tree) -> _Left:
        left = (self.read(inner, values) for inner in found if isinstance(inner, dict))
        return tuple(rest for rest in left if rest)

    def read(self, tree: Tree, values: dict[str, Any]) -> Extra:
        """Read the elements that have a reader. Returns all the others: nothing the platform adds is lost."""
        left: dict[str, tuple[str | Extra, ...]] = {}
        find = self.get  # once: every message comes by here
        for element, found in tree.items():
            reader = find(element)
            if rest := reader(found, values, tree) if reader else _freeze(found):
                left[element] = rest
        return MappingProxyType(left) if left else NOTHING

    def put(self, path: list[str], reader: _Reader) -> None:
        """Have a reader read what is at the end of a path."""
        element, *rest = path
        if rest:
            inside = self.setdefault(element, _Readers())
            assert isinstance(inside, _Readers)
            inside.put(rest, reader)
        else:
            self[element] = reader


_READERS: Final[dict[type[Record], _Readers]] = {}
"""Made when the first record of a type comes, so that a cold start does not pay for all of them."""


def _make_readers(cls: type[Record]) -> _Readers:
    readers = _Readers(dict.fromkeys(cls._beside, _read_nothing))
    for name, field in cls._fields.items():
        if cls._kinds[name] is not Extra:
            first, *others = find_paths(name, field)
            read = _reader(name, field, cls._kinds[name])
            readers.put(first, read)
            for other in others:
                readers.put(other, _instead_of(first[-1], read))
    return readers


def _reader(name: str, field: Field, kind: Any) -> _Reader:
    """The reader of one field: of its first occurrence or, for a tuple, of all that are well-formed."""
    if isinstance(kind, GenericAlias):  # tuple[X, ...]
        accepts, parse = _parser(kind.__args__[0], field)

        def read_all(found: list[Any], values: dict[str, Any], _: Tree) -> None:
            parsed = (parse(value) for value in found if isinstance(value, accepts))
            values[name] = values.get(name, ()) + tuple(value for value in parsed if value is not REQUIRED)

        return read_all
    (accepts, parse), default = _parser(kind, field), field.default

    def read_first(found: list[Any], values: dict[str, Any], _: Tree) -> None:
        if name not in values:
            value = parse(found[0]) if isinstance(found[0], accepts) else REQUIRED
            values[name] = default if value is REQUIRED else value

    return read_first


def _read_nothing(*_: object) -> None:
    """Ignore an element that is known although no field reads it."""


def _instead_of(element: str, read: _Reader) -> _Reader:
    """The reader of another spelling, which counts where the first is absent."""
    return lambda found, values, tree: None if element in tree else read(found, values, tree)


def _parser(kind: Any, field: Field) -> tuple[type, Callable[[Any], Any]]:
    """What an occurrence has to be, and how it becomes a field's value; REQUIRED stands for malformed."""
    if issubclass(kind, Record):
        return dict, lambda tree: kind.read(tree) or REQUIRED
    return str, str if field.verbatim else _PARSERS[kind]


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


def _freeze(values: list[str | int | Tree]) -> tuple[str | Extra, ...]:
    return tuple(_freeze_tree(value) if isinstance(value, dict) else str(value) for value in values)


def _freeze_tree(tree: Tree) -> Extra:
    return MappingProxyType({name: _freeze(values) for name, values in tree.items()})


def _put(tree: Tree, path: list[str], value: str | int | Tree) -> None:
    *wrappers, name = path
    for wrapper in wrappers:
        inner = tree.setdefault(wrapper, [{}])[0]
        assert isinstance(inner, dict)
        tree = inner
    tree.setdefault(name, []).append(value)


def _write(value: object) -> str | int | Tree:
    match value:
        case Record():
            return value.write()
        case bool():
            return str(value).lower()
        case int():
            return value
    return str(value)

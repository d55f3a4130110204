"""Checks the build's imports: whether the artefact, the standard library or Lambda's runtime has what code imports."""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

RUNTIME: Final = {
    "awslambdaric",
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "runtime_client",
    "s3transfer",
    "simplejson",
    "six",
    "snapshot_restore_py",
    "urllib3",
}
"""What Lambda's Python brings besides its standard library."""


class Import(NamedTuple):
    """An import: the module, and the full name of what is taken from it, which may be a module too."""

    path: Path
    line: int
    module: str
    name: str


def read_imports(path: Path, into: Path) -> Iterator[Import]:
    """What a module imports; not what it can do without (in a `try`), nor what only type checkers see.

    Raises:
        SyntaxError: it is not Python.
    """
    package = path.relative_to(into).parent.parts
    for node in _walk_needed(ast.parse(path.read_bytes(), str(path.relative_to(into)))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name, alias.name)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node.module or "", node.level, package)
            for alias in node.names:
                yield Import(path, node.lineno, module, f"{module}.{alias.name}")


def _absolute(module: str, level: int, package: tuple[str, ...]) -> str:
    """A module's whole name; with dots before it where it would be above the top package."""
    if level > len(package):
        return "." * level + module
    above = package[: len(package) - level + 1] if level else ()
    return ".".join([*above, *([module] if module else [])])


def find_missing(imports: Iterable[Import], into: Path) -> Iterator[Import]:
    """The imports that nothing satisfies."""
    for found in imports:
        if not _is_there(found.module, into):
            yield found
        elif _is_folder(found.module, into) and not _is_there(found.name, into):
            yield found._replace(module=found.name)


def _walk_needed(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Try() if any(_catches(handler) for handler in node.handlers):
            children: list[ast.AST] = [*node.handlers, *node.orelse, *node.finalbody]
        case ast.If(test=ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            children = [*node.orelse]
        case _:
            children = [*ast.iter_child_nodes(node)]
    yield node
    for child in children:
        yield from _walk_needed(child)


def _catches(handler: ast.ExceptHandler) -> bool:
    named = [ast.unparse(node) for node in ast.walk(handler.type)] if handler.type else ["Exception"]
    return not {"Exception", "ImportError", "ModuleNotFoundError"}.isdisjoint(named)


def _is_there(name: str, into: Path) -> bool:
    top, *rest = name.split(".")
    if not top or not _find(into, top):
        return top in RUNTIME or top in sys.stdlib_module_names
    return all(_find(into.joinpath(top, *rest[:depth]), part) for depth, part in enumerate(rest))


def _find(folder: Path, part: str) -> bool:
    return (folder / part).is_dir() or (folder / f"{part}.py").exists() or any(folder.glob(f"{part}.*so"))


def _is_folder(module: str, into: Path) -> bool:
    """Whether a module is a folder without `__init__.py`, so that only modules can be taken from it."""
    folder = into.joinpath(*module.split("."))
    return folder.is_dir() and not (folder / "__init__.py").exists()

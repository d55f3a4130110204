"""What core and edge can log as the reason of an error and its hint: read from their code, with an example put in."""

import ast
import importlib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent
EXAMPLE = "Example7"
"""What stands for a name or a number that is only known when it comes to that."""
ERRORS = {"InvalidRequest", "InvalidSignature", "UnreadableMessage", "InvalidReply", "InvalidSettings", "StoreFailed"}
ERRORS |= {"ServiceError"}  # whose text is put into those of others


def list_logged() -> list[tuple[str, str]]:
    """Every reason with its hint; of a text that is one line, what stands before the colon and behind it."""
    found = [pair for path in _list_modules() for pair in _Module(path).list_pairs()]
    return sorted(set(found))


def _list_modules() -> list[Path]:
    return [*(ROOT / "wechat_core").rglob("*.py"), *(ROOT / "wechat_aws").rglob("*.py")]


class _Module:
    """One module of the code."""

    def __init__(self, path: Path) -> None:
        tree = ast.parse(path.read_text("utf-8"))
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        self._module: ModuleType = importlib.import_module(name)
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        self._calls = [(call, each) for each in functions for call in ast.walk(each) if isinstance(call, ast.Call)]

    def list_pairs(self) -> Iterator[tuple[str, str]]:
        for call, function in self._calls:
            if _name_of(call) in ERRORS and call.args:
                for texts in product(*(sorted(self._texts_of(each, function)) for each in call.args[:2])):
                    reason, _, hint = texts[0].partition(": ")
                    yield reason, texts[1] if len(texts) > 1 else hint

    def _texts_of(self, node: ast.expr, function: ast.FunctionDef) -> set[str]:
        """What an expression in a function may be."""
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.JoinedStr(values=parts):
                return {"".join(each) for each in product(*(sorted(self._texts_of(part, function)) for part in parts))}
            case ast.FormattedValue(value=value):
                return self._texts_of(value, function)
            case ast.IfExp(body=body, orelse=other):
                return self._texts_of(body, function) | self._texts_of(other, function)
            case ast.Name(id=name):
                return set(self._texts_named(name, function)) or {EXAMPLE}
        return {EXAMPLE}

    def _texts_named(self, name: str, function: ast.FunctionDef) -> Iterator[str]:
        """What a name stands for: a constant, what is assigned to it, or what its function is given as it."""
        if isinstance(constant := getattr(self._module, name, None), str):
            yield constant
        for node in ast.walk(function):
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    yield from self._texts_of(value, function)
        places = [number for number, each in enumerate(function.args.args) if each.arg == name]
        for call, caller in self._calls if places else ():
            if _name_of(call) == function.name and len(call.args) > places[0]:
                yield from self._texts_of(call.args[places[0]], caller)


def _name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""

"""Modules whose code runs at the first access to something in them, not when they are imported.

Powertools' Logger imports a query language for one of its decorators, and its package Metrics, Tracer and botocore for
whoever may want them: that was half of the function's start (docs/adr/0016-powertools-logger-alone.md).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType
from typing import Any

_RUNNING = RLock()


@contextmanager
def import_later(*names: str) -> Iterator[None]:
    """From here on these modules can be imported without being run; one that has run already stays as it is."""
    for name in names:
        if name not in sys.modules and (spec := find_spec(name)) and spec.loader:
            module = module_from_spec(spec)
            module.__dict__["__run__"] = partial(spec.loader.exec_module, module)
            module.__class__ = _Later
            sys.modules[name] = module
    yield


class _Later(ModuleType):
    def __getattr__(self, name: str) -> Any:
        with _RUNNING:  # of threads that ask at once one runs it, and the others wait
            if run := self.__dict__.pop("__run__", None):
                run()
                self.__class__ = ModuleType  # type: ignore[assignment]
        return ModuleType.__getattribute__(self, name)

"""The handler of this project, loaded anew when the user's code changes."""

import importlib
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from wechat_sim.platform import sample
from wechat_sim.platform.console import PLAIN, Mode

type Handler = Callable[[Any, Any], Any]

_OURS: Final = {
    "wechat_core",
    "wechat_aws",
    "wechat_sim",
    "harness",
    "tests",
    "bench",
    "fuzz",
    "scripts",
    "docs",
    "events",
    "requirements",
}
_FAILED: Final = {
    "statusCode": 500,
    "headers": {"content-type": "application/json"},
    "body": '{"message":"Internal Server Error"}',
    "isBase64Encoded": False,
}
"""What API Gateway answers for a function that does not load, or raises."""


class LiveHandler:
    """`handler.lambda_handler` of a project's folder, always as its files say.

    With the sample account it can be put into each mode, as if the account were configured anew.
    """

    def __init__(self, folder: Path, *, is_sample: bool) -> None:
        self._folder, self._is_sample = folder, is_sample
        self._mode: Mode = PLAIN
        self._lock = threading.Lock()
        self._files = dict(_files(folder))
        self._handler = self._load()

    def set_mode(self, mode: Mode) -> None:
        """Put the sample account's callback into a mode; an account of one's own is configured elsewhere."""
        with self._lock:
            if self._is_sample and mode != self._mode:
                self._mode = mode
                sys.modules.pop("handler", None)
                self._handler = self._loaded()

    def __call__(self, event: Any, context: Any) -> Any:
        """Answer one proxy event; where that fails, print why and answer what API Gateway would."""
        with self._lock:
            self._refresh()
            handler = self._handler
        try:
            return handler(event, context)
        except (Exception, SystemExit):
            print(traceback.format_exc(limit=-3))
            return _FAILED

    def _refresh(self) -> None:
        files = dict(_files(self._folder))
        if files == self._files:
            return
        self._files = files
        changed = {str(path) for path in files}
        for name in [name for name, module in sys.modules.items() if getattr(module, "__file__", None) in changed]:
            del sys.modules[name]
        importlib.invalidate_caches()
        self._handler = self._loaded()

    def _loaded(self) -> Handler:
        try:
            return self._load()
        except (Exception, SystemExit) as error:
            return partial(_raise, error)

    def _load(self) -> Handler:
        if self._is_sample:
            os.environ["WECHAT_ACCOUNT"] = sample.ACCOUNT_JSON if self._mode == PLAIN else sample.SAFE_ACCOUNT_JSON
        return importlib.import_module("handler").lambda_handler  # type: ignore[no-any-return]


def _raise(error: BaseException, *_: object) -> Any:
    raise error


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    """The user's modules and when they were changed: handler.py, and what stands beside it and is not ours."""
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.name.startswith((".", "_")) and entry.name not in _OURS:
            yield from ((path, path.stat().st_mtime_ns) for path in entry.rglob("*.py"))
        elif entry.suffix == ".py":
            yield entry, entry.stat().st_mtime_ns

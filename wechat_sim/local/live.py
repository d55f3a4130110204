"""The handler of this project, loaded anew when the user's code changes."""

import importlib
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final

from wechat_sim.platform import sample
from wechat_sim.platform.console import PLAIN, Mode

type Handler = Callable[[Any, Any], Any]

OURS: Final = {
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
    "examples",
    "requirements",
}
_INTERNAL_SERVER_ERROR: Final = {
    "statusCode": 500,
    "headers": {"content-type": "application/json"},
    "body": '{"message":"Internal Server Error"}',
    "isBase64Encoded": False,
}
"""What API Gateway answers for a function that does not load, or raises."""


class LiveHandler:
    """`handler.lambda_handler` of a project's folder, always up to date with its files and the environment.

    With the sample account it can be put into each mode, as if the account were configured anew. `on_failure` gets
    the error that keeps it from loading, or that it raises.
    """

    def __init__(
        self,
        folder: Path,
        environ: MutableMapping[str, str],
        *,
        is_sample: bool,
        on_failure: Callable[[BaseException], None] = lambda _: None,
    ) -> None:
        self._folder, self._environ, self._is_sample, self._on_failure = folder, environ, is_sample, on_failure
        self._lock = threading.Lock()
        self._files = read_times(folder)
        self._handler: Handler | None = self._import()

    def set_mode(self, mode: Mode) -> None:
        """Put the sample account's callback into a mode; a user's own account is configured elsewhere."""
        if self._is_sample:
            self.set_variable("WECHAT_ACCOUNT", sample.ACCOUNT_JSON if mode == PLAIN else sample.SAFE_ACCOUNT_JSON)

    def set_variable(self, name: str, text: str) -> None:
        """Configure the function anew, by a variable of its environment; an empty text takes it away."""
        with self._lock:
            if text == self._environ.get(name, ""):
                return
            self._environ[name] = text
            if not text:
                del self._environ[name]
            self._forget(self._files)

    def __call__(self, event: Any, context: Any) -> Any:
        """Answer one proxy event; where that fails, print why and answer what API Gateway would."""
        try:
            return self._current()(event, context)
        except (Exception, SystemExit) as error:
            self._on_failure(error)
            print(traceback.format_exc(limit=-3))
            return _INTERNAL_SERVER_ERROR

    def _current(self) -> Handler:
        with self._lock:
            files = read_times(self._folder)
            if files != self._files:
                self._forget(self._files | files)
                self._files = files
            if self._handler is None:
                self._handler = self._import()
            return self._handler

    def _forget(self, files: Mapping[Path, int]) -> None:
        """Unload every module of the user's, so that the next import reads all of them anew."""
        paths = {str(path) for path in files}
        for name, module in list(sys.modules.items()):
            if getattr(module, "__file__", None) in paths:
                del sys.modules[name]
        self._handler = None

    def _import(self) -> Handler:
        importlib.invalidate_caches()
        handler: Handler = importlib.import_module("handler").lambda_handler
        return handler


def read_times(folder: Path) -> dict[Path, int]:
    """When each of the user's modules was changed: handler.py, and what stands beside it and is not ours."""
    folders = (
        each for each in folder.iterdir() if each.is_dir() and each.name not in OURS and each.name[0] not in "._"
    )
    modules = (*folder.glob("*.py"), *(path for each in folders for path in each.rglob("*.py")))
    return {path: path.stat().st_mtime_ns for path in modules}

"""An operator of a deployed callback, who types the documented commands into a terminal."""

import subprocess
import time
from pathlib import Path
from typing import Any

from harness.deployed_api import DeployedApi
from tests.wechat import proxy_event, query

WELL = "The callback works. WeChat needs a public URL to reach it."  # which the local AWS has none of

type Environ = dict[str, str]


class Operator:
    """Types commands into a terminal."""

    def __init__(self, aws: Environ, folder: Path, url: str) -> None:
        self.aws, self.folder, self.url = aws, folder, url

    def make(self, *words: str, answers: str = "", fails: bool = False) -> str:
        """A command of the documents, with what is typed into it; all that it printed."""
        command = ("make", *words, *([f"URL={self.url}"] if words[0] in ("deploy", "rollback") else []))
        process = subprocess.run(
            command,
            cwd=self.folder,
            env=self.aws,
            input=answers,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert bool(process.returncode) == fails, process.stdout
        return process.stdout


def answer(api: DeployedApi, method: str, token: str, body: bytes | None = None, **more: str) -> dict[str, Any]:
    """The answer to a request that is signed now."""
    return api.call(proxy_event(method, query(token=token, timestamp=str(int(time.time())), **more), body))

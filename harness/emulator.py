"""Lambda's Runtime Interface Emulator, which the SAM CLI brings, and the runtime's own client in it."""

import compileall
import json
import os
import platform
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

from harness.servers import free_ports, run_server

ROOT = Path(__file__).resolve().parent.parent
ARTIFACT = ROOT / ".aws-sam" / "build" / "CallbackFunction"
PYTHON = ROOT / ".venv-build" / "bin" / "python"  # has nothing installed, so that only what ships can be imported
_SITE = ROOT / ".venv-sam" / "lib" / "python3.13" / "site-packages"
_CLIENT = ("awslambdaric", "simplejson", "runtime_client*.so")
_SDK = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")  # what Lambda brings along
_PATIENCE = 30


class Memory(NamedTuple):
    """What a process holds in memory, in MiB: at most so far, and now."""

    peak: float
    now: float


class Emulator:
    """One function in the emulator; `log` is what it and the emulator have written so far."""

    def __init__(self, connection: HTTPConnection, log: Path, process: int) -> None:
        self._connection = connection
        self._log = log
        self._process = process

    @property
    def log(self) -> str:
        """Everything written so far."""
        return self._log.read_text("utf-8", "replace")

    def empty_log(self) -> None:
        """Forget what was written so far."""
        os.truncate(self._log, 0)

    def post(self, event: bytes) -> bytes:
        """The function's answer to an event, both as they go over the wire; empty where there is no function."""
        self._connection.request("POST", "/2015-03-31/functions/function/invocations", event)
        return self._connection.getresponse().read()

    def invoke(self, event: Any) -> Any:
        """The function's answer to an event; None where there is no function to answer."""
        answer = self.post(json.dumps(event).encode())
        return json.loads(answer) if answer else None

    def memory(self) -> Memory:
        """The memory of the process that the function runs in."""
        children = " ".join(path.read_text() for path in Path(f"/proc/{self._process}/task").glob("*/children"))
        status = Path(f"/proc/{int(children)}/status").read_text()
        kibibytes = dict(re.findall(r"^(VmHWM|VmRSS):\s+(\d+) kB$", status, re.MULTILINE))
        return Memory(int(kibibytes["VmHWM"]) / 1024, int(kibibytes["VmRSS"]) / 1024)

    def wait_for(self, text: str) -> str:
        """The log, once it holds a text; raises TimeoutError when it never does."""
        deadline = time.monotonic() + _PATIENCE
        while text not in self.log:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{text!r} did not come; the log is:\n{self.log}")
            time.sleep(0.005)
        return self.log


@contextmanager
def run_emulator(code: Path, environ: Mapping[str, str], workdir: Path, *, sdk: bool = False) -> Iterator[Emulator]:
    """Run `handler.lambda_handler` of a folder in the emulator, with that folder and the runtime's client alone.

    With `sdk` the AWS SDK is there to import as well, as it is on Lambda.
    """
    runtime = f"{client(workdir)}:{copy_library(_SDK, workdir / 'sdk') if sdk else ''}"
    outside, inside = free_ports(2)
    log = workdir / f"{outside}.log"
    machine = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
    command = [str(_SITE / "samcli" / "local" / "rapid" / f"aws-lambda-rie-{machine}")]
    command += ["--runtime-interface-emulator-address", f"127.0.0.1:{outside}"]
    command += ["--runtime-api-address", f"127.0.0.1:{inside}"]
    command += [str(PYTHON), "-m", "awslambdaric", "handler.lambda_handler"]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{code}:{runtime}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        **environ,
    }
    log.write_bytes(b"")  # of an earlier function on the same port
    with (
        run_server(command, outside, log, cwd=code, env=environment) as process,
        closing(HTTPConnection("127.0.0.1", outside, timeout=_PATIENCE)) as connection,
    ):
        yield Emulator(connection, log, process)


def client(workdir: Path) -> Path:
    """A folder with the runtime's client."""
    return copy_library(_CLIENT, workdir / "client")


def copy_library(patterns: tuple[str, ...], folder: Path) -> Path:
    """A folder with these packages and nothing else, so that no other package of their environment is found."""
    if not folder.exists():
        folder.mkdir()
        for path in (path for pattern in patterns for path in _SITE.glob(pattern)):
            (shutil.copytree if path.is_dir() else shutil.copy)(path, folder / path.name)
        compileall.compile_dir(folder, quiet=1)  # what is imported without bytecode is compiled at every start
    return folder

"""Starts the callbacks of the zoo: processes of frameworks that others wrote, which know nothing of this project."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent.parent
"""`make zoo` installs what they need in `.venv-zoo` and `.zoo`; without it, what the tests have has to do."""


def _python() -> str:
    apart = ROOT / ".venv-zoo/bin/python"
    return str(apart) if apart.exists() else sys.executable


def _by_python(name: str) -> list[str]:
    return [_python(), str(HERE / f"stacks/callbacks_{name}.py")]


def _command(stack: str, port: int) -> list[str]:
    if stack == "express":
        return ["node", str(HERE / "stacks/callbacks.js")]
    if stack == "php":
        return ["php", "-S", f"127.0.0.1:{port}", str(HERE / "stacks/callbacks.php")]
    return _by_python(stack.partition("-")[0])


ENVIRONMENTS: Final[dict[str, dict[str, str]]] = {
    "django-host": {"ALLOWED_HOSTS": "example.com"},
    "werobot-token": {"TOKEN": "AnotherToken"},
    "werobot-safe": {"KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"},
}
"""What is set where one stack is started in several ways."""


@contextlib.contextmanager
def running(stack: str) -> Iterator[str]:
    """The URL under which a stack's callbacks answer by their names."""
    if stack == "nginx":
        with _running_nginx() as url:
            yield url
        return
    port = free_port()
    environ = os.environ | {"PORT": str(port), "NODE_PATH": str(ROOT / ".zoo/node_modules")}
    environ |= ENVIRONMENTS.get(stack, {})
    with _running(_command(stack, port), port, environ):
        yield f"http://127.0.0.1:{port}/wx/"


@contextlib.contextmanager
def _running(command: list[str], port: int, environ: dict[str, str] | None = None) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environ, stdout=quiet, stderr=quiet) as process:
        try:
            _wait_for(port, process)
            yield
        finally:
            process.terminate()


@contextlib.contextmanager
def _running_nginx() -> Iterator[str]:
    """nginx before a healthy callback of aiohttp."""
    upstream, port, tls_port, down = (free_port() for _ in range(4))
    command = _by_python("aiohttp")
    with tempfile.TemporaryDirectory() as folder, _running(command, upstream, os.environ | {"PORT": str(upstream)}):
        Path(folder).chmod(0o777)  # where this is started by root, nginx serves as somebody else
        _write_certificate(Path(folder))
        Path(folder, "htpasswd").write_text("someone:{PLAIN}secret\n")
        conf = (HERE / "stacks/front.conf").read_text()
        filled = conf.format(folder=folder, port=port, tls_port=tls_port, upstream=upstream, down=down)
        Path(folder, "nginx.conf").write_text(filled)
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
        with _running([nginx, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/early.log"], port):
            yield f"http://127.0.0.1:{port}/wx/"


def _write_certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=callback.example", "-days", "2"]
        + ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")],
        capture_output=True,
        check=True,
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not listen on {port}")

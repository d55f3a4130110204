"""Starts the callbacks of the zoo: processes of frameworks that others wrote, which know nothing of this project."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from harness.servers import free_ports, run_server

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
    (port,) = free_ports(1)
    environ = os.environ | {"PORT": str(port), "NODE_PATH": str(ROOT / ".zoo/node_modules")}
    environ |= ENVIRONMENTS.get(stack, {})
    with run_server(_command(stack, port), port, env=environ):
        yield f"http://127.0.0.1:{port}/wx/"


@contextlib.contextmanager
def _running_nginx() -> Iterator[str]:
    """nginx before a healthy callback of aiohttp."""
    upstream, port, tls_port, down = free_ports(4)
    command = _by_python("aiohttp")
    environ = os.environ | {"PORT": str(upstream)}
    with tempfile.TemporaryDirectory() as folder, run_server(command, upstream, env=environ):
        Path(folder).chmod(0o777)  # where this is started by root, nginx serves as somebody else
        _write_certificate(Path(folder))
        Path(folder, "htpasswd").write_text("someone:{PLAIN}secret\n")
        conf = (HERE / "stacks/front.conf").read_text()
        filled = conf.format(folder=folder, port=port, tls_port=tls_port, upstream=upstream, down=down)
        Path(folder, "nginx.conf").write_text(filled)
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
        with run_server([nginx, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/early.log"], port):
            yield f"http://127.0.0.1:{port}/wx/"


def _write_certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=callback.example", "-days", "2"]
        + ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")],
        capture_output=True,
        check=True,
    )

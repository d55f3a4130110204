"""An OpenAI-compatible server that others wrote, https://github.com/dwmkerr/mock-llm, with rules of ours."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from harness.emulator import free_addresses
from harness.node import install_packages

LISTS = Path(__file__).parent / "mock_llm"
KEY = "sk-mock-0123456789"
MODEL = "mock-model"


@contextmanager
def running_mock_llm(log: Path) -> Iterator[str]:
    """Run it; gives the base URL, as one would give that of a provider."""
    folder = install_packages(LISTS, "mock_llm")
    host, port = free_addresses(1)[0].split(":")
    main = folder / "node_modules" / "@dwmkerr" / "mock-llm" / "dist" / "main.js"
    command = ["node", str(main), "--config", str(LISTS / "rules.yaml")]
    environ = os.environ | {"HOST": host, "PORT": port}
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environ, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"http://{host}:{port}/ready", process, log)
        yield f"http://{host}:{port}/v1"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"mock-llm did not start:\n{log.read_text('utf-8')}")

"""An OpenAI-compatible server that others wrote, https://github.com/dwmkerr/mock-llm, with rules of ours."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.node import install_packages
from harness.servers import free_ports, run_server

LISTS = Path(__file__).parent / "mock_llm"
KEY = "sk-mock-0123456789"
MODEL = "mock-model"


@contextmanager
def running_mock_llm(log: Path) -> Iterator[str]:
    """Run it; gives the base URL, as one would give that of a provider."""
    folder = install_packages(LISTS, "mock_llm")
    (port,) = free_ports(1)
    main = folder / "node_modules" / "@dwmkerr" / "mock-llm" / "dist" / "main.js"
    command = ["node", str(main), "--config", str(LISTS / "rules.yaml")]
    with run_server(command, port, log, env=os.environ | {"HOST": "127.0.0.1", "PORT": str(port)}):
        yield f"http://127.0.0.1:{port}/v1"

"""A DynamoDB that others wrote, dynalite, and the table that the template makes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.node import install_packages
from harness.servers import free_ports, run_server

TABLE = "messages"


@contextmanager
def serve_dynalite() -> Iterator[str]:
    """The URL of a dynalite."""
    folder = install_packages(Path(__file__).parent / "dynalite", "dynalite")
    (port,) = free_ports(1)
    serve = f'require("dynalite")({{createTableMs: 0, deleteTableMs: 0}}).listen({port}, "127.0.0.1")'
    with run_server(["node", "-e", serve], port, cwd=folder):
        yield f"http://127.0.0.1:{port}"


def create_table(client: Any) -> None:
    """Create the table as the template does."""
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    while client.describe_table(TableName=TABLE)["Table"]["TableStatus"] != "ACTIVE":
        time.sleep(0.01)

"""A DynamoDB that others wrote, dynalite, and the table that the template makes."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.node import install_packages

TABLE = "messages"

_SERVE = """
require("dynalite")({createTableMs: 0, deleteTableMs: 0})
    .listen(0, "127.0.0.1", function () { console.log(this.address().port) })
"""


@contextmanager
def serve_dynalite() -> Iterator[str]:
    """The URL of a dynalite."""
    folder = install_packages(Path(__file__).parent / "dynalite", "dynalite")
    with subprocess.Popen(["node", "-e", _SERVE], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


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

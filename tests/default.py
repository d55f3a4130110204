"""What holds for the function as it is shipped, and for no other: skipped, by name, once handler.py names another."""

from pathlib import Path

import pytest

HANDLER = Path(__file__).parent.parent / "handler.py"

shipped_default = pytest.mark.skipif(
    "respond = echo" not in HANDLER.read_text("utf-8").splitlines(),
    reason="checks the shipped default, which handler.py has replaced",
)

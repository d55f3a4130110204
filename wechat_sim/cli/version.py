"""Which version of the simulator this is."""

import tomllib
from importlib import metadata
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[2] / "pyproject.toml"
"""There in a checkout alone."""


def find_version() -> str:
    """That of the distribution, or in a checkout, where none is installed, the checkout's."""
    try:
        return metadata.version("wechat-lambda")
    except metadata.PackageNotFoundError:
        return str(tomllib.loads(PROJECT.read_text("utf-8"))["project"]["version"])

"""What the tests of the example share, and what those of the project run with: no network, nothing secret printed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.concierge.tests.providers import running_mock_llm
from tests.conftest import pytest_runtest_makereport, pytest_runtest_setup  # noqa: F401  (hooks)

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark what needs a server that is written for Node.js: `make check` runs it, `make test` does without."""
    for item in items:
        if item.path.is_relative_to(HERE) and ("mock_llm" in item.fixturenames or "dynalite" in item.name):
            item.add_marker(pytest.mark.node)


@pytest.fixture(scope="session")
def mock_llm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of an OpenAI-compatible server that others wrote."""
    with running_mock_llm(tmp_path_factory.mktemp("mock-llm") / "log") as url:
        yield url

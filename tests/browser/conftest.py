"""The chat page in a real Chromium, served by the real server."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from harness.chat_page import Chat, serve_page
from tests.default import lay_out

HERE = Path(__file__).parent

expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests talk to a server on this machine."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("enable_socket")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium that the environment names."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with this project's echo."""
    folder = lay_out(tmp_path_factory.mktemp("echo"))
    with serve_page(folder, folder / "log") as url:
        yield url


@pytest.fixture
def own_url(tmp_path: Path) -> Iterator[str]:
    """A server with an account of one's own, which has no key."""
    with serve_page(lay_out(tmp_path), tmp_path / "log", account='{"token": "OwnToken"}') as url:
        yield url


@pytest.fixture
def project(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server with a project of its own, and its handler.py to change."""
    with serve_page(lay_out(tmp_path), tmp_path / "log") as url:
        yield url, tmp_path / "handler.py"


@pytest.fixture
def chat(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Chat]:
    """A new visitor's English page; a test whose page breaks a rule of the browser, or raises, fails.

    The mark `visitor` gives that visitor another browser: a small screen, another language.
    """
    marker = request.node.get_closest_marker("visitor")
    options = {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}} | (marker.kwargs if marker else {})
    context = browser.new_context(**options)
    chat = Chat(context.new_page())
    yield chat
    context.close()
    assert chat.complaints == []

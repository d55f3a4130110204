"""The chat page as a visitor uses it, and the server behind it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from harness.servers import free_ports, run_server

ROOT = Path(__file__).parent.parent


@contextmanager
def serve_page(
    folder: Path, log: Path, *, account: str = "", port: int = 0, more: tuple[str, ...] = ()
) -> Iterator[str]:
    """A local server that runs the project of a folder, or what `more` says, with the sample account by default.

    Yields the page's URL.
    """
    # A folder's own modules come before these, as `python -m` puts its working directory first.
    environ = os.environ | {"LC_ALL": "C.UTF-8", "WECHAT_ACCOUNT": account, "PYTHONPATH": str(ROOT)}
    port = port or free_ports(1)[0]
    command = [sys.executable, "-m", "wechat_sim", "serve", "--port", str(port), *more]
    with run_server(command, port, log, cwd=folder, env=environ):
        yield f"http://127.0.0.1:{port}/"


class Chat:
    """The page as its visitor sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        self.text = page.locator("#text")
        self.sentence = page.locator("#sentence")
        self.verdict = page.locator("#verdict")
        self.steps = page.locator("#steps li")

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    @property
    def log(self) -> Locator:
        """The conversation that is shown."""
        return self.page.get_by_role("log")

    @property
    def replies(self) -> Locator:
        """What the account said in it."""
        return self.log.locator(".row.account button")

    def open(self, url: str) -> None:
        """Open the page, and wait until one can write."""
        self.page.goto(url)
        expect(self.page.get_by_role("radio", name="Robin")).to_be_attached()

    def send(self, text: str) -> None:
        """Write a text and send it."""
        self.text.fill(text)
        self.text.press("Enter")

    def press(self, name: str) -> None:
        """Press the button of that name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def choose(self, name: str) -> None:
        """Choose the mode or the follower of that name."""
        self.page.locator("label").filter(has=self.page.get_by_role("radio", name=name)).click()

    def send_sample(self, name: str) -> None:
        """Send what the panel offers under that name."""
        self.press("Send something else")
        self.press(name)

    def part(self, name: str) -> Locator:
        """The document of that name, which is opened."""
        part = self.page.locator(f"[data-part={name}]")
        part.evaluate("part => { part.open = true; }")
        return part

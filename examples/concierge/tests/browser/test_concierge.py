"""The example of a language model, lived through in the chat page: a slow model that others wrote, a tap, a memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from examples.concierge.tests.documents import EXAMPLE, handler
from examples.concierge.tests.providers import KEY, MODEL
from examples.concierge.tests.servers import Server, forwards, serving
from harness.chat_page import ROOT, Chat, serve_page
from tests.browser.conftest import browser, chat  # noqa: F401  (fixtures)

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def provider(mock_llm: str) -> Iterator[Server]:
    """A provider that takes 25 seconds for the first answer."""
    with serving(forwards(mock_llm, after=25), forwards(mock_llm, after=0.2)) as server:
        yield server


@pytest.fixture
def url(provider: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The chat page of a project with the example beside the handler.py of its document, and three settings."""
    for name in ("wechat_sim", "wechat_aws", "wechat_core"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "concierge").symlink_to(EXAMPLE / "concierge")
    (tmp_path / "handler.py").write_text(handler(), "utf-8")
    settings = {
        "CONCIERGE_BASE_URL": f"{provider.url}/v1",
        "CONCIERGE_MODEL": MODEL,
        "CONCIERGE_API_KEY": KEY,
        "DEDUP_TABLE": "memory",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with serve_page(tmp_path, tmp_path / "log") as url:
        yield url


def test_a_slow_answer_is_fetched_and_remembered(
    chat: Chat,  # noqa: F811
    url: str,
    provider: Server,
) -> None:
    """After 25 seconds: the late text, a tap, the answer as plain text; the next question knows what was said."""
    chat.open(url)
    chat.send("我叫小林")
    expect(chat.replies.last).to_contain_text("正在思考", timeout=20_000)
    chat.press("点此获取回答")
    expect(chat.replies.last).to_contain_text("我叫小林，是吗？", timeout=20_000)
    expect(chat.replies.last).to_contain_text("（内容由 AI 生成）")
    chat.send("我叫什么？")
    expect(chat.replies.last).to_contain_text("你叫小林，见", timeout=10_000)
    expect(chat.replies.last).to_contain_text("• 姓：林")
    assert len(provider.asked) == 2
    assert [message["content"] for message in provider.asked[-1].json["messages"][1:]] == [
        "我叫小林",
        "我叫小林，是吗？",
        "我叫什么？",
    ]

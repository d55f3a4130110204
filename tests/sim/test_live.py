import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from wechat_sim.local.live import LiveHandler
from wechat_sim.platform import sample

HANDLER = """
import os
import words
mode = " safe" if "aes" in os.environ["WECHAT_ACCOUNT"] else ""
def lambda_handler(event, context): return words.WORDS + mode
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A folder with a handler and a module beside it, which come before this project's own."""
    (tmp_path / "handler.py").write_text(HANDLER)
    change(tmp_path / "words.py", "WORDS = 'first'")
    before: dict[str, ModuleType] = {
        name: sys.modules.pop(name) for name in ("handler", "words") if name in sys.modules
    }
    sys.path.insert(0, str(tmp_path))
    yield tmp_path
    sys.path.remove(str(tmp_path))
    for name in ("handler", "words", "more"):
        sys.modules.pop(name, None)
    sys.modules.update(before)


def change(path: Path, text: str) -> None:
    """Write a file as an editor does a while later: Python tells what it compiled by the second of a change."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    later = max(before, path.stat().st_mtime_ns) + 10**9
    os.utime(path, ns=(later, later))


def test_changed_code_answers_the_next_message(project: Path) -> None:
    """A module that the user changes counts at once, without a restart; a new file does as well."""
    live = LiveHandler(project, os.environ, is_sample=False)
    assert live({}, None) == "first"
    change(project / "words.py", "import more\nWORDS = more.MORE  # changed")
    change(project / "more.py", "MORE = 'second'")
    assert live({}, None) == "second"


def test_broken_code_fails_as_on_lambda_and_can_be_fixed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Code that does not load is a 500 with the reason printed, until it is fixed."""
    live = LiveHandler(project, os.environ, is_sample=False)
    change(project / "words.py", "WORDS = (")
    failed: Any = live({}, None)
    assert (failed["statusCode"], failed["body"]) == (500, '{"message":"Internal Server Error"}')
    assert "SyntaxError" in capsys.readouterr().out
    change(project / "words.py", "WORDS = 'fixed again'")
    assert live({}, None) == "fixed again"


def test_settings_that_are_refused_are_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A handler that refuses to start says why."""
    live = LiveHandler(project, os.environ, is_sample=False)
    change(project / "handler.py", "import sys\nsys.exit('wechat-lambda cannot start: because')")
    assert live({}, None)["statusCode"] == 500
    assert "cannot start: because" in capsys.readouterr().out


def test_the_sample_account_can_be_put_into_each_mode(project: Path) -> None:
    """The console's mode is the callback's as well, where nothing else is configured."""
    assert "aes" in sample.SAFE_ACCOUNT_JSON
    live = LiveHandler(project, os.environ, is_sample=True)
    answers = []
    for mode in ("plain", "safe", "compatible", "plain"):
        live.set_mode(mode)
        answers.append(live({}, None))
    assert answers == ["first", "first safe", "first safe", "first"]


def test_an_account_of_ones_own_keeps_its_mode(project: Path) -> None:
    """What is configured elsewhere is not changed from the page."""
    live = LiveHandler(project, os.environ, is_sample=False)
    live.set_mode("safe")
    assert live({}, None) == "first"


def test_a_module_that_is_gone_is_missed_at_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is deleted is not answered from memory: what imports it fails as it would on Lambda."""
    live = LiveHandler(project, os.environ, is_sample=False)
    (project / "words.py").unlink()
    assert live({}, None)["statusCode"] == 500
    assert "No module named 'words'" in capsys.readouterr().out


def test_a_variable_configures_the_function_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A switch of the page is a variable of the environment, with which the handler is loaded again."""
    monkeypatch.delenv("SWITCH", raising=False)
    change(project / "words.py", "import os\nWORDS = os.environ.get('SWITCH', 'off')")
    live = LiveHandler(project, os.environ, is_sample=False)
    answers = []
    for text in ("", "on", "on", ""):
        live.set_variable("SWITCH", text)
        answers.append(live({}, None))
    assert answers == ["off", "on", "on", "off"]
    assert "SWITCH" not in os.environ


def test_what_fails_is_told(project: Path) -> None:
    """Who asks is told what keeps the code from loading, and what it raises."""
    told: list[BaseException] = []
    change(project / "words.py", "WORDS = 1")
    live = LiveHandler(project, os.environ, is_sample=False, on_failure=told.append)
    live({}, None)
    change(project / "words.py", "WORDS = (")
    live({}, None)
    assert [type(error) for error in told] == [TypeError, SyntaxError]

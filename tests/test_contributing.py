"""The four steps of CONTRIBUTING, carried out in a copy of this repository."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SAMPLE = (
    "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>"
    "<MsgType>event</MsgType><Event>user_waves</Event><EventKey>k</EventKey><OpenID>o1</OpenID></xml>"
)


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)


READS_ITS_SAMPLE = f"""
from wechat_core import parse_message
from wechat_core.events.menu import UserWavesEvent

waved = parse_message({SAMPLE!r}.encode())
assert type(waved) is UserWavesEvent
assert (waved.event_key, waved.open_id, dict(waved.extra)) == ("k", "o1", {{}})
"""


def test_a_message_type_is_added_in_four_steps(tmp_path: Path) -> None:
    """Declared as CONTRIBUTING declares it, a type reads its sample, and one command writes it into the documents."""
    for name in ("docs", "scripts", "wechat_core"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))

    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (declaration,) = re.findall(r"^( +)```python\n(.*?)^\1```", text, re.DOTALL | re.MULTILINE)
    with (tmp_path / "wechat_core" / "events" / "menu.py").open("a") as module:
        module.write("\n\n" + declaration[1].replace("\n" + declaration[0], "\n").removeprefix(declaration[0]))

    assert run(tmp_path, "-c", READS_ITS_SAMPLE).stderr == ""
    stale = run(tmp_path, "-m", "scripts.protocol", "--check")
    assert (stale.returncode, stale.stderr.count("\n")) == (1, 1)
    assert run(tmp_path, "-m", "scripts.protocol").returncode == 0
    for page in (tmp_path / "docs").glob("protocol*.md"):
        added = "| `user_waves` | `UserWavesEvent` | event_key ← EventKey, open_id ← OpenID |"
        assert added in page.read_text("utf-8").splitlines()
    assert run(tmp_path, "-m", "scripts.protocol", "--check").returncode == 0

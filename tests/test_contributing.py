"""The four steps of CONTRIBUTING, carried out in a copy of this repository."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.test_docs import table
from wechat_core.events import menu

ROOT = Path(__file__).parent.parent
SAMPLE = {
    "id": "events/user_waves",
    "source": "invented",
    "xml": "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>"
    "<MsgType>event</MsgType><Event>user_waves</Event><EventKey>k</EventKey><OpenID>o1</OpenID></xml>",
}


def outcome(copy: Path) -> tuple[bool, str]:
    """Whether the tests of samples and documents pass, and what they print."""
    command = ["-m", "pytest", "-p", "no:cacheprovider", "--color=no", "tests/test_docs.py", "tests/test_vectors.py"]
    process = subprocess.run(
        [sys.executable, *command, "-k", "menu or user_waves or gone"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    return process.returncode == 0, process.stdout


def test_a_message_type_is_added_in_four_steps(tmp_path: Path) -> None:
    """Declared as CONTRIBUTING declares it, a type reads its sample, and the tests print its line for the documents."""
    for name in ("docs", "wechat_sim", "tests", "wechat_aws", "wechat_core"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("handler.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)

    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (declaration,) = re.findall(r"^( +)```python\n(.*?)^\1```", text, re.DOTALL | re.MULTILINE)
    with (tmp_path / "wechat_core" / "events" / "menu.py").open("a") as module:
        module.write("\n\n" + declaration[1].replace("\n" + declaration[0], "\n").removeprefix(declaration[0]))

    samples = tmp_path / "wechat_sim" / "platform" / "samples.json"
    samples.write_text(json.dumps([*json.loads(samples.read_text("utf-8")), SAMPLE]))

    passed, printed = outcome(tmp_path)
    (line,) = set(re.findall(r"^E +(\| `user_waves` \|.*)$", printed, re.MULTILINE))
    assert not passed
    assert line == "| `user_waves` | `UserWavesEvent` | event_key ← EventKey, open_id ← OpenID |"
    for page in (tmp_path / "docs").glob("protocol*.md"):
        last = table(menu)[-1]
        page.write_text(page.read_text("utf-8").replace(last, f"{last}\n{line}"), "utf-8")

    passed, printed = outcome(tmp_path)
    assert passed, printed

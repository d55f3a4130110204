"""What the example's document tells to do, as it is written there."""

import re
import textwrap

from harness.emulator import ROOT

EXAMPLE = ROOT / "examples" / "concierge"
PAGES = (EXAMPLE / "README.md", EXAMPLE / "README.zh-CN.md")


def handler() -> str:
    """The handler.py."""
    return next(code for code in _blocks("python") if "lambda_handler" in code)


def copying() -> list[str]:
    """The commands that put the example into a project, but for the last, which locks what it needs."""
    *commands, lock = next(code for code in _blocks("sh") if "cp -r" in code).splitlines()
    assert lock == "make lock"
    return commands


def _blocks(language: str) -> list[str]:
    text = PAGES[0].read_text("utf-8")
    blocks = re.findall(rf"^( *)```{language}\n(.*?)^\1```", text, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(code) for _, code in blocks]

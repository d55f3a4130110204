"""The shipped default, the echo: a project that has it, and what is skipped, by name, once handler.py names another."""

from pathlib import Path

import pytest

from scripts.shipping import find_own

ROOT = Path(__file__).parent.parent
SHIPPED = '''\
"""The Lambda function. To make it yours, replace `echo` with your own function, `Message -> Reply`."""

from wechat_aws.function import build
from wechat_core import echo

respond = echo
lambda_handler = build(respond)
'''
REPLACED = "respond = echo" not in (ROOT / "handler.py").read_text("utf-8").splitlines()
AS_SHIPPED = not REPLACED and [path.name for path in find_own(ROOT)] == ["handler.py"]
"""Whether there is nothing of a user's."""

shipped_default = pytest.mark.skipif(REPLACED, reason="checks the shipped default, which handler.py has replaced")


def lay_out(folder: Path) -> Path:
    """The project in another folder, with the shipped handler.py whatever ours is."""
    for name in ("wechat_core", "wechat_aws", "wechat_sim", "events"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "handler.py").write_text(SHIPPED, "utf-8")
    return folder

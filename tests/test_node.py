"""Packages for Node.js are installed once, however many tests ask for them at the same time."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
NPM = """\
#!/bin/sh
mkdir busy || exit 1
sleep 0.3
echo >> ran
rmdir busy
"""
ASK = "import sys; from pathlib import Path; from harness.node import install_packages as install; "
ASK += "install(Path(sys.argv[1]), 'x', under=Path(sys.argv[2]))"


def test_one_installs_and_the_others_wait(tmp_path: Path) -> None:
    """As the workers of a first `make check` do; a changed lock is installed anew."""
    (tmp_path / "npm").write_text(NPM, "utf-8")
    (tmp_path / "npm").chmod(0o755)
    lists, into = tmp_path / "lists", tmp_path / "node"
    lists.mkdir()
    environ = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    for times, lock in ((1, "{}"), (2, "[]")):
        (lists / "package-lock.json").write_text(lock, "utf-8")
        command = [sys.executable, "-c", ASK, str(lists), str(into)]
        asking = [subprocess.Popen(command, cwd=ROOT, env=environ) for _ in range(4)]
        assert [process.wait() for process in asking] == [0, 0, 0, 0]
        assert (into / "x" / "ran").read_text("utf-8") == "\n" * times

"""Packages for Node.js that tests run, each list in a folder of its own, installed when it is first needed."""

import fcntl
import shutil
import subprocess
from pathlib import Path

from harness.emulator import ROOT


def install_packages(lists: Path, name: str, *, under: Path = ROOT / ".node") -> Path:
    """The folder with what the package-lock.json in `lists` names, and the other files there; npm verifies its hashes.

    Several processes may ask at once: one installs, the others wait for it.
    """
    lock, into = lists / "package-lock.json", under / name
    installed = into / "installed.json"  # a copy of the lock file; written last, it says that all is there
    into.mkdir(parents=True, exist_ok=True)
    with (into / ".turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        shutil.copytree(lists, into, dirs_exist_ok=True)
        if not installed.exists() or installed.read_bytes() != lock.read_bytes():
            quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
            subprocess.run(["npm", "ci", *quiet], cwd=into, check=True)
            shutil.copy(lock, installed)
    return into

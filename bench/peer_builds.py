"""Builds the peers' folders the way ours is built: the handler, and what it needs of `.peers/installed`."""

import shutil
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from harness.emulator import ROOT
from scripts.build import LEFT_OUT, compile_code, find_unused, remove

INSTALLED = ROOT / ".peers" / "installed"
PEERS = {
    "wechatpy in a bare handler": ("wechatpy_bare", "wechatpy", "cryptography"),
    "wechatpy in Flask": ("wechatpy_flask", "wechatpy", "cryptography", "flask", "apig-wsgi"),
    "WeRoBot in Flask": ("werobot_flask", "werobot", "cryptography", "flask", "apig-wsgi"),
    "the original article's Flask view": ("article_flask", "flask", "apig-wsgi"),
}
"""By name: the folder of its handler, and what that needs. Where ours can do safe mode, so can they."""


def build_peers() -> dict[str, Path]:
    """Build the folder of every peer, anew; the folders by the peers' names."""
    return {name: _build(*peer) for name, peer in PEERS.items()}


def _build(folder: str, *packages: str) -> Path:
    into = ROOT / ".peers" / folder
    shutil.rmtree(into, ignore_errors=True)
    shutil.copytree(ROOT / "bench" / "peers" / folder, into)
    for file in (file for found in _list_needed(packages) for file in found.files or ()):
        if (INSTALLED / file).is_file():
            (into / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(INSTALLED / file, into / file)
    remove(into, LEFT_OUT)
    remove(into, find_unused(into, ()))
    compile_code(into)
    return into


def _list_needed(packages: Iterable[str]) -> Iterable[Distribution]:
    """These packages, and those that they need, without extras."""
    installed = {canonicalize_name(found.name): found for found in distributions(path=[str(INSTALLED)])}
    ahead, needed = list(packages), dict[str, Distribution]()
    while ahead:
        name = canonicalize_name(ahead.pop())
        if name not in needed:
            needed[name] = installed[name]
            requirements = map(Requirement, installed[name].requires or ())
            ahead += [each.name for each in requirements if not each.marker or each.marker.evaluate({"extra": ""})]
    return needed.values()

"""Builds the peers' folders the way ours is built: the handler, and what it needs of `.peers/installed`."""

import shutil
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from harness.emulator import ROOT
from scripts.build import LEFT_OUT, compile_code, find_unused, remove

INSTALLED = ROOT / ".peers" / "installed"
PEERS = {
    "wechatpy in a bare handler": ("wechatpy_bare", "wechatpy[cryptography]"),
    "wechatpy in Flask": ("wechatpy_flask", "wechatpy[cryptography]", "flask", "apig-wsgi"),
    "WeRoBot in Flask": ("werobot_flask", "werobot[crypto]", "flask", "apig-wsgi"),
    "the original article's Flask view": ("article_flask", "flask", "apig-wsgi"),
}
"""By name: the folder of its handler, and what that needs. Where ours can do safe mode, so can they."""


def build_peers() -> dict[str, Path]:
    """Build the folder of every peer, anew; the folders by the peers' names."""
    return {name: _build(*peer) for name, peer in PEERS.items()}


def _build(folder: str, *requirements: str) -> Path:
    into = ROOT / ".peers" / folder
    shutil.rmtree(into, ignore_errors=True)
    shutil.copytree(ROOT / "bench" / "peers" / folder, into)
    for name in _list_needed(requirements):
        for file in _list_installed()[name].files or ():
            if (INSTALLED / file).is_file():
                (into / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(INSTALLED / file, into / file)
    remove(into, LEFT_OUT)
    remove(into, find_unused(into, ()))
    compile_code(into)
    return into


def _list_installed() -> dict[str, Distribution]:
    return {canonicalize_name(found.name): found for found in distributions(path=[str(INSTALLED)])}


def _list_needed(requirements: tuple[str, ...]) -> set[str]:
    installed, ahead = _list_installed(), [Requirement(text) for text in requirements]
    needed: set[str] = set()
    while ahead:
        requirement = ahead.pop()
        name = canonicalize_name(requirement.name)
        if name in needed and not requirement.extras:
            continue
        needed.add(name)
        for found in (Requirement(text) for text in installed[name].requires or ()):
            extras = requirement.extras or {""}
            if not found.marker or any(found.marker.evaluate({"extra": extra}) for extra in extras):
                ahead += [found]
    return needed

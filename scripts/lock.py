"""Locks the dependencies: `make lock`, and `make lock UPGRADE=1` for new versions of all.

Every list `NAME.in` has its lock `NAME.txt` beside it: all packages that it needs on any platform, each with its
version and hashes. Without UPGRADE a lock is left as it is unless its list has changed, and then only what the change
requires moves. No package is built, so that none of its code runs: a package without a wheel is refused. Packages
come from where pip's configuration says.
"""

import argparse
import ast
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PYTHON: Final = "3.12"  # the oldest that anything here runs on
PYPI: Final = "https://pypi.org/simple"
_OPTIONS: Final = {  # of pip, and what uv calls them
    "find-links": "--find-links",
    "trusted-host": "--allow-insecure-host",
}
_VARIABLES: Final = {
    "cert": ("SSL_CERT_FILE",),
    "client-cert": ("SSL_CLIENT_CERT",),
    "proxy": ("HTTP_PROXY", "HTTPS_PROXY"),
    "timeout": ("UV_HTTP_TIMEOUT",),
}


def find_lists(root: Path = ROOT) -> list[Path]:
    """The lists that have a lock, each after those it is constrained by."""
    ordered: list[Path] = []

    def add(path: Path) -> None:
        for constraint in _find_named(path, "-c"):
            add(constraint.with_suffix(".in"))
        if path not in ordered:
            ordered.append(path)

    others = [*sorted((root / "requirements").glob("*.in")), *sorted(root.glob("examples/*/requirements.in"))]
    for path in [root / "requirements.in", *others]:
        if path.with_suffix(".txt").exists():
            add(path)
    return ordered


def digest(path: Path) -> str:
    """A short digest of a list without its comments, and of the lists that it includes."""
    included = [digest(other) for other in _find_named(path, "-r")]
    return hashlib.sha256("\n".join([*_lines(path), *included]).encode()).hexdigest()[:12]


def is_stale(path: Path) -> bool:
    """Whether a list has changed since it was locked, or the versions that constrain it have."""
    lock = path.with_suffix(".txt")
    if f"({digest(path)})" not in lock.read_text("utf-8"):
        return True
    pins = _pins(lock)
    return any(pins.get(name, pin) != pin for other in _find_named(path, "-c") for name, pin in _pins(other).items())


def compile_list(path: Path, settings: Mapping[str, str], *, upgrade: bool) -> None:
    """Write a list's lock anew."""
    options, variables = translate(settings)
    name = path.relative_to(ROOT).with_suffix("")
    command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet", "--universal", "--no-build"]
    command += [f"--python-version={PYTHON}", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"]
    command += [f"--custom-compile-command=make lock  ({digest(path)})", *options]
    command += ["--upgrade", "--exclude-newer=7 days"] if upgrade else []  # by then a tampered release is usually found
    command += [f"{name}.in", f"--output-file={name}.txt"]
    print(f"locking {name}.in …", file=sys.stderr)
    if subprocess.run(command, cwd=ROOT, env=os.environ | variables, check=False).returncode:
        sys.exit(f"{name}.in cannot be locked, for the reason above; {name}.txt is as it was")


def read_pip_settings() -> dict[str, str]:
    """pip's configuration, from files and from the environment, which has precedence."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        pairs = re.findall(rf"^{section}\.([a-z-]+)=(.*)$", listed, re.MULTILINE)
        found |= {name: str(ast.literal_eval(value)) for name, value in pairs}
    return found


def translate(settings: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """The options and the variables of uv that mean what pip's settings mean."""
    *others, last = [settings.get("index-url", PYPI), *settings.get("extra-index-url", "").split()]
    # pip's order: uv asks the default last
    options = [*(f"--index={url}" for url in others), f"--default-index={last}"]
    options += ["--index-strategy=unsafe-best-match"] if others else []  # as pip does: the best of all of them
    options += [f"{_OPTIONS[name]}={one}" for name in _OPTIONS for one in settings.get(name, "").split()]
    options += ["--no-index"] if settings.get("no-index", "").lower() in ("1", "true", "yes", "on") else []
    return options, {name: settings[key] for key, names in _VARIABLES.items() if key in settings for name in names}


def _lines(path: Path) -> list[str]:
    """The lines of a list without comments."""
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in path.read_text("utf-8").splitlines())
    return [line for line in lines if line]


def _find_named(path: Path, option: str) -> Iterator[Path]:
    """The files that a list names after an option."""
    for line in _lines(path):
        if line.startswith(f"{option} "):
            yield (path.parent / line.removeprefix(option).strip()).resolve()


def _pins(lock: Path) -> dict[str, str]:
    """The versions in a lock, by package."""
    return dict(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", lock.read_text("utf-8"), re.MULTILINE))


def main() -> None:
    """Lock what has changed, or everything anew; or check the user's own list alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take new versions of everything")
    parser.add_argument("--check", action="store_true", help="fail where requirements.in has changed since")
    arguments = parser.parse_args()
    if arguments.check:
        sys.exit("requirements.in has changed since it was locked: run make lock" if is_stale(find_lists()[0]) else 0)
    settings = read_pip_settings()
    for path in find_lists():
        if arguments.upgrade or is_stale(path):
            compile_list(path, settings, upgrade=arguments.upgrade)


if __name__ == "__main__":
    main()

"""What ships: the project's two packages, and everything that the user put beside handler.py."""

import shutil
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

OUR_PACKAGES: Final = ("wechat_core", "wechat_aws")
OURS: Final = {
    *OUR_PACKAGES,
    "bench",
    "docs",
    "events",
    "examples",
    "fuzz",
    "harness",
    "requirements",
    "scripts",
    "tests",
    "wechat_sim",
    "LICENSE",
    "Makefile",
    "deploy-role.yaml",
    "pyproject.toml",
    "template.yaml",
}
"""The project's own entries; its documents and configuration are recognized by `NEVER`."""
NEVER: Final = (
    "[._]*",
    "*.md",
    "*.egg-info",
    "*.log",
    "requirements*",
    "sam-local*.json",
    "samconfig*.toml",
    "build",
    "dist",
    "htmlcov",
    "mutants",
    "node_modules",
)
TESTS: Final = ("tests", "test_*.py", "*_test.py", "conftest.py")


def find_own(root: Path) -> list[Path]:
    """The user's modules, packages and data beside handler.py, which is one of them; no tests, no environments."""
    entries = (path for path in sorted(root.iterdir()) if path.name not in OURS and not _stays(path.name, NEVER))
    return [path for path in entries if not _stays(path.name, TESTS) and not _is_environment(path)]


def copy_code(root: Path, into: Path) -> list[Path]:
    """Copy what ships: of the user's folders everything but tests, environments and what is hidden.

    Returns the modules among what was copied.
    """
    modules: list[Path] = []
    for path in [*(root / name for name in OUR_PACKAGES), *find_own(root)]:
        copy = into / path.name
        if path.is_dir():
            shutil.copytree(path, copy, ignore=_list_ignored, dirs_exist_ok=True)
            modules += sorted(copy.rglob("*.py"))
        else:
            shutil.copy(path, copy)
            modules += [copy] if copy.suffix == ".py" else []
    return modules


def _list_ignored(folder: str, names: list[str]) -> set[str]:
    hidden = {name for name in names if _stays(name, (".*", "__pycache__", *TESTS))}
    return hidden | {name for name in names if _is_environment(Path(folder, name))}


def _stays(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _is_environment(path: Path) -> bool:
    return (path / "pyvenv.cfg").exists()

"""Builds what is deployed: the code and its locked dependencies, compiled, the same bytes at every build."""

import argparse
import compileall
import os
import py_compile
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import distributions
from pathlib import Path

from scripts.imports import RUNTIME, Import, find_missing, read_imports
from scripts.lock import is_stale
from scripts.shipping import OURS, copy_code, find_own

ROOT = Path(__file__).resolve().parent.parent
EPOCH = 315532800  # 1980-01-01, the earliest date a zip can hold
OUR_DEPENDENCIES = {
    "aws-lambda-powertools",
    "cffi",
    "cryptography",
    "defusedxml",
    "jmespath",
    "pycparser",
    "typing-extensions",
}
"""The project's own locked dependencies, by the names of distributions."""
LEFT_OUT = (
    "bin",
    "**/tests",
    "**/*.pyi",
    "*.dist-info/RECORD",  # this and the next three name this machine
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/direct_url.json",
)
"""Files of dependencies that no request needs. Licences stay, and all source, for the lines in tracebacks."""
UNUSED = {
    "aws_lambda_powertools": (
        "aws_lambda_powertools/event_handler",
        "aws_lambda_powertools/metrics/provider/datadog",
        "aws_lambda_powertools/utilities/[!_j]*",  # all but the package itself and jmespath_utils, which Logger imports
    ),
    "cffi": ("cffi", "pycparser*"),  # cryptography loads _cffi_backend alone; these are there to build such a library
}
"""Parts of dependencies that the project does not use; a package of which your code uses more is left whole."""


def install(into: Path, wheels: str) -> None:
    """Install the locked dependencies for Lambda's Python 3.13 on that architecture, from wheels alone."""
    platforms = [f"--platform={tag}_{wheels}" for tag in ("manylinux_2_34", "manylinux_2_28", "manylinux2014")]
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--root-user-action=ignore"]
    pip += ["--require-hashes", "--no-deps", "--no-compile", "--only-binary=:all:"]
    pip += ["--implementation=cp", "--python-version=3.13", *platforms]
    command = [*pip, f"--target={into}", f"--requirement={ROOT / 'requirements.txt'}"]
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"a dependency cannot be installed: each needs a wheel for Python 3.13 on Linux, {wheels}; see above")


def remove(into: Path, patterns: Iterable[str]) -> None:
    """Remove files and folders."""
    for path in [path for pattern in patterns for path in into.glob(pattern)]:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def read_code(modules: Iterable[Path], into: Path) -> list[Import]:
    """The imports of the project's and the user's code."""
    try:
        return [found for module in modules for found in read_imports(module, into)]
    except SyntaxError as error:
        sys.exit(f"{error.filename}:{error.lineno} is not Python: {error.msg}")


def find_unused(into: Path, imports: Iterable[Import]) -> Iterator[str]:
    """The patterns of parts that neither the user's code nor a dependency of it imports."""
    names = {f"{name}." for found in imports for name in (found.module, found.name)}
    others = (
        found
        for found in distributions(path=[str(into)])
        if found.name.lower().replace("_", "-") not in OUR_DEPENDENCIES
    )
    required = {re.split(r"[^\w.-]", text)[0].lower() for found in others for text in found.requires or []}
    for package, patterns in UNUSED.items():
        paths = [path.relative_to(into).with_suffix("") for pattern in patterns for path in into.glob(pattern)]
        modules = tuple(f"{'.'.join(path.parts)}." for path in paths)
        if package.replace("_", "-") not in required and not any(name.startswith(modules) for name in names):
            yield from patterns


def explain(missing: Import, into: Path) -> str:
    """A line about an import that would fail on Lambda."""
    top = missing.module.partition(".")[0]
    what = f"{missing.path.relative_to(into)}:{missing.line} imports {missing.module}"
    if not top or (into / top).exists() or top in RUNTIME:
        return f"{what}, which is not there"
    if top in OURS:
        return f"{what}, which is not deployed: use wechat_core and wechat_aws"
    return f"{what}, which is not there on Lambda: add it to requirements.in, then make lock"


def compile_code(into: Path) -> None:
    """Compile with unchecked hashes: Lambda's folder is read-only, and deploys change dates."""
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir(into, quiet=1, invalidation_mode=mode, stripdir=str(into), prependdir="/var/task"):
        sys.exit("the code does not compile")


def normalise(into: Path) -> None:
    """Give every file the same date and mode, so that the archive is the same at every build."""
    for path in sorted(into.rglob("*"), reverse=True):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (EPOCH, EPOCH))


def build(into: Path, wheels: str) -> None:
    """Build into an empty directory."""
    if is_stale(ROOT / "requirements.in"):
        sys.exit("requirements.in has changed since it was locked: run make lock")
    install(into, wheels)
    remove(into, LEFT_OUT)
    imports = read_code(copy_code(ROOT, into), into)
    remove(into, find_unused(into, imports))
    for missing in find_missing(imports, into):
        sys.exit(explain(missing, into))
    print("ships:", *(path.name for path in find_own(ROOT)), file=sys.stderr)
    compile_code(into)
    normalise(into)


def main() -> None:
    """Run with the makefile's arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--wheels", choices=("x86_64", "aarch64"), required=True)
    arguments = parser.parse_args()
    if sys.version_info[:2] != (3, 13):
        sys.exit("Python 3.13 is needed, the runtime's own: bytecode of another is of no use to it")
    build(arguments.into.resolve(), arguments.wheels)


if __name__ == "__main__":
    main()

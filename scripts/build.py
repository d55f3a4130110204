"""Builds what is deployed: the code and its locked dependencies, compiled, and the same bytes at every build."""

import argparse
import ast
import compileall
import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EPOCH = 315532800  # 1980-01-01, the earliest date a zip can hold
# What dependencies bring and no request needs. Code of ours that imports any of it does not build: then take it out of
# this list. Licences stay, and so does the source of all code, for the lines in tracebacks.
LEFT_OUT = (
    "bin",
    "**/tests",
    "**/__pycache__",
    "**/*.pyi",
    "*.dist-info/RECORD",  # this and the next three name this machine
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/direct_url.json",
    "aws_lambda_powertools/event_handler",
    "aws_lambda_powertools/utilities/[!_j]*",  # all but the package itself and jmespath_utils, which Logger imports
    "cffi",  # cryptography loads _cffi_backend alone; these two are there to build such a library
    "pycparser*",
)


def install(into: Path, wheels: str) -> None:
    """Install the locked dependencies for Lambda's Python 3.13 on that architecture, from wheels alone."""
    platforms = [f"--platform={tag}_{wheels}" for tag in ("manylinux_2_34", "manylinux_2_28", "manylinux2014")]
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--root-user-action=ignore"]
    pip += ["--require-hashes", "--no-deps", "--no-compile", "--only-binary=:all:"]
    pip += ["--implementation=cp", "--python-version=3.13", *platforms]
    subprocess.run([*pip, f"--target={into}", f"--requirement={ROOT / 'requirements.txt'}"], check=True)


def copy_code(into: Path) -> None:
    """Copy the packages that ship, and every module beside handler.py."""
    for package in ("wechat_core", "wechat_aws"):
        shutil.copytree(ROOT / package, into / package, ignore=shutil.ignore_patterns("__pycache__"))
    for module in ROOT.glob("*.py"):
        shutil.copy(module, into)


def strip(into: Path) -> list[str]:
    """Remove what no request needs, and give the names of the modules that are gone."""
    gone = []
    for pattern in LEFT_OUT:
        for path in list(into.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            gone.append(path.relative_to(into))
    return [".".join(path.with_suffix("").parts) for path in gone if path.suffix != ".pyi"]  # its module stays


def imports(module: Path) -> set[str]:
    """The names that a module imports, those of modules among them."""
    names = set()
    for node in ast.walk(ast.parse(module.read_bytes())):
        match node:
            case ast.Import(aliases):
                names |= {alias.name for alias in aliases}
            case ast.ImportFrom(str(package), aliases):
                names |= {f"{package}.{alias.name}" for alias in aliases}
    return names


def check(into: Path, gone: list[str]) -> None:
    """Refuse code of ours that imports what is left out: once deployed, it would not start."""
    for module in (*into.glob("*.py"), *into.glob("wechat_*/**/*.py")):
        for name in imports(module):
            if any(f"{name}.".startswith(f"{left_out}.") for left_out in gone):
                sys.exit(f"{module.name} imports {name}, which is left out: see LEFT_OUT in scripts/build.py")


def compile_code(into: Path) -> None:
    """Compile, never to be checked against the source: Lambda's folder is read-only, and deploys change dates."""
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir(into, quiet=1, invalidation_mode=mode, stripdir=str(into), prependdir="/var/task"):
        sys.exit("the code does not compile")


def normalise(into: Path) -> None:
    """Give every file the same date and its rights, so that the archive is the same at every build."""
    for path in sorted(into.rglob("*"), reverse=True):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (EPOCH, EPOCH))


def main() -> None:
    """Build into an empty directory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--wheels", choices=("x86_64", "aarch64"), required=True)
    arguments = parser.parse_args()
    if sys.version_info[:2] != (3, 13):
        sys.exit("Python 3.13 is needed, the runtime's own: bytecode of another is of no use to it")
    install(arguments.into, arguments.wheels)
    copy_code(arguments.into)
    check(arguments.into, strip(arguments.into))
    compile_code(arguments.into)
    normalise(arguments.into)


if __name__ == "__main__":
    main()

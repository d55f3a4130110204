"""Builds what is deployed: the code and its locked dependencies, compiled, and the same bytes at every build."""

import argparse
import compileall
import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EPOCH = 315532800  # 1980-01-01, the earliest date a zip can hold
# What dependencies bring and nothing here imports: their own tests and types, and metadata that names this machine.
LEFT_OUT = (
    "bin",
    "*.dist-info/RECORD",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/direct_url.json",
)
LEFT_OUT_ANYWHERE = ("**/*.pyi", "**/__pycache__", "**/tests")


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


def strip(into: Path) -> None:
    """Remove what no request needs."""
    for pattern in (*LEFT_OUT, *LEFT_OUT_ANYWHERE):
        for path in list(into.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


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
    strip(arguments.into)
    compile_code(arguments.into)
    normalise(arguments.into)


if __name__ == "__main__":
    main()

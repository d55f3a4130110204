"""What the repository promises about itself."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(p for d in ("wechat_core", "wechat_aws", "simulator") for p in (ROOT / d).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """The top-level packages that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


PAGE = sorted((ROOT / "simulator" / "static").iterdir())


@pytest.mark.parametrize("path", MODULES + PAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_are_small(path: Path) -> None:
    """A module fits in a head: under 200 lines."""
    assert len(path.read_text("utf-8").splitlines()) < 200


def test_the_handler_is_small() -> None:
    """The composition root wires and nothing else, with one line to replace."""
    lines = (ROOT / "handler.py").read_text("utf-8").splitlines()
    assert len(lines) <= 60
    assert lines.count("respond = echo") == 1


@pytest.mark.parametrize("path", [p for p in MODULES if "wechat_core" in p.parts], ids=lambda path: path.name)
def test_the_core_is_pure(path: Path) -> None:
    """The core imports nothing that touches the world: no AWS, no clock, no entropy, no environment, no logging."""
    outside = imports(path) - sys.stdlib_module_names - {"wechat_core", "defusedxml"}
    assert not outside or (path.name == "safe_mode.py" and outside == {"cryptography"})
    assert not imports(path) & {
        "os",
        "time",
        "datetime",
        "random",
        "secrets",
        "logging",
        "socket",
        "subprocess",
        "pathlib",
    }


@pytest.mark.parametrize("path", [p for p in MODULES if "wechat_aws" in p.parts], ids=lambda path: path.name)
def test_the_edge_depends_on_the_core_and_aws_alone(path: Path) -> None:
    """What ships needs nothing but itself, Powertools and the SDK that the runtime brings."""
    allowed = {"wechat_core", "wechat_aws", "boto3", "botocore", "aws_lambda_powertools"}
    assert not imports(path) - sys.stdlib_module_names - allowed


def test_importing_the_core_does_nothing() -> None:
    """The core can be imported with an empty environment and prints nothing."""
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import wechat_core"], cwd=ROOT, env={}, capture_output=True, check=True
    )
    assert (process.stdout, process.stderr) == (b"", b"")

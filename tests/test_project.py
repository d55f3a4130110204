"""What the repository promises about itself."""

import ast
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.lock import find_lists
from tests.default import AS_SHIPPED, SHIPPED, shipped_default

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MODULES = sorted(p for d in ("wechat_core", "wechat_aws", "wechat_sim") for p in (ROOT / d).rglob("*.py"))


def modules(path: Path) -> set[str]:
    """The names that a module imports, in full: packages, modules, and what is taken out of them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module or ''}.{alias.name}" for alias in node.names}
    return found


def imports(path: Path) -> set[str]:
    """The top-level packages that a module imports."""
    return {name.partition(".")[0] for name in modules(path)}


PAGE = sorted((ROOT / "wechat_sim" / "page" / "static").iterdir())


@pytest.mark.parametrize("path", MODULES + PAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_are_small(path: Path) -> None:
    """A module fits in a head: under 200 lines."""
    assert len(path.read_text("utf-8").splitlines()) < 200


@shipped_default
def test_the_handler_is_small() -> None:
    """The composition root wires and nothing else, with one line to replace."""
    assert (ROOT / "handler.py").read_text("utf-8") == SHIPPED
    assert len(SHIPPED.splitlines()) <= 10


@pytest.mark.parametrize("path", [p for p in MODULES if "wechat_core" in p.parts], ids=lambda path: path.name)
def test_the_core_is_pure(path: Path) -> None:
    """The core imports what cannot touch the world: no AWS, no clock, no entropy, no environment, no logging."""
    harmless = {
        "binascii",
        "bisect",
        "collections",
        "contextlib",
        "functools",
        "hashlib",
        "hmac",
        "math",
        "re",
        "types",
        "typing",
        "unicodedata",
        "xml",
    }
    outside = imports(path) - harmless - {"wechat_core", "defusedxml"}
    assert not outside or (path.name == "safe_mode.py" and outside == {"cryptography"})


@pytest.mark.parametrize("path", [p for p in MODULES if "wechat_aws" in p.parts], ids=lambda path: path.name)
def test_the_edge_depends_on_the_core_and_powertools_alone(path: Path) -> None:
    """What ships needs nothing but itself and Powertools: not even the SDK that the runtime brings."""
    allowed = {"wechat_core", "wechat_aws", "aws_lambda_powertools"}
    assert not imports(path) - sys.stdlib_module_names - allowed


TEXTS = ("texts", "phrases")
ROOMS: dict[str, set[str]] = {
    "texts": set(),
    "phrases": {"texts"},
    "stop": {"texts"},
    "platform": {*TEXTS},
    "doctor": {*TEXTS, "platform"},
    "local": {"platform"},
    "sample_events": {"platform", "local"},
    "view": {*TEXTS, "platform", "doctor"},
    "page": {*TEXTS, "platform", "doctor", "view"},
    "serve": {*TEXTS, "platform", "doctor", "local", "page", "stop"},
    "cli": {*TEXTS, "platform", "doctor", "local", "sample_events", "view", "serve", "stop"},
    "__main__": {"cli"},
    "__init__": set(),
}
"""The rooms of the simulator, and those that each may know."""


@pytest.mark.parametrize("path", [p for p in MODULES if "wechat_sim" in p.parts], ids=lambda path: path.stem)
def test_the_simulator_has_no_circles(path: Path) -> None:
    """What plays the platform knows neither doctor nor page, and only what runs our own callback knows the edge."""
    room = path.relative_to(ROOT / "wechat_sim").with_suffix("").parts[0]
    known = {name.partition(".")[2] for name in modules(path) if name.startswith("wechat_sim.")}
    assert {name.partition(".")[0] for name in known} <= ROOMS[room] | {room}
    assert room in {"local", "serve", "cli"} or "wechat_aws" not in imports(path)


NEVER_KNOWN = {
    "harness": {"bench", "examples", "fuzz", "scripts", "tests"},
    "bench": {"examples", "fuzz", "tests"},
    "fuzz": {"bench", "examples", "scripts", "tests"},
    "scripts": {"bench", "examples", "fuzz", "tests"},
}
"""The rooms of tools, and those that lean on them."""


@pytest.mark.parametrize(("room", "never"), NEVER_KNOWN.items())
def test_tools_lean_on_no_test(room: str, never: set[str]) -> None:
    """What tests and measurements share stands in the harness, and the arrows go there."""
    known = {str(path.relative_to(ROOT)): imports(path) & never for path in (ROOT / room).rglob("*.py")}
    assert {path: names for path, names in known.items() if names} == {}


@pytest.mark.skipif(not AS_SHIPPED, reason="checks what is shipped, beside which there is code of yours")
def test_every_warning_is_an_error() -> None:
    """Of packages and tests as well, as long as there is nothing of a user's."""
    with pytest.raises(DeprecationWarning, match="theirs"):
        warnings.warn_explicit("theirs", DeprecationWarning, "package.py", 1, module="package")


def untyped(path: Path) -> list[str]:
    """The functions of a module of which not every argument and the result have a type."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
            bare = [each for each in given if each and not each.annotation and each.arg not in ("self", "cls")]
            found += [f"{path.relative_to(ROOT)}:{node.lineno}"] if bare or not node.returns else []
    return found


@pytest.mark.skipif(not AS_SHIPPED, reason="checks what is shipped, beside which there is code of yours")
def test_our_tests_have_types() -> None:
    """A user's tests need none, so mypy does not ask for them; it checks what has some, and all of ours has."""
    ours = [*(ROOT / "tests").rglob("*.py"), *ROOT.glob("examples/*/tests/**/*.py")]
    assert [where for path in ours if "stacks" not in path.parts for where in untyped(path)] == []


def test_importing_the_core_does_nothing() -> None:
    """The core can be imported with an empty environment and prints nothing."""
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import wechat_core"], cwd=ROOT, env={}, capture_output=True, check=True
    )
    assert (process.stdout, process.stderr) == (b"", b"")


def jobs(workflow: Path) -> list[dict[str, Any]]:
    """The jobs of a workflow, each with the rights it has."""
    declared = yaml.safe_load(workflow.read_text("utf-8"))
    return [{"permissions": declared["permissions"], "steps": [], **job} for job in declared["jobs"].values()]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_run_make(workflow: Path) -> None:
    """GitHub runs the commands that everybody runs: each workflow calls targets of the Makefile, and they exist."""
    targets = re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    run = "\n".join(step.get("run", "") for job in jobs(workflow) for step in job["steps"])
    called = re.findall(r"^make ([a-z0-9-]+)", run, re.MULTILINE)
    assert called
    assert set(called) <= set(targets)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned(workflow: Path) -> None:
    """What others wrote runs at a commit that was looked at, not at a tag that can be moved."""
    used = re.findall(r"uses: ([^.].*)", workflow.read_text("utf-8"))  # a dot begins a path in this repository
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in used)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_may_do_what_they_say_alone(workflow: Path) -> None:
    """Rights are each job's own and few, and AWS is asked by jobs of a named environment alone, which it trusts."""
    allowed = {
        "deploy.yml": {"id-token"},
        "rehearse.yml": {"id-token"},
        "lock.yml": {"actions", "contents", "pull-requests"},
    }
    assert yaml.safe_load(workflow.read_text("utf-8"))["permissions"] == {}
    for job in jobs(workflow):
        writes = {right for right, access in job["permissions"].items() if access == "write"}
        assert writes <= allowed.get(workflow.name, set())
        assert ("id-token" in writes) == ("environment" in job)


def test_no_log_shows_where_alarms_go() -> None:
    """The address of alarms is a secret of the environment, which GitHub blots out of what a deploy prints."""
    text = (ROOT / ".github" / "workflows" / "deploy.yml").read_text("utf-8")
    assert "format('AlarmEmail={0}', secrets.ALARM_EMAIL)" in text
    assert set(re.findall(r"vars\.(\w+)", text)) == {"AWS_ROLE_ARN", "AWS_REGION", "PARAMETERS"}


def test_a_rehearsal_leaves_nothing() -> None:
    """What a rehearsal deploys has the commit's name, and is deleted whatever came of it, the account last."""
    (job,) = jobs(ROOT / ".github" / "workflows" / "rehearse.yml")
    named, *_ = [step["run"] for step in job["steps"] if "run" in step]
    assert "STACK=ci-${GITHUB_SHA::12}" in named
    last = [step for step in job["steps"] if step.get("if") == "always()"]
    assert ["make delete" in step["run"] or "aws ssm delete-parameter" in step["run"] for step in last] == [True, True]
    assert job["steps"][-2:] == last


def test_what_may_push_runs_nothing_new() -> None:
    """New versions are chosen by a job that may not write; the one that pushes takes its lists and runs nothing."""
    choose, propose = jobs(ROOT / ".github" / "workflows" / "lock.yml")
    assert choose["permissions"] == {"contents": "read"}
    assert [step["run"] for step in choose["steps"] if "run" in step] == ["make lock UPGRADE=1"]
    assert not [
        step for step in propose["steps"] if re.search(r"^ *(make|python|pip|uv)", step.get("run", ""), re.MULTILINE)
    ]
    assert [step["with"]["path"] for step in propose["steps"] if "download" in step.get("uses", "")] == ["lists"]
    lock = (ROOT / "scripts" / "lock.py").read_text("utf-8")
    assert '"--no-build"' in lock
    assert '["--upgrade", "--exclude-newer=7 days"] if upgrade' in lock


def test_dependencies_are_kept_fresh() -> None:
    """Dependabot looks after actions and npm, `make lock` after every list of Python packages, all of them pairs."""
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))["updates"]
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates)
    assert [update["package-ecosystem"] for update in updates] == ["github-actions", "npm"]
    npm = [pattern.strip("/") for pattern in updates[1]["directories"]]
    locks = [
        lock.parent for top in ("harness", "tests", "examples") for lock in ROOT.glob(f"{top}/**/package-lock.json")
    ]
    unseen = [lock for lock in locks if "node_modules" not in lock.parts and not any(lock.match(p) for p in npm)]
    assert len(locks) >= 3
    assert unseen == []
    places = ("requirements*", "requirements/*", "examples/*/requirements*")
    lists = {path.relative_to(ROOT) for place in places for path in ROOT.glob(place)}
    locked = {path.relative_to(ROOT) for path in find_lists()}
    assert {path.with_suffix(".txt") for path in locked} == {path for path in lists if path.suffix == ".txt"}
    assert {path for path in lists if path.suffix == ".in"} == locked


def test_commits_are_checked_by_the_locked_tools() -> None:
    """The hooks are the project's own tools, in the versions that are locked: nothing is fetched for them."""
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert repository["repo"] == "local"
    assert all(hook["entry"].startswith((".venv/bin/", "make ")) for hook in repository["hooks"])

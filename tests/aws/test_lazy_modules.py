"""What is imported for later is whole when it is needed, and a start does without it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tests.default import SHIPPED
from wechat_aws.lazy_modules import import_later

ROOT = Path(__file__).parent.parent.parent


def python(code: str) -> list[str]:
    """What a fresh interpreter prints."""
    environ = {"WECHAT_ACCOUNT": '{"token": "SampleToken"}'}
    process = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert (process.returncode, process.stderr) == (0, "")
    return process.stdout.split()


def test_a_start_runs_nothing_for_later() -> None:
    """Of Powertools a start runs the Logger alone: no Metrics, no Tracer, no query language, no botocore."""
    modules = set(python(f"{SHIPPED}\nimport sys; print(*sys.modules)"))
    expensive = {"botocore", "jmespath", "gzip", "aws_lambda_powertools.metrics", "aws_lambda_powertools.tracing"}
    assert "aws_lambda_powertools.logging.logger" in modules
    assert not expensive & modules


@pytest.mark.parametrize(
    "use",
    [
        "from aws_lambda_powertools import Logger, Metrics, Tracer",
        "import aws_lambda_powertools; aws_lambda_powertools.Metrics(namespace='n')",
        "from aws_lambda_powertools.utilities.jmespath_utils import query",
        "from aws_lambda_powertools.utilities import jmespath_utils; assert jmespath_utils.query({'a': 1}, 'a') == 1",
        "import random; random.Random(1).random()",
        "from random import choice; choice([1])",
    ],
)
def test_the_users_code_finds_all_of_it(use: str) -> None:
    """A responder that uses Powertools, or anything else that was put off, has it as if nothing had been."""
    assert python(f"{SHIPPED}\n{use}; print('fine')") == ["fine"]


def test_threads_that_ask_at_once_get_it_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module is run once, by the first thread that asks, and nobody sees half of it."""
    tmp_path.joinpath("slowly_made.py").write_text("import time\nstarted = [1]\ntime.sleep(0.2)\nmade = 7\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with import_later("slowly_made"):
        import slowly_made  # type: ignore[import-not-found]
    barrier = Barrier(8)

    def ask(_: int) -> int:
        barrier.wait()
        return int(slowly_made.made)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [7] * 8
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        slowly_made.absent  # noqa: B018
    del sys.modules["slowly_made"]


def test_what_has_run_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that somebody has imported before is not put off, nor run again."""
    before = sys.modules["json"]
    with import_later("json", "no_such_module"):
        import json
    assert json is before
    assert "no_such_module" not in sys.modules

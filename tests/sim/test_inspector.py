import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent

# in a process of its own, since watching lasts for the life of a process
PROGRAM = """
import asyncio, json, os, sys, time
from wechat_sim.local import inspector
from wechat_sim.platform import sample
from wechat_sim.platform.console import SAMPLE
from wechat_sim.platform.inbound import compose

inspector.install()
os.environ["WECHAT_ACCOUNT"] = sample.SAFE_ACCOUNT_JSON if sys.argv[1] == "safe" else sample.ACCOUNT_JSON
import handler
from wechat_sim.serve import create_app
import httpx

def go(**asked):
    async def ask():
        app = create_app(handler.lambda_handler, SAMPLE)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            return (await client.post(asked.pop("path"), json=asked | {"mode": sys.argv[1]})).json()
    return asyncio.run(ask())

told = {
    "text": go(path="/api/send", sample="text", fields={"Content": "hi"})["deliveries"][0]["trace"],
    "forged": go(path="/api/send", sample="text", forged=True)["deliveries"][0]["trace"],
    "verify": go(path="/api/verify")["exchange"]["trace"],
}
print(json.dumps(told), file=sys.stderr)
"""


@pytest.fixture(scope="module", params=["plain", "safe"])
def told(request: pytest.FixtureRequest) -> Any:
    """What the page is told of a text, a forged one and a check of the URL, in each mode."""
    import json

    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, request.param], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(run.stderr.splitlines()[-1])


def test_the_seven_steps_are_shown(told: Any) -> None:
    """Each step of the flow in its order, with the time it took."""
    steps = told["text"]["steps"]
    assert [step["name"] for step in steps] == ["read", "open", "parse", "respond", "render", "seal", "write"]
    assert all(step["milliseconds"] > 0 and not step["failed"] for step in steps)


def test_the_step_that_refuses_is_shown(told: Any) -> None:
    """A forged message ends where it is opened."""
    steps = told["forged"]["steps"]
    assert [(step["name"], step["failed"]) for step in steps] == [("read", False), ("open", True), ("write", False)]
    assert told["forged"]["proxy_response"]["statusCode"] == 403


def test_the_check_of_the_url_has_steps_of_its_own(told: Any) -> None:
    """A GET is the short cut."""
    assert [step["name"] for step in told["verify"]["steps"]] == ["read", "verify", "write"]


def test_the_log_and_the_metrics_are_told_apart(told: Any) -> None:
    """One line of the log and one of metrics for each request, and nothing else printed."""
    trace = told["text"]
    assert ([len(trace[name]) for name in ("log", "metrics", "printed")]) == [1, 1, 0]
    assert '"message":"answered"' in trace["log"][0]
    assert '"Received":[1.0]' in trace["metrics"][0]

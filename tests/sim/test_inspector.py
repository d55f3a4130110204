import json
import subprocess
import sys
from typing import Any

import pytest

from tests.default import lay_out

# in a process of its own, since what is printed is kept for the life of a process
PROGRAM = """
import asyncio, json, os, sys
from pathlib import Path
from wechat_sim.local.inspector import Inspector, keep_printed
from wechat_sim.platform import sample
from wechat_sim.platform.console import SAMPLE

inspector = Inspector(Path(os.getcwd()))
keep_printed()
os.environ["WECHAT_ACCOUNT"] = sample.SAFE_ACCOUNT_JSON if sys.argv[1] == "safe" else sample.ACCOUNT_JSON
import handler
import mybot
from wechat_aws.function import build
from wechat_sim.serve import create_app
import httpx

def go(handle=build(mybot.respond), **asked):
    async def ask():
        app = create_app(inspector.watch(handle), SAMPLE, collect=inspector.collect)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            return (await client.post(asked.pop("path"), json=asked | {"mode": sys.argv[1]})).json()
    return asyncio.run(ask())

def trace(text, **asked):
    return go(path="/api/send", sample="text", fields={"Content": text}, **asked)["deliveries"][0]["trace"]

told = {
    **{text: trace(text) for text in ("hi", "raise", "number", "two")},
    "forged": trace("hi", forged=True),
    "verify": go(path="/api/verify")["exchange"]["trace"],
}
print(json.dumps(told), file=sys.stderr)
"""
BOT = """
import json
from wechat_core import TextReply

def respond(message):
    if message.content == "raise":
        raise ValueError("no such menu: 42")
    if message.content == "number":
        return 42
    if message.content == "two":
        json.loads("{")
    print("thinking of", message.content)
    return TextReply(message.content)
"""


@pytest.fixture(scope="module", params=["plain", "safe"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the page is told of a text, a forged one and a check of the URL, in each mode."""
    folder = tmp_path_factory.mktemp("project")
    lay_out(folder)
    (folder / "mybot.py").write_text(BOT, "utf-8")
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, request.param],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(run.stderr.splitlines()[-1])


def test_the_seven_steps_are_shown(told: Any) -> None:
    """Each step of the flow in its order, with the time it took."""
    steps = told["hi"]["steps"]
    assert [step["name"] for step in steps] == ["read", "open", "parse", "respond", "render", "seal", "write"]
    assert all(step["milliseconds"] > 0 and step["state"] == "run" for step in steps)
    assert told["hi"]["failure"] is None


def test_the_step_that_refuses_is_shown(told: Any) -> None:
    """A forged message ends where it is opened, which is no failure of the user's code."""
    steps = told["forged"]["steps"]
    assert [(step["name"], step["state"]) for step in steps] == [("read", "run"), ("open", "failed"), ("write", "run")]
    assert told["forged"]["proxy_response"]["statusCode"] == 403
    assert told["forged"]["failure"] is None


def test_the_check_of_the_url_has_steps_of_its_own(told: Any) -> None:
    """A GET is the short cut."""
    assert [step["name"] for step in told["verify"]["steps"]] == ["read", "verify", "write"]


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        ("raise", {"error": "ValueError", "text": "no such menu: 42", "place": "mybot.py:7"}),
        ("two", {"error": "JSONDecodeError", "place": "mybot.py:11"}),
        ("number", {"error": "InvalidReply", "place": ""}),
    ],
)
def test_what_the_users_function_raises_is_shown(told: Any, text: str, failure: dict[str, str]) -> None:
    """What the responder raised, with its text and the user's own line; or that it did not return a reply."""
    trace = told[text]
    assert trace["failure"] | failure == trace["failure"]
    assert trace["steps"][-2] | {"name": "respond", "state": "failed"} == trace["steps"][-2]
    assert "no such menu" not in "".join(trace["log"])


def test_the_log_and_the_metrics_are_told_apart(told: Any) -> None:
    """One line of the log for each request, a metric where something is counted, and what the user's code prints."""
    answered, forged = (told[event] for event in ("hi", "forged"))
    assert [len(answered[name]) for name in ("log", "metrics")] == [1, 0]
    assert [len(forged[name]) for name in ("log", "metrics")] == [1, 1]
    assert answered["printed"] == ["thinking of hi"]
    assert '"message":"answered"' in answered["log"][0]
    assert '"Rejected":[1.0]' in forged["metrics"][0]

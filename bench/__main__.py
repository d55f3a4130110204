"""Measures cold starts: of what ships, beside functions that do nothing, interleaved in one run. `make bench`."""

import compileall
import json
import py_compile
import re
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import boto3

from bench.emulator import ARTIFACT, ROOT, emulated
from bench.local_aws import local_aws
from simulator import sample

RUNS = 20
NAME = "/wechat-lambda/account"
_INIT = re.compile(r"INIT REPORT\(durationMs: ([\d.]+)\)")


class Function(NamedTuple):
    """A function to measure: its folder, its environment, and what it is measured against and may cost of that."""

    code: Path
    environ: dict[str, str]
    against: str = ""
    most: float = 0.0
    sdk: bool = False


def functions(aws: dict[str, str]) -> dict[str, Function]:
    """What is measured, by name."""
    bench, clock = ROOT / "bench", {"WECHAT_MAX_AGE_SECONDS": "0"}
    parameter = aws | clock | {"WECHAT_ACCOUNT": NAME}
    return {
        "empty": Function(bench / "floor", {}),
        "plain mode": Function(ARTIFACT, clock | {"WECHAT_ACCOUNT": sample.ACCOUNT_JSON}, "empty", 2.2),
        "safe mode": Function(ARTIFACT, clock | {"WECHAT_ACCOUNT": sample.SAFE_ACCOUNT_JSON}, "empty"),
        "bare SSM": Function(bench / "bare_ssm", parameter, "empty", sdk=True),
        "account in SSM": Function(ARTIFACT, parameter, "bare SSM", 1.15, sdk=True),
    }


def cold_start(function: Function, workdir: Path) -> float:
    """Milliseconds that the emulator took to start a function, up to its first event."""
    event = json.loads((ROOT / "events" / "verify.json").read_text("utf-8"))
    with emulated(function.code, function.environ, workdir, sdk=function.sdk) as emulator:
        answer = emulator.invoke(event)
        if not answer or answer.get("statusCode") != 200:
            sys.exit(f"the function does not work:\n{emulator.log}")
        return float(_INIT.findall(emulator.waited_for("INIT REPORT"))[0])


def measured(workdir: Path) -> tuple[dict[str, Function], dict[str, float]]:
    """The functions, and the median of each one's cold starts."""
    with local_aws(workdir) as aws:
        session = boto3.Session(aws["AWS_ACCESS_KEY_ID"], aws["AWS_SECRET_ACCESS_KEY"], region_name=aws["AWS_REGION"])
        ssm = session.client("ssm", endpoint_url=aws["AWS_ENDPOINT_URL"])
        ssm.put_parameter(Name=NAME, Value=sample.ACCOUNT_JSON, Type="SecureString")
        chosen = functions(aws)
        times: dict[str, list[float]] = {label: [] for label in chosen}
        for _ in range(RUNS):
            for label, function in chosen.items():
                times[label].append(cold_start(function, workdir))
    return chosen, {label: statistics.median(each) for label, each in times.items()}


def main() -> None:
    """Measure, print a table, and fail where a goal is missed."""
    for bare in ("floor", "bare_ssm"):  # compiled as what ships is
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(ROOT / "bench" / bare, quiet=1, invalidation_mode=mode)
    with tempfile.TemporaryDirectory() as workdir:
        chosen, medians = measured(Path(workdir))
    print(f"cold start, median of {RUNS} interleaved runs under the Lambda Runtime Interface Emulator")
    missed = []
    for label, function in chosen.items():
        ratio = medians[label] / medians[function.against] if function.against else 1.0
        goal = f", at most {function.most}" if function.most else ""
        print(
            f"{label:15} {medians[label]:7.1f} ms"
            + (f"  {ratio:5.2f} x {function.against}{goal}" if function.against else "")
        )
        if function.most and ratio > function.most:
            missed.append(label)
    if missed:
        sys.exit(f"over the goal: {', '.join(missed)}")


if __name__ == "__main__":
    main()

"""Measures the cold start of what ships beside that of an empty function, interleaved in one run. `make bench`."""

import compileall
import json
import py_compile
import re
import statistics
import sys
import tempfile
from pathlib import Path

from bench.emulator import ARTIFACT, ROOT, emulated
from simulator import sample

RUNS = 20
MOST = 2.2
KEY, APP_ID = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx2c2769f8efd9abc2"
PLAIN = {"WECHAT_ACCOUNT": sample.ACCOUNT_JSON, "WECHAT_MAX_AGE_SECONDS": "0"}
SAFE = PLAIN | {"WECHAT_ACCOUNT": json.dumps({"token": sample.TOKEN, "encoding_aes_key": KEY, "app_id": APP_ID})}
_INIT = re.compile(r"INIT REPORT\(durationMs: ([\d.]+)\)")


def cold_start(code: Path, environ: dict[str, str], workdir: Path) -> float:
    """Milliseconds that the emulator took to start a function, up to its first event."""
    event = json.loads((ROOT / "events" / "verify.json").read_text("utf-8"))
    with emulated(code, environ, workdir) as function:
        answer = function.invoke(event)
        if answer["statusCode"] != 200:
            sys.exit(f"the function does not work:\n{function.log}")
        return float(_INIT.findall(function.waited_for("INIT REPORT"))[0])


def main() -> None:
    """Measure, print a table, and fail where the goal is missed."""
    with tempfile.TemporaryDirectory() as name:
        workdir = Path(name)
        floor = ROOT / "bench" / "floor"
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(floor, quiet=1, invalidation_mode=mode)
        functions = {"empty": (floor, {}), "plain mode": (ARTIFACT, PLAIN), "safe mode": (ARTIFACT, SAFE)}
        measured: dict[str, list[float]] = {label: [] for label in functions}
        for _ in range(RUNS):
            for label, (code, environ) in functions.items():
                measured[label].append(cold_start(code, environ, workdir))
    least = statistics.median(measured["empty"])
    print(f"cold start, median of {RUNS} interleaved runs under the Lambda Runtime Interface Emulator")
    for label, times in measured.items():
        print(f"{label:12} {statistics.median(times):7.1f} ms {statistics.median(times) / least:5.2f} x empty")
    if statistics.median(measured["plain mode"]) > MOST * least:
        sys.exit(f"plain mode starts slower than {MOST} x empty")


if __name__ == "__main__":
    main()

"""What is measured: an empty function, what ships in each mode, and its peers, each in the folder that is deployed."""

from pathlib import Path
from typing import NamedTuple

from bench.events import is_right
from bench.peer_builds import build_peers
from harness.emulator import ARTIFACT, ROOT
from harness.local_aws import NAME, TABLE
from scripts.build import compile_code
from wechat_sim.platform import sample

FLOOR, PLAIN, SAFE = "empty handler", "wechat-lambda, plain mode", "wechat-lambda, safe mode"
BARE_SSM, ON_AWS = "bare handler that reads SSM", "wechat-lambda, account in SSM, de-duplicating table"


class Function(NamedTuple):
    """A function: its folder, its environment, the event it is measured with, and whether it uses the AWS SDK."""

    code: Path
    environ: dict[str, str]
    event: str = "text"
    sdk: bool = False

    def is_right(self, answer: bytes) -> bool:
        """Whether an answer to its event is right; a bare function's is nothing but `success`."""
        return is_right("bare" if ROOT / "bench" in self.code.parents else self.event, answer)


def functions(aws: dict[str, str]) -> dict[str, Function]:
    """Everything that is measured, by name; `aws` makes a program use the local AWS."""
    for bare in ("floor", "bare_ssm"):
        compile_code(ROOT / "bench" / bare)
    ours = {"WECHAT_ACCOUNT": NAME, "DEDUP_TABLE": TABLE}
    return {
        FLOOR: Function(ROOT / "bench" / "floor", {}),
        PLAIN: Function(ARTIFACT, {"WECHAT_ACCOUNT": sample.ACCOUNT_JSON}),
        SAFE: Function(ARTIFACT, {"WECHAT_ACCOUNT": sample.SAFE_ACCOUNT_JSON}, "safe_text"),
        BARE_SSM: Function(ROOT / "bench" / "bare_ssm", aws | ours, sdk=True),
        ON_AWS: Function(ARTIFACT, aws | ours, sdk=True),
        **{name: Function(folder, {"WECHAT_TOKEN": sample.TOKEN}) for name, folder in build_peers().items()},
    }

"""What is measured: an empty function, what ships in each configuration, and its peers, each as it is deployed."""

from pathlib import Path
from typing import NamedTuple

from bench.events import is_right
from bench.peer_builds import build_peers
from harness.dynamodb import TABLE
from harness.emulator import ARTIFACT, ROOT
from harness.local_aws import NAME, SAFE_NAME
from scripts.build import compile_code
from wechat_sim.platform import sample

FLOOR, BARE_SSM = "empty handler", "bare handler that reads SSM with boto3"
DEPLOYED, DEPLOYED_SAFE = "wechat-lambda as deployed, plain mode", "wechat-lambda as deployed, safe mode"
WITH_TABLE = "wechat-lambda as deployed, with the table"
PLAIN, SAFE = "wechat-lambda, account in place, plain mode", "wechat-lambda, account in place, safe mode"


class Function(NamedTuple):
    """A function: its folder, its environment, the event it is measured with, and whether the AWS SDK is there.

    A bare one answers nothing but `success`.
    """

    code: Path
    environ: dict[str, str]
    event: str = "text"
    sdk: bool = False
    bare: bool = False

    def is_right(self, answer: bytes) -> bool:
        """Whether an answer to its event is right."""
        return is_right("bare" if self.bare else self.event, answer)


def functions(aws: dict[str, str]) -> dict[str, Function]:
    """Everything that is measured, by name; `aws` makes a program use the local AWS.

    boto3 has authorities of its own, so the function that reads SSM with it needs ours as well.
    """
    for bare in ("floor", "bare_ssm"):
        compile_code(ROOT / "bench" / bare)
    deployed, boto3s = aws | {"WECHAT_ACCOUNT": NAME}, {"AWS_CA_BUNDLE": aws["SSL_CERT_FILE"]}
    return {
        FLOOR: Function(ROOT / "bench" / "floor", {}, bare=True),
        DEPLOYED: Function(ARTIFACT, deployed, sdk=True),
        DEPLOYED_SAFE: Function(ARTIFACT, deployed | {"WECHAT_ACCOUNT": SAFE_NAME}, "safe_text", sdk=True),
        WITH_TABLE: Function(ARTIFACT, deployed | {"DEDUP_TABLE": TABLE}, sdk=True),
        PLAIN: Function(ARTIFACT, {"WECHAT_ACCOUNT": sample.ACCOUNT_JSON}, sdk=True),
        SAFE: Function(ARTIFACT, {"WECHAT_ACCOUNT": sample.SAFE_ACCOUNT_JSON}, "safe_text", sdk=True),
        BARE_SSM: Function(ROOT / "bench" / "bare_ssm", deployed | boto3s, sdk=True, bare=True),
        **{name: Function(folder, {"WECHAT_TOKEN": sample.TOKEN}) for name, folder in build_peers().items()},
    }

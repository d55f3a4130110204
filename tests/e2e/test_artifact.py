"""What is deployed, as it is deployed: the built artefact alone under Lambda's Runtime Interface Emulator."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.dynamodb import TABLE
from harness.emulator import ARTIFACT, ROOT, Emulator, run_emulator
from harness.local_aws import NAME, local_aws, write_aws
from tests.default import REPLACED
from tests.sample_answers import ANSWERS, ENCRYPTED, EVENTS, REPLIES, TEXT
from tests.wechat import fields
from wechat_core.safe_mode import decrypt
from wechat_sim.platform import sample

pytestmark = pytest.mark.enable_socket

SAM = ROOT / ".venv-sam" / "bin" / "sam"
ENVIRONS = {
    "plain": {"WECHAT_ACCOUNT": sample.ACCOUNT_JSON, "WECHAT_MAX_AGE_SECONDS": "0"},
    "safe": {"WECHAT_ACCOUNT": sample.SAFE_ACCOUNT_JSON, "WECHAT_MAX_AGE_SECONDS": "0"},
}
PLAIN = [path for path in sorted(EVENTS.glob("*.json")) if not path.stem.startswith(("safe_", "compatible_"))]
SAFE = [path for path in sorted(EVENTS.glob("*.json")) if path not in PLAIN]


def sam(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The SAM CLI, run as the README says."""
    return subprocess.run([SAM, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def built() -> Path:
    """The artefact, built anew by the bare command."""
    process = sam("build")
    assert process.returncode == 0, process.stderr
    return ARTIFACT


@pytest.fixture(scope="module")
def functions(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Emulator]]:
    """The function in both modes, with nothing to import but what ships."""
    plain, safe = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("safe")
    with run_emulator(built, ENVIRONS["plain"], plain) as one, run_emulator(built, ENVIRONS["safe"], safe) as other:
        yield {"plain": one, "safe": other}


def answer(function: Emulator, path: Path) -> dict[str, Any]:
    given: dict[str, Any] = function.invoke(json.loads(path.read_text("utf-8")))
    return given


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.stem)
def test_every_event_file_is_answered(functions: dict[str, Emulator], path: Path) -> None:
    """Each file of events/ gets from the artefact what it gets from the source; another function has other replies."""
    given = answer(functions["plain"], path)
    if REPLACED and (path.stem in REPLIES or ANSWERS[path.stem] == (200, "success")):
        assert given["statusCode"] == 200
    elif path.stem in ANSWERS:
        assert (given["statusCode"], given["body"]) == ANSWERS[path.stem]
    else:
        msg_type, element, content = REPLIES[path.stem]
        reply = fields(given["body"])
        assert (reply["ToUserName"], reply["FromUserName"]) == (sample.FOLLOWER, sample.ACCOUNT_ID)
        assert (given["statusCode"], reply["MsgType"], reply[element]) == (200, msg_type, content)


@pytest.mark.parametrize("path", SAFE, ids=lambda path: path.stem)
def test_every_encrypted_event_file_is_answered(functions: dict[str, Emulator], path: Path) -> None:
    """The same in safe mode: the shipped cryptography works, and plain forgeries do not."""
    given = answer(functions["safe"], path)
    if REPLACED and (path.stem in ENCRYPTED or ANSWERS[path.stem] == (200, "success")):
        assert given["statusCode"] == 200
    elif path.stem in ENCRYPTED:
        sealed = fields(given["body"])["Encrypt"]
        reply = fields(decrypt(sealed, key=sample.ENCODING_AES_KEY, app_id=sample.APP_ID))
        assert reply["Content"] == TEXT
    else:
        assert (given["statusCode"], given["body"]) == ANSWERS[path.stem]


def test_a_plain_message_is_refused_in_safe_mode(functions: dict[str, Emulator]) -> None:
    """A key makes encryption required, in what ships as well."""
    assert answer(functions["safe"], EVENTS / "text.json")["statusCode"] == 400


def test_each_request_leaves_one_line(built: Path, tmp_path: Path) -> None:
    """The log has a line of JSON for a request, with nothing of the message, and a metric for one that is refused."""
    with run_emulator(built, ENVIRONS["plain"], tmp_path) as function:
        answer(function, EVENTS / "text.json")
        answer(function, EVENTS / "forged.json")
        lines = [line for line in function.wait_for('"_aws"').splitlines() if line.startswith("{")]
    assert [json.loads(line).get("message") for line in lines] == ["answered", "rejected", None]
    assert not [word for word in (sample.TOKEN, sample.FOLLOWER, "你好") if word in "".join(lines)]


def test_the_sdk_is_left_alone(built: Path, tmp_path: Path) -> None:
    """With the account in SSM and a table, nothing of the SDK that Lambda brings is imported."""
    code = shutil.copytree(built, tmp_path / "code")
    shutil.rmtree(code / "__pycache__")  # the handler's, which nobody would check
    code.joinpath("handler.py").write_text(_TELLING)
    with local_aws(tmp_path) as aws:
        write_aws(aws)
        environ = aws | {"WECHAT_ACCOUNT": NAME, "DEDUP_TABLE": TABLE, "WECHAT_MAX_AGE_SECONDS": "0"}
        with run_emulator(code, environ, tmp_path, sdk=True) as function:
            imported = set(fields(answer(function, EVENTS / "text.json")["body"])["Content"].split())
    assert {"awslambdaric", "wechat_aws"} <= imported
    assert not {"boto3", "botocore", "urllib3", "jmespath", "cryptography"} & imported


_TELLING = """
import sys

from wechat_aws.function import build
from wechat_core import TextReply

lambda_handler = build(lambda _: TextReply(" ".join({name.partition(".")[0] for name in sys.modules})[:2000]))
"""


@pytest.mark.parametrize("account", ["", '{"token": "!Secret!"}', "!Secret!"])
def test_a_bad_account_does_not_start(built: Path, tmp_path: Path, account: str) -> None:
    """Without a sound account the log has one clear line, without the value, and nothing is answered."""
    with run_emulator(built, {"WECHAT_ACCOUNT": account}, tmp_path) as function:
        assert "statusCode" not in (function.invoke({}) or {})
        log = function.wait_for("wechat-lambda cannot start: ")
    assert "!Secret!" not in log


def test_the_architecture_is_the_parameters(tmp_path: Path) -> None:
    """The bare `sam build` ships libraries for the architecture that the template's parameter is set to."""
    folder = tmp_path / "build"
    process = sam("build", "--build-dir", str(folder), "--parameter-overrides", "Architecture=arm64")
    assert process.returncode == 0, process.stderr
    libraries = [library.read_bytes() for library in folder.rglob("*.so")]
    assert {int.from_bytes(library[18:20], "little") for library in libraries} == {183}  # EM_AARCH64


def test_the_template_is_valid() -> None:
    """`sam validate`, with its linter as samconfig.toml has it, finds nothing."""
    process = sam("validate")
    assert process.returncode == 0, process.stdout + process.stderr
    assert "is a valid SAM Template" in process.stdout

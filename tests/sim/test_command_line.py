"""The command line, as somebody expects it who has never seen this project."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.default import lay_out
from tests.sim.foreign import Foreign, listening
from tests.sim.program import COMMAND, ROOT, USUAL, run, run_apart


@pytest.fixture
def foreign() -> Iterator[str]:
    """The URL of somebody's callback."""
    with listening(Foreign) as url:
        yield url


@pytest.fixture
def nobody() -> Iterator[str]:
    """A URL where nothing listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}/wechat"


TOKEN = {"WECHAT_SIM_TOKEN": "TheirToken"}


@pytest.mark.enable_socket
@pytest.mark.parametrize("more", [(), ("--json",)], ids=["text", "json"])
def test_exit_codes(foreign: str, nobody: str, more: tuple[str, ...]) -> None:
    """0 good, 1 ill, 2 usage, 3 unreachable: for both commands, and whatever form the answer has."""
    for command, url in ((("send", "hi", "--url"), foreign), (("doctor",), foreign)):
        assert run(*command, url, *more, **TOKEN).returncode == 0
        assert run(*command, url, *more, WECHAT_SIM_TOKEN="AnotherToken").returncode == 1
        assert run(*command, nobody, *more, **TOKEN).returncode == 3
        assert run(*command, "callback", *more, **TOKEN).returncode == 2
        assert run(*command, url, *more, WECHAT_SIM_TOKEN="no token").returncode == 2
    assert run("send", *more).returncode == 2


@pytest.mark.enable_socket
def test_json_is_json_whatever_happens(nobody: str) -> None:
    """With --json an error is JSON on standard output as well, by its kind, and nothing else is printed."""
    asked = {
        ("send", "hi", "--url", nobody): "unreachable",
        ("send",): "usage",
        ("send", "--nonsense"): "usage",
        ("send", "--sample", "x"): "usage",
        ("send", "hi", "--url", "x"): "usage",
        ("send", "hi", "--mode", "safe", "--token", "MyToken"): "usage",
        ("doctor",): "usage",
        ("replay", "nothing.json"): "usage",
        ("nonsense",): "usage",
    }
    for arguments, kind in asked.items():
        refused = run(*arguments, "--json")
        told = json.loads(refused.stdout)
        assert (told["error"]["kind"], refused.stderr) == (kind, ""), arguments
        assert told["error"]["message"]
    assert "text" in json.loads(run("send", "--list", "--json").stdout)


@pytest.mark.enable_socket
def test_an_interrupted_command_ends_with_130() -> None:
    """A callback that takes its time is waited for, and every second of that is told; Ctrl+C is no failure of it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/wechat"
        command = [*COMMAND, "send", "hi", "--url", url]
        hear = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs ignore it
        with subprocess.Popen(
            command, cwd=ROOT, env=USUAL, stderr=subprocess.PIPE, text=True, preexec_fn=hear
        ) as sending:
            assert sending.stderr
            waiting = sending.stderr.readline()
            sending.send_signal(signal.SIGINT)
            said = sending.stderr.read()
    assert (waiting, sending.returncode, said.strip()) == ("… no answer yet: 1 s\n", 130, "interrupted")


def test_the_version_is_said() -> None:
    """`--version` names program and version."""
    assert run("--version").stdout.startswith("wechat-sim, version ")


def test_near_misses_are_named() -> None:
    """A command, an option or a sample that is nearly right is answered with what is meant."""
    assert "Did you mean 'send'?" in run("sned").stderr
    assert "Did you mean" in run("send", "--forgd").stderr
    assert "did you mean event_subscribe" in run("send", "--sample", "subscribe").stderr


@pytest.mark.enable_socket
def test_a_text_comes_from_standard_input(foreign: str) -> None:
    """`send -` reads the text, `send --file -` the document."""
    said = run_apart("send", "-", "--url", foreign, typed="你好\n", **TOKEN).stdout
    assert said.startswith("the follower sees: hello 你好\n")
    document = (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>"
        "<MsgType>text</MsgType><Content>piped</Content><MsgId>1</MsgId></xml>"
    )
    said = run("send", "--file", "-", "--url", foreign, typed=document, **TOKEN).stdout
    assert said.startswith("the follower sees: hello piped\n")


@pytest.mark.enable_socket
def test_a_request_is_shown_as_curl(foreign: str) -> None:
    """The command that is shown sends the very request: curl gets the reply, and nothing was sent before."""
    shown = run("send", "it's\n<b> $HOME", "--curl", "--url", foreign, **TOKEN).stdout
    arguments = shlex.split(shown)
    assert arguments[0] == "curl"
    assert "it's\n<b> $HOME" in arguments[arguments.index("--data-raw") + 1]
    asked = subprocess.run(
        ["bash", "-c", f"{shown.strip()} --silent --noproxy '*'"], capture_output=True, text=True, check=True
    )
    assert "hello it's" in asked.stdout


@pytest.mark.enable_socket
def test_an_exchange_is_recorded_and_replayed(tmp_path: Path) -> None:
    """What was recorded is sent again, signed anew; it is said whether the follower sees the same."""
    record = tmp_path / "record.json"

    class Changed(Foreign):
        greeting = "goodbye"

    with listening(Foreign) as url:
        run("send", "你好", "--save", str(record), "--url", url, **TOKEN)
        assert "signature" not in record.read_text("utf-8")
        same = run("replay", str(record), **TOKEN)
        assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "as recorded")
    with listening(Changed) as url:
        other = run("replay", str(record), "--url", url, **TOKEN)
        assert other.returncode == 1
        assert other.stdout.splitlines()[-1] == 'not as recorded, which was: {"Content": ["hello 你好"]}'
        assert json.loads(run("replay", str(record), "--url", url, "--json", **TOKEN).stdout)["as_recorded"] is False
    record.write_text('{"exchange": 1}')
    assert run("replay", str(record)).stderr.startswith(f"{record} is no record")


@pytest.mark.enable_socket
def test_the_account_comes_from_options_the_environment_or_a_file(foreign: str, tmp_path: Path) -> None:
    """Each way to name the account signs with its token; none of them shows it."""
    file = tmp_path / "account.json"
    file.write_text('{"token": "TheirToken"}')
    for given, environ in (
        (("--token", "TheirToken"), {}),
        (("--account", str(file)), {}),
        ((), TOKEN),
        ((), {"WECHAT_SIM_ACCOUNT": str(file)}),
        ((), {"WECHAT_ACCOUNT": '{"token": "TheirToken"}'}),
    ):
        sent = run("send", "hi", "--url", foreign, *given, **environ)
        assert sent.stdout.startswith("the follower sees: hello hi\n"), (given, environ)
        assert "TheirToken" not in sent.stdout


@pytest.mark.enable_socket
def test_nothing_is_said_of_this_project(foreign: str, nobody: str) -> None:
    """Who examines a callback of another kind reads nothing of our make, handler or settings."""
    for url in (foreign, nobody, "http://127.0.0.1:8000/other"):
        for environ in ({"WECHAT_SIM_TOKEN": "AnotherToken"}, TOKEN, {"WECHAT_SIM_TOKEN": "!"}):
            for command in (("send", "hi", "--url", url), ("doctor", url)):
                said = run(*command, **environ)
                for word in ("make run", "Makefile", "handler.py", "WECHAT_ACCOUNT", "wechat-lambda", "lambda"):
                    assert word not in said.stdout + said.stderr, command


@pytest.mark.enable_socket
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "gbk"])
def test_any_encoding_can_print_it(foreign: str, encoding: str) -> None:
    """Where the terminal has no sign for a character, its number is printed, and the command ends as ever."""
    sent = run("send", "你好 😀", "--url", foreign, encoding=encoding, **TOKEN)
    assert (sent.returncode, sent.stderr) == (0, "")
    assert "\\U0001f600" in sent.stdout or encoding == "ascii"  # which click takes for a mistake, and writes UTF-8


@pytest.mark.enable_socket
def test_a_process_of_any_encoding_can_print_it(foreign: str) -> None:
    """The same on the standard output that a process is given."""
    sent = run_apart("send", "你好 😀", "--url", foreign, PYTHONIOENCODING="gbk", PYTHONUTF8="0", **TOKEN)
    assert (sent.returncode, sent.stderr) == (0, "")
    assert sent.stdout.startswith("the follower sees: hello 你好 \\U0001f600\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_what_the_help_says(shell: str) -> None:
    """The documented command writes a script of completion, which knows the commands."""
    assert "_WECHAT_SIM_COMPLETE=bash_source" in run("--help").stdout
    assert "_WECHAT_SIM_COMPLETE" in run(_WECHAT_SIM_COMPLETE=f"{shell}_source").stdout
    typed = {"COMP_WORDS": "wechat-sim do", "COMP_CWORD": "do" if shell == "fish" else "1"}
    assert "doctor" in run(_WECHAT_SIM_COMPLETE=f"{shell}_complete", **typed).stdout


def test_what_an_installer_writes_completes(tmp_path: Path) -> None:
    """The program that `pip install` makes of the entry point has the name that completion goes by."""
    module, _, function = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"][
        "wechat-sim"
    ].partition(":")
    script = tmp_path / "wechat-sim"
    lines = ("import sys", f"sys.path.insert(0, {str(ROOT)!r})", f"from {module} import {function}", f"{function}()")
    script.write_text("\n".join([f"#!{sys.executable}", *lines]))
    script.chmod(0o755)
    environ = USUAL | {"_WECHAT_SIM_COMPLETE": "bash_source", "PATH": os.environ["PATH"]}
    made = subprocess.run([script], env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert "_WECHAT_SIM_COMPLETE" in made.stdout


@pytest.mark.enable_socket
def test_what_is_explained_is_in_the_language_of_the_terminal(foreign: str) -> None:
    """Chinese by --lang or by the locale, English else."""
    refused = {"WECHAT_SIM_TOKEN": "AnotherToken"}
    assert "回调" in run("send", "hi", "--url", foreign, "--lang", "zh", **refused).stderr
    assert "回调" in run("send", "hi", "--url", foreign, LANG="zh_CN.UTF-8", LC_ALL="", **refused).stderr
    assert "the callback" in run("send", "hi", "--url", foreign, "--lang", "en", LANG="zh_CN.UTF-8", **refused).stderr


@pytest.mark.enable_socket
def test_every_line_is_in_the_chosen_language(foreign: str, nobody: str, tmp_path: Path) -> None:
    """With --lang zh no heading, error or hint of any command is English; what was sent and received stays as it is."""
    record = tmp_path / "record.json"
    run("send", "你好", "--forged", "--save", str(record), "--url", foreign, **TOKEN)
    for asked in (
        ("send", "你好", "--retry", "1", "--url", foreign),
        ("send", "你好", "--url", foreign, "--token", "AnotherToken"),
        ("send", "你好", "--forged", "--url", foreign),
        ("send", "你好", "--url", nobody),
        ("send", "你好", "--url", "gopher:"),
        ("send", "你好", "--mode", "safe", "--url", foreign),
        ("send", "你好", "--token", "?", "--url", foreign),
        ("send", "你好", "--url", "http://127.0.0.1:8000/wechat"),
        ("replay", str(record)),
        ("replay", str(record), "--token", "AnotherToken", "--url", f"{foreign}/{'x' * 9}"),
        ("replay", str(ROOT / "README.md")),
        ("doctor", foreign),
        ("doctor", foreign, "--token", "AnotherToken"),
        ("doctor", nobody),
        ("events", "--check"),
        ("serve", "--host", "192.0.2.1", "--url", foreign),
        ("serve", "--key", "abc"),
    ):
        said = run(*asked, "--lang", "zh", **TOKEN)
        shown = "\n".join(line for line in (said.stdout + said.stderr).splitlines() if not line.startswith("<"))
        assert re.search("[\u4e00-\u9fff]", shown), asked
        for theirs in ("wechat-sim serve", "wechat-sim send --save", "Cannot assign requested address"):
            shown = shown.replace(theirs, "")  # commands, and what the system says
        assert not re.search("[a-z]{2,} [a-z]{2,}", shown), (asked, shown)


@pytest.mark.enable_socket
def test_a_usage_error_of_ours_is_in_the_chosen_language() -> None:
    """What cannot be sent is named in it, though the frame around it is the framework's."""
    for asked, said in (
        ((), "TEXT、--sample、--file 三者给出其一"),
        (("--sample", "click"), "没有样例 click：是不是 event_click 或 link？"),
        (("--sample", "nothing"), "没有样例 nothing：用 --list 列出"),
        (("--sample", "image", "--field", "X"), "--field 的写法是 NAME=TEXT，而不是 X"),
        (("--sample", "image", "--field", "X=1"), "image 没有 X：可用的有 PicUrl, MediaId"),
    ):
        assert run("send", *asked, "--lang", "zh").stderr.splitlines()[-1] == f"Error: {said}"


def test_a_server_introduces_itself_in_the_chosen_language(tmp_path: Path) -> None:
    """By the locale as by --lang: where the page is, the account, how to try it and how to stop."""
    folder = lay_out(tmp_path)
    for more, environ in ((("--lang", "zh"), {}), ((), {"LANG": "zh_CN.UTF-8"})):
        command = [*COMMAND, "serve", "--port", "0", *more]
        with subprocess.Popen(command, cwd=folder, env=USUAL | environ, stdout=subprocess.PIPE, text=True) as it:
            assert it.stdout
            said = [it.stdout.readline() for _ in range(8)]
            it.terminate()
        headings = [line.split()[0] for line in said if line.strip()]
        assert headings == ["聊天页面", "回调", "账号", "验证", "curl", "每个请求在这里留下一行日志。按"]


def test_an_account_on_the_command_line_is_not_ignored() -> None:
    """Without --url the callback is the project's, which has its account: another one that is typed is refused."""
    for typed in (("--token", "TheirToken"), ("--key", "a" * 43), ("--app-id", "wx1"), ("--mode", "safe")):
        refused = run("serve", *typed, "--port", "0")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert refused.stderr == (
            f"{typed[0]}: only with --url; the callback of this project has its account in WECHAT_ACCOUNT\n"
        )
    several = run("serve", "--token", "TheirToken", "--mode", "plain", "--account", "README.md")
    assert several.stderr.startswith("--token, --account, --mode: only with --url")


@pytest.mark.enable_socket
def test_an_account_of_the_environment_is_for_others(tmp_path: Path) -> None:
    """Who has the token of somebody's callback in the environment can still serve the project."""
    command = [*COMMAND, "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=lay_out(tmp_path), env=USUAL | TOKEN, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout
        said = [it.stdout.readline() for _ in range(3)]
        it.terminate()
    assert said[2] == "account    the sample account, token SampleToken\n"


@pytest.mark.parametrize("command", [("send", "--list"), ("events", "--check"), ("send", "--list", "--json")])
def test_who_reads_the_output_may_leave(command: tuple[str, ...]) -> None:
    """As with `wechat-sim send --list | head -1`: the command ends quietly, without a traceback."""
    reading, writing = os.pipe()
    os.close(reading)
    asked = [sys.executable, "-m", "wechat_sim", *command]
    told = subprocess.run(asked, cwd=ROOT, env=USUAL, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (told.returncode, told.stderr) == (1, "")


def test_nobody_to_ask_is_no_crash() -> None:
    """Where nobody can type the token, one line says how to give it."""
    asked = run_apart("doctor", "http://127.0.0.1:9/")
    assert asked.returncode == 2
    assert asked.stderr.splitlines()[-1] == "nobody is there to answer: name the account, see --help"

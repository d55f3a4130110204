import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import httpx
import pytest

from simulator import sample, sample_events
from simulator.seen import FAULT_LINE

ROOT = Path(__file__).parent.parent.parent
USUAL = {name: value for name, value in os.environ.items() if not name.startswith(("WECHAT_", "TEXT"))}


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The simulator's command line, to its end."""
    command = [sys.executable, "-m", "simulator", *arguments]
    environ = USUAL | {"PYTHONUTF8": "1"} | environ
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)


def lines_until_blank(stream: IO[str]) -> str:
    """What a server prints up to its second blank line."""
    return "".join(iter(stream.readline, "\n")) + "".join(iter(stream.readline, "\n"))


@pytest.fixture(scope="module")
def introduction() -> Iterator[str]:
    """What a running server said of itself; it takes a free port, and ends with the tests here."""
    command = [sys.executable, "-u", "-m", "simulator", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=USUAL | {"PYTHONUTF8": "1"}, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout
        try:
            yield lines_until_blank(it.stdout)
        finally:
            it.terminate()
            it.stdout.read()


@pytest.fixture(scope="module")
def url(introduction: str) -> str:
    return next(line.split()[1] for line in introduction.splitlines() if line.startswith("callback"))


@pytest.mark.enable_socket
def test_the_server_introduces_itself(introduction: str, url: str) -> None:
    """It tells where it is and how to try it, and the URL it gives for that verifies."""
    assert f"account    the sample account, token {sample.TOKEN}" in introduction
    assert introduction.startswith(f"chat page  {url.removesuffix('wechat')}\n")
    curl = next(line for line in introduction.splitlines() if line.startswith("curl "))
    assert httpx.get(curl.split("'")[1], trust_env=False).text == sample.ECHOSTR


def test_a_text_is_sent_and_its_reply_shown(url: str) -> None:
    """What the follower sees comes first, then the XML both ways; the text may hold anything."""
    sent = run("send", "你好 $HOME ]]>'\"", "--url", url)
    assert (sent.returncode, sent.stderr) == (0, "")
    assert sent.stdout.startswith("the follower sees: 你好 $HOME ]]>'\"\n")
    assert "<Content><![CDATA[你好 $HOME ]]>'\"]]></Content>" in sent.stdout
    assert "received: 200 in " in sent.stdout


def test_the_text_may_come_from_the_environment(url: str) -> None:
    """TEXT is taken where no argument is given, so that a Makefile needs no quoting; without either it says so."""
    assert run("send", "--url", url, TEXT="-你好").stdout.startswith("the follower sees: -你好\n")
    assert "Missing argument 'TEXT'" in run("send").stderr


def test_nothing_local_goes_by_a_proxy(url: str) -> None:
    """A proxy of the environment is for the world outside: the local callback is reached without it."""
    dead = "http://127.0.0.1:9"
    sent = run("send", "hi", "--url", url, HTTP_PROXY=dead, http_proxy=dead, NO_PROXY="", no_proxy="")
    assert sent.stdout.startswith("the follower sees: hi\n")


def test_a_wrong_token_shows_the_fault_line(url: str) -> None:
    """One line says what the follower sees and why; the token is not in it."""
    refused = run("send", "hi", "--url", url, WECHAT_ACCOUNT='{"token": "OtherToken"}')
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"the follower sees: {FAULT_LINE} (the callback answered with another status than 200: 403 invalid signature)\n"
    )


def test_an_answer_that_is_no_reply_shows_the_fault_line(url: str) -> None:
    """A page where a callback should be is a fault, with its beginning quoted."""
    refused = run("send", "hi", "--url", url.replace("/wechat", "/nothing-here"))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "404 Not Found" in refused.stderr


@pytest.mark.enable_socket
def test_nothing_listens() -> None:
    """A callback that is not running is one line, with the command that starts it."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/wechat"
        refused = run("send", "hi", "--url", url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"nothing listens at {url}: start it with: make run\n"


@pytest.mark.parametrize(
    "url", ["callback", "ftp://example.com/", "http://[", "http://", "http://a:99999/", "http://a\x01b/"]
)
def test_no_url(url: str) -> None:
    """What is no URL of HTTP is one line as well."""
    refused = run("send", "hi", "--url", url)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "is no URL of a callback" in refused.stderr


@pytest.mark.enable_socket
def test_a_port_in_use_is_one_line() -> None:
    """The server names the port that is taken and how to choose another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run("serve", "--port", str(port))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"port {port} is in use: choose another")
    assert refused.stderr.count("\n") == 1


def test_a_host_that_is_not_ours_is_one_line() -> None:
    """An address of another machine cannot be listened on."""
    refused = run("serve", "--host", "192.0.2.1", "--port", "0")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize("command", [("serve",), ("send", "hi")])
def test_a_bad_account_is_one_line(command: tuple[str, ...]) -> None:
    """A malformed account stops every command with its cause, and is not quoted."""
    refused = run(*command, WECHAT_ACCOUNT='{"token": "not a token"}')
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("wechat-lambda cannot start: token in WECHAT_ACCOUNT is missing or malformed")
    assert refused.stderr.count("\n") == 1
    assert "not a token" not in refused.stderr


@pytest.mark.enable_socket
def test_a_configured_token_is_not_printed() -> None:
    """With an account of one's own the server prints neither the token nor anything signed with it."""
    environ = USUAL | {"WECHAT_ACCOUNT": '{"token": "MyOwnToken"}'}
    command = [sys.executable, "-u", "-m", "simulator", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout
        said = lines_until_blank(it.stdout)
        it.terminate()
    assert "account    the one in WECHAT_ACCOUNT" in said
    assert "MyOwnToken" not in said
    assert "signature" not in said


def test_the_committed_events_are_what_the_simulator_writes() -> None:
    """events/ is generated: nobody edits it, nobody forgets to write it anew."""
    assert sample_events.differing(sample_events.DIRECTORY) == []
    checked = run("events", "--check")
    assert (checked.returncode, checked.stdout) == (0, "events/ is up to date\n")


def test_a_changed_event_is_found_and_mended(tmp_path: Path) -> None:
    """A file that is changed, missing or not ours is named, and writing puts that right."""
    sample_events.write_events(tmp_path)
    (tmp_path / "text.json").write_text("{}")
    (tmp_path / "link.json").unlink()
    (tmp_path / "stray.json").write_text("{}")
    assert sample_events.differing(tmp_path) == ["link.json", "stray.json", "text.json"]
    sample_events.write_events(tmp_path)
    assert sample_events.differing(tmp_path) == []

import contextlib
import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import httpx
import pytest

from tests.default import lay_out
from tests.sim.program import COMMAND, ROOT, USUAL, run, run_apart
from wechat_sim import sample_events
from wechat_sim.platform import sample
from wechat_sim.platform.samples import samples
from wechat_sim.platform.verdict import FAULT_LINE
from wechat_sim.texts import hint_at

pytestmark = pytest.mark.enable_socket


def lines_until_blank(stream: IO[str]) -> str:
    """What a server prints up to its second blank line."""
    return "".join(iter(stream.readline, "\n")) + "".join(iter(stream.readline, "\n"))


@pytest.fixture(scope="module")
def introduction(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What a running server said of itself; it takes a free port, and ends with the tests here."""
    command = [*COMMAND, "serve", "--port", "0"]
    folder = lay_out(tmp_path_factory.mktemp("echo"))
    with subprocess.Popen(command, cwd=folder, env=USUAL, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout
        try:
            introduced = lines_until_blank(it.stdout)
            reading = threading.Thread(target=it.stdout.read)  # a pipe that nobody reads fills up, and stops the server
            reading.start()
            yield introduced
        finally:
            it.terminate()
            reading.join()


@pytest.fixture(scope="module")
def url(introduction: str) -> str:
    return next(line.split()[1] for line in introduction.splitlines() if line.startswith("callback"))


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
    assert "\nreceived 200 in " in sent.stdout


@pytest.mark.parametrize("asked", [(), ("hi", "--sample", "image"), ("--sample", "image", "--file", __file__)])
def test_one_thing_is_sent(asked: tuple[str, ...]) -> None:
    """What is to be sent is given once: a text, a sample or a file."""
    refused = run("send", *asked)
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (2, "Error: give one of TEXT, --sample and --file")


def test_a_sample_is_sent_with_other_content(url: str) -> None:
    """Any sample can be sent, and its fields changed; an event is acknowledged."""
    sent = run("send", "--sample", "event_click", "--field", "EventKey=MENU_1", "--url", url)
    assert sent.returncode == 0
    assert sent.stdout.startswith(
        "the follower sees: nothing (the callback acknowledged the message without a reply)\n"
    )
    assert "<EventKey><![CDATA[MENU_1]]></EventKey>" in sent.stdout
    picture = run("send", "--sample", "image", "--url", url)
    assert picture.stdout.startswith(f"the follower sees: [image] {samples()['image'].content['MediaId']}\n")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--sample", "nothing"), "there is no sample nothing: --list names them"),
        (
            ("--sample", "event_subscrib"),
            "there is no sample event_subscrib: did you mean event_subscribe or event_unsubscribe?",
        ),
        (("--sample", "click"), "there is no sample click: did you mean event_click or link?"),
        (("--sample", "image", "--field", "X=1"), "image has no X: it has PicUrl, MediaId"),
        (("--sample", "image", "--field", "X"), "--field takes NAME=TEXT, not X"),
    ],
)
def test_a_sample_that_is_not_there_is_one_line(asked: tuple[str, ...], said: str) -> None:
    """What cannot be sent is named with what can."""
    refused = run("send", *asked)
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (2, f"Error: {said}")


def test_the_samples_are_listed() -> None:
    """Every sample is listed with the fields that can be changed."""
    listed = run("send", "--list").stdout
    assert {line.split()[0] for line in listed.splitlines()} == set(samples())
    assert "event_click                              EventKey\n" in listed


def test_a_file_is_sent_as_it_is(url: str, tmp_path: Path) -> None:
    """The document of a file goes out byte for byte, and the reply is judged by its addresses."""
    file = tmp_path / "message.xml"
    file.write_bytes(samples()["text"].write({"FromUserName": "oSomebody", "Content": "from a file"}))
    sent = run("send", "--file", str(file), "--url", url)
    assert (sent.returncode, sent.stdout.splitlines()[0]) == (0, "the follower sees: from a file")


def test_a_message_is_delivered_again(url: str) -> None:
    """With --retry the first answers get lost, so the callback is asked again; each delivery is shown."""
    sent = run("send", "hi", "--retry", "2", "--url", url)
    assert sent.stdout.count("lost on the way") == 2
    assert "delivery 3: received 200 in " in sent.stdout


def test_a_forged_message_is_refused(url: str) -> None:
    """A callback that refuses a forgery does what it should, which is no failure."""
    sent = run("send", "hi", "--forged", "--url", url)
    assert sent.returncode == 0
    assert "the callback refused the forged message, as it should: 403 invalid signature" in sent.stdout


def test_an_exchange_as_json(url: str) -> None:
    """Other programs get the whole exchange, without anything that was signed."""
    sent = run("send", "你好", "--json", "--url", url)
    told = json.loads(sent.stdout)
    assert (told["seen"]["what"], told["reply"]["elements"]) == ("reply", {"Content": ["你好"]})
    assert told["deliveries"][0]["status"] == 200
    assert "signature" not in sent.stdout


def test_a_mode_that_the_account_lacks_is_one_line(url: str) -> None:
    """Encrypting needs a key; the sample account has one, which the callback that is running here does not expect."""
    refused = run("send", "hi", "--mode", "safe", "--url", url, WECHAT_ACCOUNT='{"token": "MyToken"}')
    assert refused.stderr.endswith(
        "safe mode needs the EncodingAESKey and the AppID: give them with --key and --app-id\n"
    )
    mismatched = run("send", "hi", "--mode", "safe", "--url", url)
    assert (mismatched.returncode, mismatched.stderr.startswith(f"the follower sees: {FAULT_LINE}")) == (1, True)


def test_the_doctor_finds_nothing_wrong(url: str) -> None:
    """A callback that works passes every check; where an account is configured nothing is asked."""
    examined = run("doctor", url, WECHAT_ACCOUNT=sample.ACCOUNT_JSON)
    assert examined.returncode == 0
    assert not [line for line in examined.stderr.splitlines() if not line.startswith("… examining: ")]
    assert examined.stdout.count("ok      ") == 11
    assert examined.stdout.endswith("\nThe callback works. WeChat needs a public URL to reach it.\n")


def test_the_doctor_names_the_cause(url: str) -> None:
    """The first cause ends the examination with what to change and what WeChat says to it; the token is not shown."""
    examined = run("doctor", url, WECHAT_ACCOUNT='{"token": "OtherToken"}')
    assert examined.returncode == 1
    assert examined.stdout.splitlines()[-3:] == [
        "the callback has another token (403 invalid signature)",
        f"  change: {hint_at('wrong_token')}",
        "  WeChat says: token验证失败 (-302) (token verification failed)",
    ]
    assert "OtherToken" not in examined.stdout


def test_what_no_console_takes_is_one_line() -> None:
    """Settings that are mistyped are named, and not quoted; nothing is sent, and the questions are no output."""
    asked = ("doctor", "http://127.0.0.1:9/", "--mode", "safe")
    typed = f"No\n{'a' * 43}\nwx0000000000000000\n"
    refused = run_apart(*asked, typed=typed, PYTHONWARNINGS="ignore")  # no terminal is there to switch the echo off
    assert (refused.returncode, refused.stdout) == (2, "")
    said = "token in what you typed is missing or malformed: it is 3 to 32 letters and digits, as in the WeChat console"
    assert refused.stderr.splitlines()[-1].endswith(said)
    short = run(*asked, typed="MyToken\nshort\nwx\n")
    said = "encoding_aes_key in what you typed is missing or malformed: it is 43 letters and digits"
    assert (short.returncode, short.stderr.splitlines()[-1]) == (2, f"{said}, as in the WeChat console")


def test_a_diagnosis_as_json(url: str) -> None:
    """Other programs get every check with its finding."""
    told = json.loads(run("doctor", url, "--json", WECHAT_ACCOUNT='{"token": "OtherToken"}').stdout)
    assert (told["ok"], told["checks"][-1]["findings"][0]["id"]) == (False, "wrong_token")


def test_the_doctor_asks_without_echo(url: str) -> None:
    """Without an account the token is asked for, and what is typed on a terminal is not shown."""
    command = [*COMMAND, "doctor", url]
    terminal, typed = os.openpty()
    environ = USUAL
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdin=typed, stdout=typed, stderr=typed, start_new_session=True
    ) as it:
        os.close(typed)
        shown = b""
        while b"sample account): " not in shown:
            shown += os.read(terminal, 1024)
        os.write(terminal, b"SampleToken\n")
        with contextlib.suppress(OSError):  # the other side closes
            while more := os.read(terminal, 1024):
                shown += more
    os.close(terminal)
    assert it.wait() == 0
    assert b"SampleToken" not in shown
    assert "The callback works." in shown.decode()


def test_nothing_local_goes_by_a_proxy(url: str) -> None:
    """A proxy of the environment is for the world outside: the local callback is reached without it."""
    dead = "http://127.0.0.1:9"
    sent = run("send", "hi", "--url", url, HTTP_PROXY=dead, http_proxy=dead, NO_PROXY="", no_proxy="")
    assert sent.stdout.startswith("the follower sees: hi\n")


def test_a_wrong_token_shows_the_fault_line(url: str) -> None:
    """One line says what the follower sees and why; the token is not in it."""
    refused = run("send", "hi", "--url", url, WECHAT_ACCOUNT='{"token": "OtherToken"}')
    assert refused.returncode == 1
    assert refused.stderr == (
        f"the follower sees: {FAULT_LINE} (the callback answered with a status other than 200: 403 invalid signature)\n"
    )
    assert "OtherToken" not in refused.stdout


def test_an_answer_that_is_no_reply_shows_the_fault_line(url: str) -> None:
    """A page where a callback should be is a fault, with its beginning quoted."""
    refused = run("send", "hi", "--url", url.replace("/wechat", "/nothing-here"))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "404 Not Found" in refused.stderr


def test_nothing_listens() -> None:
    """A callback that is not running is one line, and has an exit code of its own."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/wechat"
        refused = run("send", "hi", "--url", url)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert refused.stderr == f"nothing listens at {url}: start the callback\n"


@pytest.mark.parametrize(
    "url", ["callback", "ftp://example.com/", "http://[", "http://", "http://a:99999/", "http://a\x01b/"]
)
def test_no_url(url: str) -> None:
    """What is no URL of HTTP is one line as well."""
    refused = run("send", "hi", "--url", url)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "is no URL of a callback" in refused.stderr


def test_a_port_in_use_is_one_line() -> None:
    """The server names the port that is taken and how to choose another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run_apart("serve", "--port", str(port))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"port {port} is in use: choose another")
    assert refused.stderr.count("\n") == 1


def test_a_host_that_is_not_ours_is_one_line() -> None:
    """An address of another machine cannot be listened on."""
    refused = run_apart("serve", "--host", "192.0.2.1", "--port", "0")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("command", [("serve",), ("send", "hi")])
def test_a_bad_account_is_one_line(command: tuple[str, ...]) -> None:
    """A malformed account stops every command with its cause, and is not quoted."""
    refused = run(*command, WECHAT_ACCOUNT='{"token": "not a token"}')
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("token in WECHAT_ACCOUNT is missing or malformed")
    assert refused.stderr.count("\n") == 1
    assert "not a token" not in refused.stderr


def test_a_configured_token_is_not_printed(tmp_path: Path) -> None:
    """With an account of one's own the server prints neither the token nor anything signed with it."""
    environ = USUAL | {"WECHAT_ACCOUNT": '{"token": "MyOwnToken"}'}
    command = [*COMMAND, "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=lay_out(tmp_path), env=environ, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout
        said = lines_until_blank(it.stdout)
        it.terminate()
    assert "account    the one in WECHAT_ACCOUNT" in said
    assert "MyOwnToken" not in said
    assert "signature" not in said


def test_the_committed_events_are_what_the_simulator_writes() -> None:
    """events/ is generated: nobody edits it, nobody forgets to write it anew."""
    assert sample_events.list_stale(sample_events.DIRECTORY) == []
    checked = run("events", "--check")
    assert (checked.returncode, checked.stdout) == (0, "events/ is up to date\n")


def test_a_changed_event_is_found_and_fixed(tmp_path: Path) -> None:
    """A file that is changed, missing or not ours is named, and writing puts that right."""
    sample_events.write_events(tmp_path)
    (tmp_path / "text.json").write_text("{}")
    (tmp_path / "link.json").unlink()
    (tmp_path / "stray.json").write_text("{}")
    assert sample_events.list_stale(tmp_path) == ["link.json", "stray.json", "text.json"]
    sample_events.write_events(tmp_path)
    assert sample_events.list_stale(tmp_path) == []


RAISING = """
from wechat_aws.function import build

def respond(message):
    raise ValueError("no such tea")

lambda_handler = build(respond)
"""


def test_the_terminal_shows_what_the_users_function_raised(tmp_path: Path) -> None:
    """Its text is in the log line, which on AWS leaves it out."""
    (lay_out(tmp_path) / "handler.py").write_text(RAISING, "utf-8")
    command = [*COMMAND, "serve", "--port", "0"]
    environ = USUAL
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True) as it:
        assert it.stdout
        introduced = lines_until_blank(it.stdout)
        url = next(line.split()[1] for line in introduced.splitlines() if line.startswith("callback"))
        run("send", "tea", "--url", url)
        it.terminate()
        said = it.stdout.read()
    assert '"error_text":"no such tea"' in said

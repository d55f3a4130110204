import pytest

from wechat_sim.cli import report
from wechat_sim.doctor import findings
from wechat_sim.doctor.examination import Check
from wechat_sim.doctor.findings import Finding
from wechat_sim.texts import CHINESE, ENGLISH, Language

PRIVATE = findings.PRIVATE_ADDRESS.replace(detail="192.168.1.5")


@pytest.mark.parametrize(
    ("found", "language", "conclusion"),
    [
        ((), ENGLISH, "WeChat will verify this URL and deliver messages to it."),
        ((findings.ODD_TYPE,), ENGLISH, "WeChat will verify this URL and deliver messages to it."),
        ((PRIVATE,), ENGLISH, "The callback works. WeChat needs a public URL to reach it."),
        ((), CHINESE, "微信可以验证这个 URL，并向它推送消息。"),
        ((PRIVATE, findings.WRONG_TOKEN), ENGLISH, "  WeChat says: token验证失败 (-302) (token verification failed)"),
        ((findings.WRONG_TOKEN,), CHINESE, "  微信提示：token验证失败 (-302)"),
    ],
)
def test_a_diagnosis_ends_with_what_weixin_will_do(
    capsys: pytest.CaptureFixture[str], found: tuple[Finding, ...], language: Language, conclusion: str
) -> None:
    """A callback that is well is promised to be verified only where WeChat can reach it; else the cause stands last."""
    report.print_diagnosis([Check("url"), Check("handshake", 1.0, found)], language)
    assert capsys.readouterr().out.splitlines()[-1] == conclusion


def test_a_private_address_comes_with_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Who examines a callback at home is told how WeChat could reach it."""
    report.print_diagnosis([Check("host", 1.0, (PRIVATE,))])
    assert "(192.168.1.5)\n  change: examine the public URL; to try this very callback" in capsys.readouterr().out


def test_one_finding_of_several_checks_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    """What fails in the same way for several kinds of message stands there once, with their names."""
    fails = findings.OTHER_MESSAGE_FAILS.replace(because="not_xml", detail="Input something...")
    report.print_diagnosis([Check("image", 1.0, (fails,)), Check("event", 1.0, (fails,))], CHINESE)
    said = capsys.readouterr().out.splitlines()
    assert said[1].endswith("（应答既不是 success，也不是格式正确的 XML：Input something...）")
    assert said[2] == "  出现于：图片、事件（关注）"
    assert sum(line.startswith("  解决办法") for line in said) == 1


def test_several_findings_of_one_check_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The gravest of them marks the line."""
    report.print_check(Check("message", 3.0, (findings.RUNS_AGAIN, findings.ODD_TIME, findings.NO_POST)))
    assert capsys.readouterr().out.startswith("FAILED   a message (POST)")

"""Has the doctor examine a callback of the zoo."""

from tests.sim.examining import examine as examine_with
from tests.zoo.animals import mode_of
from wechat_sim.platform.console import SAMPLE


def examine(url: str) -> tuple[str, str]:
    """The faults and the warnings that are found, by their ids; that a callback is on this machine is no news."""

    checks = examine_with(url, SAMPLE.replace(mode=mode_of(url.rpartition("/")[2])))
    found = [finding for check in checks for finding in check.findings if finding.id != "private_address"]
    faults, warnings = ([each.id for each in found if each.level == level] for level in ("fault", "warning"))
    return " ".join(faults), " ".join(warnings)

import json

import pytest

from wechat_aws.settings import InvalidSettings
from wechat_sim.local.account import choose_account
from wechat_sim.platform import sample
from wechat_sim.platform.console import MODES, SAMPLE, Console


@pytest.mark.parametrize("environ", [{}, {"WECHAT_ACCOUNT": " "}])
def test_without_an_account_the_sample_is_played(environ: dict[str, str]) -> None:
    """Nothing needs to be configured to try it, in any mode; the handler finds the same account in plain mode."""
    console, max_age = choose_account(environ)
    assert (console, max_age, console.is_sample, console.modes) == (SAMPLE, 300, True, MODES)
    assert environ["WECHAT_ACCOUNT"] == sample.ACCOUNT_JSON


def test_the_newest_token_of_a_configured_account_signs() -> None:
    """An account that is configured stays as it is, and is not taken for the sample; without a key it is plain."""
    environ = {"WECHAT_ACCOUNT": '{"token": ["NewToken", "OldToken"]}', "WECHAT_MAX_AGE_SECONDS": "60"}
    console, max_age = choose_account(environ)
    assert (console, max_age, console.is_sample, console.modes) == (Console("NewToken"), 60, False, ("plain",))


def test_an_account_with_a_key_is_in_safe_mode() -> None:
    """What is configured to be encrypted is sent encrypted, with the newest key."""
    keys, app_id = ["a" * 43, "b" * 43], "wx" + "0" * 16
    account = json.dumps({"token": "MyToken", "encoding_aes_key": keys, "app_id": app_id})
    console, _ = choose_account({"WECHAT_ACCOUNT": account})
    assert (console, console.modes) == (Console("MyToken", "a" * 43, app_id, "safe"), MODES)


def test_a_malformed_account_is_refused() -> None:
    """What cannot be used is the settings' own error."""
    with pytest.raises(InvalidSettings, match="WECHAT_ACCOUNT is malformed"):
        choose_account({"WECHAT_ACCOUNT": "BareToken"})

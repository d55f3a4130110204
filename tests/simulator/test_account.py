import pytest

from simulator import sample
from simulator.account import choose_account
from wechat_aws.settings import InvalidSettings


@pytest.mark.parametrize("environ", [{}, {"WECHAT_ACCOUNT": " "}])
def test_without_an_account_the_sample_is_played(environ: dict[str, str]) -> None:
    """Nothing needs to be configured to try it; the handler finds the same account in the environment."""
    played = choose_account(environ)
    assert (played.token, played.max_age, played.is_sample) == (sample.TOKEN, 300, True)
    assert environ["WECHAT_ACCOUNT"] == sample.ACCOUNT_JSON


def test_the_newest_token_of_a_configured_account_signs() -> None:
    """An account that is configured stays as it is, and is not taken for the sample."""
    environ = {"WECHAT_ACCOUNT": '{"token": ["NewToken", "OldToken"]}', "WECHAT_MAX_AGE_SECONDS": "60"}
    played = choose_account(environ)
    assert (played.token, played.max_age, played.is_sample) == ("NewToken", 60, False)


def test_a_malformed_account_is_refused() -> None:
    """What cannot be used is the settings' own error."""
    with pytest.raises(InvalidSettings, match="WECHAT_ACCOUNT is malformed"):
        choose_account({"WECHAT_ACCOUNT": "BareToken"})

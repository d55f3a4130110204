import json

import pytest

from wechat_aws.settings import InvalidSettings, envelope_for, read_settings

SECRET = "Secr3tToken"
KEY, APP_ID = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx2c2769f8efd9abc2"
SAFE = {"token": SECRET, "encoding_aes_key": KEY, "app_id": APP_ID}


def no_fetch(name: str) -> str:
    pytest.fail(f"fetched {name}")


def test_the_account_in_place() -> None:
    """JSON in the variable is the account; nothing is fetched."""
    settings = read_settings({"WECHAT_ACCOUNT": json.dumps({"token": SECRET})}, fetch=no_fetch)
    assert settings.account.tokens == (SECRET,)
    assert settings.max_age == 300


def test_the_account_in_a_parameter() -> None:
    """Anything else is the name of a parameter, and its text the account."""
    parameters = {"/wechat/account": json.dumps({"token": ["NewToken", SECRET]})}
    settings = read_settings({"WECHAT_ACCOUNT": "/wechat/account"}, fetch=parameters.__getitem__)
    assert settings.account.tokens == ("NewToken", SECRET)


def test_a_key_makes_the_mode_safe() -> None:
    """The mode follows from the account alone: with a key it is safe, and it takes the key and the AppID with it."""
    settings = read_settings({"WECHAT_ACCOUNT": json.dumps(SAFE)}, fetch=no_fetch)
    assert (settings.account.keys, settings.account.app_id) == ((KEY,), APP_ID)
    assert envelope_for(settings).mode == "safe"
    plain = read_settings({"WECHAT_ACCOUNT": json.dumps({"token": SECRET, "app_id": APP_ID})}, fetch=no_fetch)
    assert envelope_for(plain).mode == "plain"
    several = read_settings({"WECHAT_ACCOUNT": json.dumps(SAFE | {"encoding_aes_key": [KEY, KEY]})}, fetch=no_fetch)
    assert several.account.keys == (KEY, KEY)


@pytest.mark.parametrize(("text", "seconds"), [("", 300), (" ", 300), ("0", 0), (" 60 ", 60)])
def test_max_age(text: str, seconds: int) -> None:
    """The window has a default, and 0 is a value of its own."""
    environ = {"WECHAT_ACCOUNT": json.dumps({"token": SECRET}), "WECHAT_MAX_AGE_SECONDS": text}
    assert read_settings(environ, fetch=no_fetch).max_age == seconds


@pytest.mark.parametrize(
    ("environ", "cause"),
    [
        ({}, "WECHAT_ACCOUNT is missing"),
        ({"WECHAT_ACCOUNT": " "}, "WECHAT_ACCOUNT is missing"),
        ({"WECHAT_ACCOUNT": f'{{"token": "{SECRET}"'}, "WECHAT_ACCOUNT is not JSON"),
        ({"WECHAT_ACCOUNT": "{}"}, "token in WECHAT_ACCOUNT is missing or malformed"),
        *(
            ({"WECHAT_ACCOUNT": json.dumps({"token": token})}, "token in WECHAT_ACCOUNT is missing or malformed")
            for token in (
                "",
                "ab",
                f"{SECRET} ",
                f"{SECRET}\n",
                "x" * 33,
                "Tokén",
                None,
                7,
                [],
                [SECRET, ""],
                {"a": SECRET},
            )
        ),
        *(
            ({"WECHAT_ACCOUNT": json.dumps(SAFE | {"encoding_aes_key": key})}, "encoding_aes_key in WECHAT_ACCOUNT is")
            for key in ("", None, [], SECRET, f"{SECRET}{KEY}", [KEY, ""], f"{KEY[:-1]}=")
        ),
        *(
            ({"WECHAT_ACCOUNT": json.dumps(SAFE | {"app_id": app_id})}, "app_id in WECHAT_ACCOUNT is missing")
            for app_id in ("", None, SECRET, "gh_3b91f0c8d2a4", f"{APP_ID}0", [APP_ID, APP_ID])
        ),
        ({"WECHAT_ACCOUNT": json.dumps({"token": SECRET, "encoding_aes_key": KEY})}, "app_id in WECHAT_ACCOUNT is"),
        ({"WECHAT_ACCOUNT": json.dumps({"token": SECRET, SECRET: 1})}, "WECHAT_ACCOUNT has 1 unknown names"),
        ({"WECHAT_ACCOUNT": "name"}, "the SSM parameter name is not a JSON object"),
        (
            {"WECHAT_ACCOUNT": json.dumps({"token": SECRET}), "WECHAT_MAX_AGE_SECONDS": "-1"},
            "WECHAT_MAX_AGE_SECONDS is",
        ),
        (
            {"WECHAT_ACCOUNT": json.dumps({"token": SECRET}), "WECHAT_MAX_AGE_SECONDS": "5m"},
            "WECHAT_MAX_AGE_SECONDS is",
        ),
        ({"WECHAT_ACCOUNT": json.dumps({"token": SECRET}), "WECHAT_MAX_AGE_SECONDS": "1" * 10}, "WECHAT_MAX_AGE_"),
    ],
)
def test_refuses_to_start(environ: dict[str, str], cause: str) -> None:
    """Each mistake is one line that names the cause and the mend, and never the value."""
    with pytest.raises(InvalidSettings) as caught:
        read_settings(environ, fetch=lambda _: json.dumps([SECRET]))
    line = str(caught.value)
    assert line.startswith(cause)
    assert ": " in line
    assert "\n" not in line
    assert SECRET not in line
    assert KEY not in line
    assert caught.value.__cause__ is None

import json

import pytest

from wechat_aws.settings import Account, InvalidSettings, envelope_for, read_account, read_settings

SECRET = "Secr3tToken"
KEY, APP_ID = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx2c2769f8efd9abc2"
SAFE = {"token": SECRET, "encoding_aes_key": KEY, "app_id": APP_ID}


def account(value: object) -> Account:
    """The account in a JSON value, as WECHAT_ACCOUNT would hold it."""
    return read_account(json.dumps(value), "WECHAT_ACCOUNT")


def test_the_account_in_place_or_by_name() -> None:
    """JSON is the account itself; what begins like the name or the ARN of a parameter is one."""
    assert read_settings({"WECHAT_ACCOUNT": json.dumps({"token": SECRET})}).in_place
    assert not read_settings({"WECHAT_ACCOUNT": " /wechat-lambda/account "}).in_place
    assert not read_settings({"WECHAT_ACCOUNT": "arn:aws:ssm:us-east-1:123456789012:parameter/a"}).in_place


def test_a_key_makes_the_mode_safe() -> None:
    """The mode follows from the account alone: with a key it is safe, and it takes the key and the AppID with it."""
    safe = account(SAFE)
    assert (safe.tokens, safe.keys, safe.app_id) == ((SECRET,), (KEY,), APP_ID)
    assert envelope_for(safe, 300).mode == "safe"
    assert envelope_for(account({"token": SECRET, "app_id": APP_ID}), 300).mode == "plain"


def test_token_and_key_may_be_several() -> None:
    """While one is being changed there are two of it, the newest first."""
    several = account(SAFE | {"token": ["NewToken", SECRET], "encoding_aes_key": [KEY[::-1], KEY]})
    assert (several.tokens, several.keys) == (("NewToken", SECRET), (KEY[::-1], KEY))


@pytest.mark.parametrize(("text", "seconds"), [("", 300), (" ", 300), ("0", 0), (" 60 ", 60)])
def test_max_age(text: str, seconds: int) -> None:
    """The window has a default, and 0 is a value of its own."""
    environ = {"WECHAT_ACCOUNT": json.dumps({"token": SECRET}), "WECHAT_MAX_AGE_SECONDS": text}
    assert read_settings(environ).max_age == seconds


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
        ({"WECHAT_ACCOUNT": SECRET}, "WECHAT_ACCOUNT is malformed"),
        ({"WECHAT_ACCOUNT": json.dumps([SECRET])}, "WECHAT_ACCOUNT is malformed"),
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
    """Each mistake is one line that names the cause and what to do, and never the value."""
    with pytest.raises(InvalidSettings) as caught:
        read_account(read_settings(environ).account, "WECHAT_ACCOUNT")
    line = str(caught.value)
    assert line.startswith(cause)
    assert ": " in line
    assert "\n" not in line
    assert SECRET not in line
    assert KEY not in line
    assert caught.value.__cause__ is None


def test_an_account_that_is_no_object() -> None:
    """What a parameter holds may be any JSON; the line names the parameter."""
    with pytest.raises(InvalidSettings, match="the SSM parameter /a is not a JSON object"):
        read_account(json.dumps([SECRET]), "the SSM parameter /a")

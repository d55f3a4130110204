"""Parameters in SSM: the account's, and the user's secrets. Only a function that has one there imports this module."""

from typing import Final

from wechat_aws.aws_client import AwsClient, ServiceError
from wechat_aws.settings import Account, InvalidSettings, read_account

TIMEOUT_SECONDS: Final = 2.0
"""For a call, with its second attempt: the platform waits five for an answer."""


def fetch_account(client: AwsClient, name: str) -> Account:
    """The account in a SecureString, by its name or ARN.

    Raises:
        InvalidSettings: it cannot be read, whatever the service answers, or is not an account; the text names the
            parameter and the service's error code.
    """
    return read_account(fetch_text(client, name), f"the SSM parameter {name}")


def fetch_text(client: AwsClient, name: str) -> str:
    """The text in a SecureString, by its name or ARN.

    Raises:
        InvalidSettings: it cannot be read, whatever the service answers; the text is as above.
    """
    source = f"the SSM parameter {name}"
    request = {"Name": name, "WithDecryption": True}
    try:
        answer = client.call("ssm", "GetParameter", request, timeout=TIMEOUT_SECONDS)
    except ServiceError as error:
        refused = error.code.isidentifier()  # the service has said why
        hint = "write it, and let the role read it" if refused else "check the network; no proxy is used"
        raise InvalidSettings(f"{source} cannot be read ({error.code}): {hint}") from None
    match answer:
        case {"Parameter": {"Value": str(text)}}:
            return text
    raise InvalidSettings(f"{source} cannot be read (malformed answer): check what answers in place of SSM")

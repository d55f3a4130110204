"""The account in the SSM Parameter Store."""

from wechat_aws.settings import InvalidSettings


def fetch_account(name: str) -> str:
    """The decrypted text of a SecureString, by its name or ARN.

    Raises:
        InvalidSettings: it cannot be had; the text says why, in the service's own error code.
    """
    import boto3  # only here: it costs more than everything else together, and an account in place needs none
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2})
    try:
        found = boto3.client("ssm", config=config).get_parameter(Name=name, WithDecryption=True)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise InvalidSettings(f"the SSM parameter {name} cannot be read ({code}): write it, or let the role") from None
    except BotoCoreError as error:
        raise InvalidSettings(f"SSM cannot be reached ({type(error).__name__}): check region and network") from None
    return found["Parameter"]["Value"]

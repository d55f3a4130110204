"""The least a function can be that reads a parameter: what the account in SSM is measured against."""

import os
from typing import Any

import boto3

parameter = boto3.client("ssm").get_parameter(Name=os.environ["WECHAT_ACCOUNT"], WithDecryption=True)


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer as a callback with nothing in it would."""
    return {"statusCode": 200, "headers": {}, "body": "success", "isBase64Encoded": False}

"""The smallest Lambda function: the baseline for the others."""

from typing import Any


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer as a callback with nothing in it would."""
    return {"statusCode": 200, "headers": {}, "body": "success", "isBase64Encoded": False}

"""The sample account: what the files in events/ are signed with, and what a local run uses when none is configured.

Nothing here is secret, so nothing here may be deployed.
"""

from collections.abc import Mapping
from typing import Final

TOKEN: Final = "SampleToken"
WRONG_TOKEN: Final = "NotTheToken"
"""The token that forged messages are signed with."""
CLOCK: Final = 1795143600
"""Unix seconds at which the files in events/ are signed: 2026-11-20 03:00:00 UTC."""
NONCE: Final = "1372623149"
ECHOSTR: Final = "5838479218127813673"
ACCOUNT_ID: Final = "gh_3b91f0c8d2a4"
FOLLOWER: Final = "oK7x1t9mQ2rVbN7yZpLhWcE4sUaA"
FOLLOWERS: Final[Mapping[str, str]] = {
    FOLLOWER: "小林",
    "oK7x1tJ4fXw8uTgC3nRkYb6vHs0E": "阿青",
    "oK7x1tZ1qPm5dLhV9aSe2yNi7oBk": "Robin",
}
"""The followers who write to the account: names by OpenID."""
MSG_ID: Final = 24731180562347919
ENCODING_AES_KEY: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID: Final = "wx2c2769f8efd9abc2"
SALT: Final = b"89465c840c5f116f"
ACCOUNT_JSON: Final = f'{{"token": "{TOKEN}"}}'
SAFE_ACCOUNT_JSON: Final = f'{{"token": "{TOKEN}", "encoding_aes_key": "{ENCODING_AES_KEY}", "app_id": "{APP_ID}"}}'

"""The sample account: what the files in events/ are signed with, and what a local run uses when none is configured.

Nothing here is secret, so nothing here may be deployed.
"""

from typing import Final

TOKEN: Final = "SampleToken"
CLOCK: Final = 1795143600
"""Unix seconds at which the files in events/ are signed: 2026-11-20 03:00:00 UTC."""
NONCE: Final = "1372623149"
ECHOSTR: Final = "5838479218127813673"
ACCOUNT_ID: Final = "gh_3b91f0c8d2a4"
FOLLOWER: Final = "oK7x1t9mQ2rVbN7yZpLhWcE4sUaA"
ACCOUNT_JSON: Final = f'{{"token": "{TOKEN}"}}'

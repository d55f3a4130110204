"""The Lambda function. To make it yours, replace `echo` with your own function, `Message -> Reply`."""

from wechat_aws.function import build
from wechat_core import echo

respond = echo
lambda_handler = build(respond)

"""The sample account: what the files in events/ are signed with, and what a local run uses when none is configured.

Nothing here is secret, so nothing here may be deployed.
"""

from collections.abc import Mapping
from typing import Final

type Content = Mapping[str, str | int | float | Content]
"""The elements of a message besides those that every message has, by name."""

TOKEN: Final = "SampleToken"
CLOCK: Final = 1795143600
"""Unix seconds at which the files in events/ are signed: 2026-11-20 03:00:00 UTC."""
NONCE: Final = "1372623149"
ECHOSTR: Final = "5838479218127813673"
ACCOUNT_ID: Final = "gh_3b91f0c8d2a4"
FOLLOWER: Final = "oK7x1t9mQ2rVbN7yZpLhWcE4sUaA"
ENCODING_AES_KEY: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID: Final = "wx2c2769f8efd9abc2"
SALT: Final = b"89465c840c5f116f"
ACCOUNT_JSON: Final = f'{{"token": "{TOKEN}"}}'
SAFE_ACCOUNT_JSON: Final = f'{{"token": "{TOKEN}", "encoding_aes_key": "{ENCODING_AES_KEY}", "app_id": "{APP_ID}"}}'

MSG_ID: Final = 24731180562347919
MEDIA_ID: Final = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7_cF0iL-oR3uX6aB3dE6gH9jK2mN5pQ8sT1vW4"
THUMB_MEDIA_ID: Final = "Zy8Xw7Vu6Ts5Rq4Po3Nm2Lk1Ji0_Hg9Fe8-Dc7Ba6Zy5Xw4Vu3Ts2Rq1Po0Nm9Lk"

MESSAGES: Final[Mapping[str, Content]] = {
    "text": {"Content": "你好，周五下午还营业吗？"},
    "image": {"PicUrl": "http://mmbiz.qpic.cn/mmbiz_jpg/fG7hJk2LmNpQ4rStUvWx9yZa/0", "MediaId": MEDIA_ID},
    "voice": {"MediaId": MEDIA_ID, "Format": "amr"},
    "video": {"MediaId": MEDIA_ID, "ThumbMediaId": THUMB_MEDIA_ID},
    "shortvideo": {"MediaId": MEDIA_ID, "ThumbMediaId": THUMB_MEDIA_ID},
    "location": {
        "Location_X": 31.230416,
        "Location_Y": 121.473701,
        "Scale": 15,
        "Label": "上海市黄浦区人民大道200号",
    },
    "link": {"Title": "秋季新品", "Description": "本周五到店试穿", "Url": "https://example.com/autumn?from=chat&id=7"},
}
"""One of each ordinary message, by MsgType."""

EVENTS: Final[Mapping[str, Content]] = {
    "subscribe": {"Event": "subscribe", "EventKey": ""},
    "scan": {"Event": "SCAN", "EventKey": "spring_sale", "Ticket": "gQFz8TwAAAAAAAAAAS5odHRwOi8vd2VpeGluLnFxLmNvbS9x"},
    "click": {"Event": "CLICK", "EventKey": "MENU_TODAY_SPECIAL"},
    "location": {"Event": "LOCATION", "Latitude": 31.230416, "Longitude": 121.473701, "Precision": 65.0},
    "scancode_waitmsg": {
        "Event": "scancode_waitmsg",
        "EventKey": "rselfmenu_0_0",
        "ScanCodeInfo": {"ScanType": "barcode", "ScanResult": "EAN_13,9787111213826"},
    },
    "templatesendjobfinish": {"Event": "TEMPLATESENDJOBFINISH", "MsgID": 2702600966117900288, "Status": "success"},
}
"""A few of the events, by name."""

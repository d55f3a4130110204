"""A message of each kind as the platform writes it, and what it is read as."""

from typing import Any

from tests.wechat import FROM, NOW, TO, message
from wechat_core import (
    ImageMessage,
    LinkMessage,
    LocationMessage,
    Message,
    ShortVideoMessage,
    TextMessage,
    UnknownEvent,
    UnknownMessage,
    VideoMessage,
    VoiceMessage,
)

COMMON: Any = {"to_user_name": TO, "from_user_name": FROM, "create_time": NOW, "msg_id": "24731180562347919"}
EVENT: Any = COMMON | {"msg_id": ""}

CASES: list[tuple[bytes, Message]] = [
    (
        message("text", "<Content><![CDATA[ 周五下午还营业吗？\n]]></Content>"),
        TextMessage(**COMMON, content=" 周五下午还营业吗？\n"),
    ),
    (
        message("text", "<Content>a</Content><bizmsgmenuid>101</bizmsgmenuid><MsgDataId>x_1</MsgDataId><Idx>2</Idx>"),
        TextMessage(**COMMON, content="a", bizmsgmenuid="101", msg_data_id="x_1", idx=2),
    ),
    (
        message("image", "<PicUrl><![CDATA[http://a/0]]></PicUrl><MediaId><![CDATA[m]]></MediaId>"),
        ImageMessage(**COMMON, pic_url="http://a/0", media_id="m"),
    ),
    (
        message(
            "voice",
            "<MediaId>m</MediaId><MediaId16K>k</MediaId16K><Format>amr</Format><Recognition> 你好</Recognition>",
        ),
        VoiceMessage(**COMMON, media_id="m", media_id_16k="k", format="amr", recognition=" 你好"),
    ),
    (
        message("video", "<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>"),
        VideoMessage(**COMMON, media_id="m", thumb_media_id="t"),
    ),
    (
        message("shortvideo", "<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>"),
        ShortVideoMessage(**COMMON, media_id="m", thumb_media_id="t"),
    ),
    (
        message(
            "location",
            "<Location_X>31.230416</Location_X><Location_Y>-121.4</Location_Y><Scale>15</Scale><Label> 上海 </Label>",
        ),
        LocationMessage(**COMMON, latitude=31.230416, longitude=-121.4, scale=15, label=" 上海 "),
    ),
    (
        message(
            "link", "<Title>t</Title><Description><![CDATA[]]></Description><Url><![CDATA[https://a/?x=1&y=2]]></Url>"
        ),
        LinkMessage(**COMMON, title="t", url="https://a/?x=1&y=2"),
    ),
    (
        message("future", "<New> x </New><Nested><A>1</A><A/><B><C>y</C></B></Nested>"),
        UnknownMessage(
            **COMMON, msg_type="future", extra={"New": (" x ",), "Nested": ({"A": ("1", ""), "B": ({"C": ("y",)},)},)}
        ),
    ),
    (
        message("event", "<Event>future_event</Event><Key>1</Key>", msg_id=""),
        UnknownEvent(**EVENT, event="future_event", extra={"Key": ("1",)}),
    ),
    (
        b"<xml><InfoType>component_verify_ticket</InfoType></xml>",
        UnknownMessage(extra={"InfoType": ("component_verify_ticket",)}),
    ),
]

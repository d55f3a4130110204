"""The account's menu.

https://developers.weixin.qq.com/doc/service/guide/product/menu/Custom_Menu_Push_Events.html
"""

from wechat_core.message import Event
from wechat_core.parse import event
from wechat_core.values import named


class MenuEvent(Event):
    """A menu entry was tapped; `event_key` is the key it was created with."""

    event_key: str = ""


@event("CLICK")
class ClickEvent(MenuEvent):
    """An entry that asks for a message."""


@event("VIEW")
class ViewEvent(MenuEvent):
    """An entry that opens a page, `event_key` being its URL; the follower has left the chat."""

    menu_id: str = ""


@event("view_miniprogram")
class ViewMiniProgramEvent(MenuEvent):
    """An entry that opens a mini-program, `event_key` being the path in it."""

    menu_id: str = ""


class ScanCodeEvent(MenuEvent):
    """A code was scanned; `scan_type` is `qrcode` or `barcode`, a barcode's result is like `EAN_13,9787111213826`."""

    scan_type: str = named("ScanCodeInfo/ScanType", default="")
    scan_result: str = named("ScanCodeInfo/ScanResult", default="")


@event("scancode_push")
class ScanCodePushEvent(ScanCodeEvent):
    """A code was scanned and its content opened."""


@event("scancode_waitmsg")
class ScanCodeWaitMsgEvent(ScanCodeEvent):
    """A code was scanned, and the follower sees "message being received" until we answer."""


class PicturesEvent(MenuEvent):
    """Images were chosen, known here by their MD5 sums; they come as image messages of their own."""

    count: int = named("SendPicsInfo/Count", default=0)
    pic_md5_sums: tuple[str, ...] = named("SendPicsInfo/PicList/item/PicMd5Sum", default=())


@event("pic_sysphoto")
class PicSysPhotoEvent(PicturesEvent):
    """Photos were taken with the camera."""


@event("pic_photo_or_album")
class PicPhotoOrAlbumEvent(PicturesEvent):
    """Photos were taken, or chosen from the device's album."""


@event("pic_weixin")
class PicWeixinEvent(PicturesEvent):
    """Images were chosen from WeChat's album."""


@event("location_select")
class LocationSelectEvent(MenuEvent):
    """A location was chosen, in degrees; it comes as a location message of its own, too."""

    latitude: float = named("SendLocationInfo/Location_X")
    longitude: float = named("SendLocationInfo/Location_Y")
    scale: int = named("SendLocationInfo/Scale", default=0)
    label: str = named("SendLocationInfo/Label", default="", verbatim=True)
    poiname: str = named("SendLocationInfo/Poiname", default="", verbatim=True)

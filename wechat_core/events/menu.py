"""The account's menu.

https://developers.weixin.qq.com/doc/service/guide/product/menu/Custom_Menu_Push_Events.html
"""

from wechat_core.message import Event
from wechat_core.values import named


class MenuEvent(Event):
    """A menu entry was tapped; `event_key` is the key it was created with."""

    event_key: str = ""


class ClickEvent(MenuEvent, event="CLICK"):
    """An entry that asks for a message."""


class ViewEvent(MenuEvent, event="VIEW"):
    """An entry that opens a page, `event_key` being its URL; the follower has left the chat."""

    menu_id: str = ""


class ViewMiniProgramEvent(MenuEvent, event="view_miniprogram"):
    """An entry that opens a mini-program, `event_key` being the path in it."""

    menu_id: str = ""


class ScanCodeEvent(MenuEvent):
    """A code was scanned; `scan_type` is `qrcode` or `barcode`, a barcode's result is like `EAN_13,9787111213826`."""

    scan_type: str = named("ScanCodeInfo/ScanType", default="")
    scan_result: str = named("ScanCodeInfo/ScanResult", default="")


class ScanCodePushEvent(ScanCodeEvent, event="scancode_push"):
    """A code was scanned and its content opened."""


class ScanCodeWaitMsgEvent(ScanCodeEvent, event="scancode_waitmsg"):
    """A code was scanned, and the follower sees "message being received" until we answer."""


class PicturesEvent(MenuEvent):
    """Images were chosen, known here by their MD5 sums; they come as image messages of their own."""

    count: int = named("SendPicsInfo/Count", default=0)
    pic_md5_sums: tuple[str, ...] = named("SendPicsInfo/PicList/item/PicMd5Sum", default=())


class PicSysPhotoEvent(PicturesEvent, event="pic_sysphoto"):
    """Photos were taken with the camera."""


class PicPhotoOrAlbumEvent(PicturesEvent, event="pic_photo_or_album"):
    """Photos were taken, or chosen from the device's album."""


class PicWeixinEvent(PicturesEvent, event="pic_weixin"):
    """Images were chosen from WeChat's album."""


class LocationSelectEvent(MenuEvent, event="location_select"):
    """A location was chosen, in degrees; it comes as a location message of its own, too."""

    latitude: float = named("SendLocationInfo/Location_X")
    longitude: float = named("SendLocationInfo/Location_Y")
    scale: int = named("SendLocationInfo/Scale", default=0)
    label: str = named("SendLocationInfo/Label", default="", verbatim=True)
    poiname: str = named("SendLocationInfo/Poiname", default="", verbatim=True)

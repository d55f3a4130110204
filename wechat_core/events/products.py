"""Products whose barcode was scanned; retired. `key_standard` is `ean13` or `qrcode`, `key_str` the code."""

from wechat_core.message import Event
from wechat_core.parse import event


class ScanProductEvent(Event):
    """A product."""

    key_standard: str = ""
    key_str: str = ""


@event("user_scan_product")
class UserScanProductEvent(ScanProductEvent):
    """A product's page was opened by scanning; scene 1 or 2 tells how."""

    country: str = ""
    province: str = ""
    city: str = ""
    sex: int = 0
    scene: int = 0
    ext_info: str = ""


@event("user_scan_product_async")
class UserScanProductAsyncEvent(ScanProductEvent):
    """A product's page asks for its dynamic content."""

    ext_info: str = ""
    region_code: str = ""


@event("user_scan_product_enter_session")
class UserScanProductEnterSessionEvent(ScanProductEvent):
    """The chat was opened from a product's page."""

    ext_info: str = ""


@event("user_scan_product_verify_action")
class UserScanProductVerifyActionEvent(ScanProductEvent):
    """A product was approved or not."""

    result: str = ""
    reason_msg: str = ""


@event("subscribe_scan_product")
class SubscribeScanProductEvent(Event):
    """The account was followed from a product's page; `event_key` names the product."""

    event_key: str = ""

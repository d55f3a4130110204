"""Products whose barcode was scanned; retired. `key_standard` is `ean13` or `qrcode`, `key_str` the code."""

from wechat_core.message import Event


class ScanProductEvent(Event):
    """A product."""

    key_standard: str = ""
    key_str: str = ""


class UserScanProductEvent(ScanProductEvent, event="user_scan_product"):
    """A product's page was opened by scanning; scene 1 or 2 tells how."""

    country: str = ""
    province: str = ""
    city: str = ""
    sex: int = 0
    scene: int = 0
    ext_info: str = ""


class UserScanProductAsyncEvent(ScanProductEvent, event="user_scan_product_async"):
    """A product's page asks for its dynamic content."""

    ext_info: str = ""
    region_code: str = ""


class UserScanProductEnterSessionEvent(ScanProductEvent, event="user_scan_product_enter_session"):
    """The chat was opened from a product's page."""

    ext_info: str = ""


class UserScanProductVerifyActionEvent(ScanProductEvent, event="user_scan_product_verify_action"):
    """A product was approved or not."""

    result: str = ""
    reason_msg: str = ""


class SubscribeScanProductEvent(Event, event="subscribe_scan_product"):
    """The account was followed from a product's page; `event_key` names the product."""

    event_key: str = ""

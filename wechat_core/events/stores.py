"""Stores and their audits.

https://developers.weixin.qq.com/doc/offiaccount/WeChat_Stores/WeChat_Store_Interface.html
"""

from wechat_core.message import Event
from wechat_core.parse import event
from wechat_core.values import named


@event("poi_check_notify")
class PoiCheckNotifyEvent(Event):
    """A store was approved (`succ`) or refused (`fail`)."""

    uniq_id: str = ""
    poi_id: str = ""
    result: str = ""
    msg: str = named("Msg", "msg", default="")


class AuditEvent(Event):
    """An audit and its outcome; status 1 is approved."""

    audit_id: str = named("audit_id", default="")
    status: int = named("status", default=0)
    reason: str = named("reason", default="")


@event("create_map_poi_audit_info")
class CreateMapPoiAuditInfoEvent(AuditEvent):
    """A location was added to the map, or not; in degrees."""

    map_poi_id: str = named("map_poi_id", default="")
    name: str = named("name", default="")
    address: str = named("address", default="")
    latitude: float = named("latitude", default=0.0)
    longitude: float = named("longitude", default=0.0)
    sh_remark: str = named("sh_remark", default="")


@event("add_store_audit_info")
class AddStoreAuditInfoEvent(AuditEvent):
    """A store was added or not."""

    is_upgrade: int = named("is_upgrade", default=0)
    poiid: str = named("poiid", default="")


@event("modify_store_audit_info")
class ModifyStoreAuditInfoEvent(AuditEvent):
    """A store was changed or not."""


@event("apply_merchant_audit_info")
class ApplyMerchantAuditInfoEvent(AuditEvent):
    """The store mini-program was approved or not."""


@event("merchant_order")
class MerchantOrderEvent(Event):
    """The account's shop was paid; retired."""

    order_id: str = ""
    order_status: int = 0
    product_id: str = ""
    sku_info: str = ""

"""Stores and their audits.

https://developers.weixin.qq.com/doc/offiaccount/WeChat_Stores/WeChat_Store_Interface.html
"""

from wechat_core.message import Event
from wechat_core.values import named


class PoiCheckNotifyEvent(Event, event="poi_check_notify"):
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


class CreateMapPoiAuditInfoEvent(AuditEvent, event="create_map_poi_audit_info"):
    """A location was added to the map, or not; in degrees."""

    map_poi_id: str = named("map_poi_id", default="")
    name: str = named("name", default="")
    address: str = named("address", default="")
    latitude: float = named("latitude", default=0.0)
    longitude: float = named("longitude", default=0.0)
    sh_remark: str = named("sh_remark", default="")


class AddStoreAuditInfoEvent(AuditEvent, event="add_store_audit_info"):
    """A store was added or not."""

    is_upgrade: int = named("is_upgrade", default=0)
    poiid: str = named("poiid", default="")


class ModifyStoreAuditInfoEvent(AuditEvent, event="modify_store_audit_info"):
    """A store was changed or not."""


class ApplyMerchantAuditInfoEvent(AuditEvent, event="apply_merchant_audit_info"):
    """The store mini-program was approved or not."""


class MerchantOrderEvent(Event, event="merchant_order"):
    """The account's shop was paid; retired."""

    order_id: str = ""
    order_status: int = 0
    product_id: str = ""
    sku_info: str = ""

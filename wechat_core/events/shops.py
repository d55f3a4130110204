"""Events of shops, which reach this callback where accounts share a URL. Their elements are in `extra`."""

from wechat_core.message import Event
from wechat_core.parse import event


@event("open_product_spu_audit")
class OpenProductSpuAuditEvent(Event):
    """A product was approved or refused."""


@event("open_product_spu_status_update")
class OpenProductSpuStatusUpdateEvent(Event):
    """A product was put up or taken down."""


@event("open_product_category_audit")
class OpenProductCategoryAuditEvent(Event):
    """A category was approved or refused."""


@event("open_product_brand_audit")
class OpenProductBrandAuditEvent(Event):
    """A brand was approved or refused."""


@event("open_product_scene_group_audit")
class OpenProductSceneGroupAuditEvent(Event):
    """A scene was approved or refused."""


@event("open_product_account_register")
class OpenProductAccountRegisterEvent(Event):
    """A shop was registered."""


@event("open_product_order_pay")
class OpenProductOrderPayEvent(Event):
    """An order was paid."""


@event("open_product_order_confirm")
class OpenProductOrderConfirmEvent(Event):
    """An order was received."""


@event("open_product_order_cancel")
class OpenProductOrderCancelEvent(Event):
    """An order was cancelled."""


@event("open_product_order_refund")
class OpenProductOrderRefundEvent(Event):
    """An order was refunded."""


@event("open_product_order_settle")
class OpenProductOrderSettleEvent(Event):
    """An order was settled."""


@event("open_product_order_analyze")
class OpenProductOrderAnalyzeEvent(Event):
    """An order was analyzed."""


@event("open_product_receive_coupon")
class OpenProductReceiveCouponEvent(Event):
    """A coupon was taken."""


@event("funds_order_pay")
class FundsOrderPayEvent(Event):
    """A payment was made."""


@event("funds_order_refund")
class FundsOrderRefundEvent(Event):
    """A payment was refunded."""


@event("funds_order_profitsharing")
class FundsOrderProfitsharingEvent(Event):
    """A payment was shared."""


@event("withdraw_notify")
class WithdrawNotifyEvent(Event):
    """Money was withdrawn."""


@event("complaint_notify")
class ComplaintNotifyEvent(Event):
    """A complaint was made."""

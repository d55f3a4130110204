"""Events of shops, which reach this callback where accounts share a URL. Their elements are in `extra`."""

from wechat_core.message import Event


class OpenProductSpuAuditEvent(Event, event="open_product_spu_audit"):
    """A product was approved or refused."""


class OpenProductSpuStatusUpdateEvent(Event, event="open_product_spu_status_update"):
    """A product was put up or taken down."""


class OpenProductCategoryAuditEvent(Event, event="open_product_category_audit"):
    """A category was approved or refused."""


class OpenProductBrandAuditEvent(Event, event="open_product_brand_audit"):
    """A brand was approved or refused."""


class OpenProductSceneGroupAuditEvent(Event, event="open_product_scene_group_audit"):
    """A scene was approved or refused."""


class OpenProductAccountRegisterEvent(Event, event="open_product_account_register"):
    """A shop was registered."""


class OpenProductOrderPayEvent(Event, event="open_product_order_pay"):
    """An order was paid."""


class OpenProductOrderConfirmEvent(Event, event="open_product_order_confirm"):
    """An order was received."""


class OpenProductOrderCancelEvent(Event, event="open_product_order_cancel"):
    """An order was cancelled."""


class OpenProductOrderRefundEvent(Event, event="open_product_order_refund"):
    """An order was refunded."""


class OpenProductOrderSettleEvent(Event, event="open_product_order_settle"):
    """An order was settled."""


class OpenProductOrderAnalyzeEvent(Event, event="open_product_order_analyze"):
    """An order was analyzed."""


class OpenProductReceiveCouponEvent(Event, event="open_product_receive_coupon"):
    """A coupon was taken."""


class FundsOrderPayEvent(Event, event="funds_order_pay"):
    """A payment was made."""


class FundsOrderRefundEvent(Event, event="funds_order_refund"):
    """A payment was refunded."""


class FundsOrderProfitsharingEvent(Event, event="funds_order_profitsharing"):
    """A payment was shared."""


class WithdrawNotifyEvent(Event, event="withdraw_notify"):
    """Money was withdrawn."""


class ComplaintNotifyEvent(Event, event="complaint_notify"):
    """A complaint was made."""

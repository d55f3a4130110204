"""Electronic invoices.

https://developers.weixin.qq.com/doc/offiaccount/WeChat_Invoice/E_Invoice/Vendor_API_List.html
"""

from wechat_core.message import Event
from wechat_core.values import named


class UserAuthorizeInvoiceEvent(Event, event="user_authorize_invoice"):
    """A follower authorized the invoice of an order."""

    succ_order_id: str = ""
    fail_order_id: str = ""
    app_id: str = named("AppId", "AuthorizeAppId", default="")
    source: str = named("Source", "source", default="")


class UpdateInvoiceStatusEvent(Event, event="update_invoice_status"):
    """An invoice's reimbursement went on."""

    status: str = ""
    card_id: str = ""
    code: str = ""


class SubmitInvoiceTitleEvent(Event, event="submit_invoice_title"):
    """A follower gave the title to invoice; the names are the wire's own."""

    title: str = named("title", default="")
    phone: str = named("phone", default="")
    tax_no: str = named("tax_no", default="")
    addr: str = named("addr", default="")
    bank_type: str = named("bank_type", default="")
    bank_no: str = named("bank_no", default="")
    attach: str = named("attach", default="")
    title_type: str = named("title_type", default="")


class CloudInvoiceResultEvent(Event, event="cloud_invoice_invoiceresult_event"):
    """A cloud invoice was issued or not: serial number, status, the seller's tax number."""

    fpqqlsh: str = named("fpqqlsh", default="")
    status: str = named("status", default="")
    nsrsbh: str = named("nsrsbh", default="")

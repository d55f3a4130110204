"""Sessions with customer-service agents.

https://developers.weixin.qq.com/doc/offiaccount/Customer_Service/Forwarding_of_messages_to_service_center.html
"""

from wechat_core.message import Event
from wechat_core.values import named


class KfCreateSessionEvent(Event, event="kf_create_session"):
    """A customer-service agent took a follower's session."""

    kf_account: str = ""


class KfCloseSessionEvent(Event, event="kf_close_session"):
    """A session ended."""

    kf_account: str = ""


class KfSwitchSessionEvent(Event, event="kf_switch_session"):
    """A session was transferred from one agent to another."""

    from_kf_account: str = ""
    to_kf_account: str = ""


class GuideQrcodeScanEvent(Event, event="guide_qrcode_scan_event"):
    """A shopping guide's QR code was scanned; `openid` is who did.

    https://developers.weixin.qq.com/doc/offiaccount/Shopping_Guide/guide.html
    """

    qrcode_guide_account: str = named("GuideScanEvent/qrcode_guide_account", default="")
    qrcode_guide_openid: str = named("GuideScanEvent/qrcode_guide_openid", default="")
    openid: str = named("GuideScanEvent/openid", default="")
    action: int = named("GuideScanEvent/action", default=0)
    qrcode_info: str = named("GuideScanEvent/qrcode_info", default="")


class GuideInviteResultEvent(Event, event="guide_invite_result_event"):
    """A shopping guide answered an invitation; its elements are documented nowhere, so they are in `extra`."""

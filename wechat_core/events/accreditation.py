"""The account's own accreditation, in Unix seconds, and the platform's test of the push.

https://developers.weixin.qq.com/doc/offiaccount/Account_Management/Wechat_Accreditation_Event_Push.html
"""

from wechat_core.message import Event
from wechat_core.parse import event
from wechat_core.values import named


class AccreditationEvent(Event):
    """An accreditation and when it expires."""

    expired_time: int = 0


@event("qualification_verify_success")
class QualificationVerifySuccessEvent(AccreditationEvent):
    """The qualification was accepted: the account has its interfaces."""


@event("naming_verify_success")
class NamingVerifySuccessEvent(AccreditationEvent):
    """The name was accepted: the account has its mark."""


@event("annual_renew")
class AnnualRenewEvent(AccreditationEvent):
    """The yearly renewal is due."""


@event("verify_expired")
class VerifyExpiredEvent(AccreditationEvent):
    """The accreditation has expired."""


class AccreditationFailEvent(Event):
    """An accreditation that was refused, and why; it may have to be filled in again."""

    fail_time: int = 0
    fail_reason: str = ""
    refill_time: int = 0
    refill_reason: str = ""


@event("qualification_verify_fail")
class QualificationVerifyFailEvent(AccreditationFailEvent):
    """The qualification was refused."""


@event("naming_verify_fail")
class NamingVerifyFailEvent(AccreditationFailEvent):
    """The name was refused."""


@event("debug_demo")
class DebugDemoEvent(Event):
    """Sent by the platform's own tool for testing the push."""

    debug_str: str = named("debug_str", default="")

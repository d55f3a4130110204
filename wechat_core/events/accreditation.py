"""The account's own accreditation, in Unix seconds, and the platform's test of the push.

https://developers.weixin.qq.com/doc/offiaccount/Account_Management/Wechat_Accreditation_Event_Push.html
"""

from wechat_core.message import Event
from wechat_core.values import named


class AccreditationEvent(Event):
    """An accreditation and when it expires."""

    expired_time: int = 0


class QualificationVerifySuccessEvent(AccreditationEvent, event="qualification_verify_success"):
    """The qualification was accepted: the account has its interfaces."""


class NamingVerifySuccessEvent(AccreditationEvent, event="naming_verify_success"):
    """The name was accepted: the account has its mark."""


class AnnualRenewEvent(AccreditationEvent, event="annual_renew"):
    """The yearly renewal is due."""


class VerifyExpiredEvent(AccreditationEvent, event="verify_expired"):
    """The accreditation has expired."""


class AccreditationFailEvent(Event):
    """An accreditation that was refused, and why; it may have to be filled in again."""

    fail_time: int = 0
    fail_reason: str = ""
    refill_time: int = 0
    refill_reason: str = ""


class QualificationVerifyFailEvent(AccreditationFailEvent, event="qualification_verify_fail"):
    """The qualification was refused."""


class NamingVerifyFailEvent(AccreditationFailEvent, event="naming_verify_fail"):
    """The name was refused."""


class DebugDemoEvent(Event, event="debug_demo"):
    """Sent by the platform's own tool for testing the push."""

    debug_str: str = named("debug_str", default="")

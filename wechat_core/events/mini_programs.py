"""Events of mini-programs, which reach this callback where accounts share a URL. Undeclared elements are in `extra`.

https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html
"""

from wechat_core.message import Event
from wechat_core.parse import event


@event("user_enter_tempsession")
class UserEnterTempsessionEvent(Event):
    """A user opened the customer service chat."""

    session_from: str = ""


@event("weapp_audit_success")
class WeappAuditSuccessEvent(Event):
    """A release was approved; in Unix seconds."""

    succ_time: int = 0


@event("weapp_audit_fail")
class WeappAuditFailEvent(Event):
    """A release was refused."""


@event("weapp_audit_delay")
class WeappAuditDelayEvent(Event):
    """The audit of a release takes longer."""


@event("wxa_media_check")
class WxaMediaCheckEvent(Event):
    """An image or audio file was checked."""


@event("wxa_nickname_audit")
class WxaNicknameAuditEvent(Event):
    """A name was approved or refused."""


@event("wxa_illegal_record")
class WxaIllegalRecordEvent(Event):
    """An offence was recorded."""


@event("wxa_appeal_record")
class WxaAppealRecordEvent(Event):
    """An appeal was decided."""


@event("wxa_privacy_apply")
class WxaPrivacyApplyEvent(Event):
    """An application for a privacy interface was decided."""


@event("wxa_category_audit")
class WxaCategoryAuditEvent(Event):
    """A category was approved or refused."""


@event("wx_verify_pay_succ")
class WxVerifyPaySuccEvent(Event):
    """The fee of an accreditation was paid."""


@event("wx_verify_dispatch")
class WxVerifyDispatchEvent(Event):
    """An accreditation was given to an auditor."""

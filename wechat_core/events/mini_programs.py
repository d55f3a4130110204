"""Events of mini-programs, which reach this callback where accounts share a URL. Undeclared elements are in `extra`.

https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html
"""

from wechat_core.message import Event


class UserEnterTempsessionEvent(Event, event="user_enter_tempsession"):
    """A user opened the customer service chat."""

    session_from: str = ""


class WeappAuditSuccessEvent(Event, event="weapp_audit_success"):
    """A release was approved; in Unix seconds."""

    succ_time: int = 0


class WeappAuditFailEvent(Event, event="weapp_audit_fail"):
    """A release was refused."""


class WeappAuditDelayEvent(Event, event="weapp_audit_delay"):
    """The audit of a release takes longer."""


class WxaMediaCheckEvent(Event, event="wxa_media_check"):
    """An image or audio file was checked."""


class WxaNicknameAuditEvent(Event, event="wxa_nickname_audit"):
    """A name was approved or refused."""


class WxaIllegalRecordEvent(Event, event="wxa_illegal_record"):
    """An offence was recorded."""


class WxaAppealRecordEvent(Event, event="wxa_appeal_record"):
    """An appeal was decided."""


class WxaPrivacyApplyEvent(Event, event="wxa_privacy_apply"):
    """An application for a privacy interface was decided."""


class WxaCategoryAuditEvent(Event, event="wxa_category_audit"):
    """A category was approved or refused."""


class WxVerifyPaySuccEvent(Event, event="wx_verify_pay_succ"):
    """The fee of an accreditation was paid."""


class WxVerifyDispatchEvent(Event, event="wx_verify_dispatch"):
    """An accreditation was given to an auditor."""

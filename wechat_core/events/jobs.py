"""What became of template messages, mass messages and publications. `job_id` is the job's; these have no `msg_id`.

https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Batch_Sends_and_Originality_Checks.html
https://developers.weixin.qq.com/doc/offiaccount/Publish/Callback_on_finish.html
"""

from wechat_core.message import Event, Inbound
from wechat_core.values import named


class TemplateSendJobFinishEvent(Event, event="TEMPLATESENDJOBFINISH"):
    """A template message was delivered or not: `success`, `failed:user block`, `failed: system failed`."""

    job_id: str = named("MsgID", default="")
    status: str = ""


class CopyrightCheck(Inbound):
    """What the check of originality found about one article, counted from 1."""

    article_idx: int = 0
    user_declare_state: int = 0
    audit_state: int = 0
    original_article_url: str = ""
    original_article_type: int = 0
    can_reprint: bool = False
    need_replace_content: bool = False
    need_show_reprint_source: bool = False


class SentArticle(Inbound):
    """The page of one article, counted from 1."""

    article_idx: int = 0
    article_url: str = ""


class MassSendJobFinishEvent(Event, event="MASSSENDJOBFINISH"):
    """A mass message was sent: `send success`, `send fail`, `err(…)`; check_state 1 ok, 2 partly, 3 cannot be sent."""

    job_id: str = named("MsgID", default="")
    status: str = ""
    total_count: int = 0
    filter_count: int = 0
    sent_count: int = 0
    error_count: int = 0
    copyright_count: int = named("CopyrightCheckResult/Count", default=0)
    copyright_checks: tuple[CopyrightCheck, ...] = named("CopyrightCheckResult/ResultList/item", default=())
    check_state: int = named("CopyrightCheckResult/CheckState", default=0)
    article_count: int = named("ArticleUrlResult/Count", default=0)
    articles: tuple[SentArticle, ...] = named("ArticleUrlResult/ResultList/item", default=())


class PublishedArticle(Inbound):
    """The page of one published article, counted from 1."""

    idx: int = named("idx", default=0)
    article_url: str = named("article_url", default="")


class PublishJobFinishEvent(Event, event="PUBLISHJOBFINISH"):
    """A publication ended: 0 ok, 1 running, 2 not original, 3 failed, 4 refused, 5 and 6 taken down; -1 not said."""

    publish_id: str = named("PublishEventInfo/publish_id", default="")
    publish_status: int = named("PublishEventInfo/publish_status", default=-1)
    article_id: str = named("PublishEventInfo/article_id", default="")
    count: int = named("PublishEventInfo/article_detail/count", default=0)
    articles: tuple[PublishedArticle, ...] = named("PublishEventInfo/article_detail/item", default=())
    fail_idx: tuple[int, ...] = named("PublishEventInfo/fail_idx", default=())

"""What followers changed about what they authorized; the law requires it to be honoured.

`from_user_name` is the platform here: the follower is `open_id`.
https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/authorization_change.html
"""

from wechat_core.message import Event
from wechat_core.values import named


class AuthorizationEvent(Event):
    """Whose authorization changed."""

    open_id: str = named("OpenID", "openid", default="")
    union_id: str = named("UnionID", "unionid", default="")
    app_id: str = named("AppID", "appid", default="")


class UserInfoModifiedEvent(AuthorizationEvent, event="user_info_modified"):
    """A follower's profile changed."""


class UserAuthorizationRevokeEvent(AuthorizationEvent, event="user_authorization_revoke"):
    """Authorization revoked: 201 address, 202 invoice, 203 card, 204 voice, 205 profile, 206 location, 207 file."""

    revoke_info: str = ""


class UserAuthorizationCancellationEvent(AuthorizationEvent, event="user_authorization_cancellation"):
    """A follower closed their WeChat account."""

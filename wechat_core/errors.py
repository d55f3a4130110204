"""What can go wrong, and whose fault it is.

    WeChatError
    ├── RejectedRequest          the sender's fault, before we know that it is WeChat
    │   ├── InvalidRequest       400 a parameter is missing, repeated or too long, 405 the method, 413 the body
    │   └── InvalidSignature     403 anything wrong with a signature, the time or the ciphertext
    ├── UnreadableMessage        authentic, but not readable; answered `success`
    ├── InvalidReply             ours: this cannot be sent as a reply
    └── ResponderFailed          ours: the responder raised, or returned what cannot be sent; see `callback`

Every text is `reason: hint`. The reason is one of a few fixed phrases, fit for a metric; neither ever quotes a value.
"""


class WeChatError(Exception):
    """The root of every error this package raises on purpose."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(f"{reason}: {hint}")
        self.reason = reason
        self.hint = hint


class RejectedRequest(WeChatError):
    """The request is not WeChat's, as far as we can tell; `status` is the HTTP status it gets."""

    status: int = 400

    @property
    def public(self) -> str:
        """What the sender may read."""
        return self.reason


class InvalidRequest(RejectedRequest):
    """The request does not have the shape of one from WeChat."""

    def __init__(self, reason: str, hint: str, *, status: int = 400) -> None:
        super().__init__(reason, hint)
        self.status = status


class InvalidSignature(RejectedRequest):
    """The request was not signed, or not encrypted, with what the account and we share; or it is too old."""

    status = 403

    @property
    def public(self) -> str:
        """One text for every cause, so that a forger learns nothing."""
        return "invalid signature"


class UnreadableMessage(WeChatError):
    """The request is WeChat's, but its body cannot be read."""


class InvalidReply(WeChatError):
    """This cannot be sent as a reply."""

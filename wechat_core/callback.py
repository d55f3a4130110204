"""The callback: `verify` answers the platform's GET, `Callback` that and its POST."""

from collections.abc import Callable

from wechat_core.envelope import Envelope, Opened, check_sender
from wechat_core.errors import InvalidRequest, RejectedRequest, WeChatError
from wechat_core.exchange import SUCCESS, Request, Response
from wechat_core.message import Message
from wechat_core.parse import parse_message
from wechat_core.replies import NoReply, Reply, render
from wechat_core.reply_limits import fit_reply
from wechat_core.values import Value

type Responder = Callable[[Message], Reply]
type Begin = Callable[[str], object]
"""Called with the name of each step of the flow as it begins; the one that fails is the last."""


class ResponderFailed(WeChatError):
    """The responder raised, or returned what cannot be sent; the error is the cause, `message` what it was given."""

    def __init__(self, message: Message, cause: Exception) -> None:
        super().__init__(f"responder raised {type(cause).__name__}", "fix the function that `respond` names")
        self.message = message


class Answer(Value):
    """The response to a request and, where that was a message, what happened to it on the way.

    `returned` is what the responder gave, `sent` what went out: they differ where the platform's limits cut a reply.
    """

    response: Response
    message: Message | None = None
    returned: Reply = NoReply()
    sent: Reply = NoReply()
    opened: Opened | None = None


def verify(request: Request, envelope: Envelope, *, now: int) -> Response:
    """Answer the platform's check of the URL: its echostr, byte for byte, and as text so that it is never markup.

    Args:
        now: Unix seconds.

    Raises:
        RejectedRequest: it does not come from WeChat.

    https://developers.weixin.qq.com/doc/service/guide/dev/push/
    """
    check_sender(request, envelope, now=now)
    return Response(200, request.parameter("echostr").encode("utf-8", "surrogateescape"))


def ignore_step(_: str) -> None:
    """Begin a step that nobody watches."""


class Callback(Value):
    """The whole flow around a responder: open · parse · respond · render · seal; or verify."""

    envelope: Envelope
    respond: Responder

    def answer(self, request: Request, *, now: int, begin: Begin = ignore_step) -> Answer:
        """Answer one request.

        Args:
            now: Unix seconds.
            begin: watches the steps.

        Raises:
            RejectedRequest: it does not come from WeChat.
            UnreadableMessage: it does, but it is not a message that we can read.
            ResponderFailed: the responder raised, or returned what cannot be sent.
        """
        match request.method:
            case "GET":
                begin("verify")
                return Answer(verify(request, self.envelope, now=now))
            case "POST":
                return self._answer_message(request, now, begin)
        raise InvalidRequest("method not allowed", "the platform sends GET and POST", status=405)

    def _answer_message(self, request: Request, now: int, begin: Begin) -> Answer:
        begin("open")
        opened = self.envelope.open(request, now=now)
        begin("parse")
        message = parse_message(opened.xml)
        begin("respond")
        returned, sent = self._respond(message)
        if isinstance(sent, NoReply):
            return Answer(SUCCESS, message, returned, sent, opened)
        begin("render")
        xml = render(sent, message, now=now)
        begin("seal")
        return Answer(self.envelope.seal(xml, opened, now=now), message, returned, sent, opened)

    def _respond(self, message: Message) -> tuple[Reply, Reply]:
        try:
            returned = self.respond(message)
            return returned, fit_reply(returned, message)
        except Exception as error:
            raise ResponderFailed(message, error) from error


def choose_response(outcome: Answer | Exception) -> Response:
    """The response to send: the answer, a refusal of what is not the platform's, or `success` for everything else.

    A failure of ours is acknowledged: a 5xx would make the platform show followers its fault line.
    """
    match outcome:
        case Answer(response):
            return response
        case RejectedRequest(status=status, public=public):
            return Response(status, public.encode())
    return SUCCESS

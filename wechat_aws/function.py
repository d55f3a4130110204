"""The function that Lambda calls, wired around a responder; the errors of a request end here."""

import gc

gc.disable()  # while importing, when nothing is garbage yet: looking for it costs a tenth of the cold start

try:
    import os
    import sys
    import time
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager, nullcontext
    from contextvars import ContextVar
    from typing import TYPE_CHECKING, Any, Final

    from wechat_aws.account_store import AccountStore
    from wechat_aws.proxy import ARRIVED, read_arrival, read_request, write_response
    from wechat_aws.settings import Account, InvalidSettings, Settings, envelope_for, read_account, read_settings
    from wechat_aws.telemetry import SERVICE, Telemetry
    from wechat_core.callback import Answer, Begin, Callback, Responder, choose_response, ignore_step

    if TYPE_CHECKING:
        from wechat_aws.aws_client import AwsClient
finally:
    gc.enable()

type LambdaHandler = Callable[[Any, Any], dict[str, Any]]

_UNWATCHED: Final = nullcontext(ignore_step)
WATCH: Final[ContextVar[Callable[[], AbstractContextManager[Begin]]]] = ContextVar("watch", default=lambda: _UNWATCHED)
"""Watches the steps of a request: a local server sets it around its call; on Lambda it is not set."""


def build(respond: Responder) -> LambdaHandler:
    """The function around a responder, configured by the environment; where that is wrong, it ends with one line."""
    gc.disable()
    try:
        return wire(respond, os.environ)
    except InvalidSettings as error:
        sys.exit(f"wechat-lambda cannot start: {error}")
    finally:
        gc.freeze()
        gc.enable()


def wire(respond: Responder, environ: Mapping[str, str], *, clock: Callable[[], float] = time.time) -> LambdaHandler:
    """The function around a responder.

    Args:
        respond: answers messages.
        environ: what `wechat_aws.settings` says and, where AWS is called, `wechat_aws.aws_settings`.
        clock: Unix seconds.

    Raises:
        InvalidSettings: the environment does not allow it.
    """
    settings = read_settings(environ)
    service = environ.get("POWERTOOLS_SERVICE_NAME") or SERVICE
    telemetry = Telemetry(service, error_text=settings.log_error_text)
    client = _client(environ) if settings.calls_aws else None
    if settings.dedup_table:
        from wechat_aws.dedup_wiring import with_store

        respond = with_store(respond, environ, client=client, notice=telemetry.notice, clock=clock)

    def fetch() -> Callback:
        return Callback(envelope_for(_account(settings, client), settings.max_age), respond)

    callbacks = AccountStore(fetch, clock=clock, on_failure=telemetry.notice_stale_account)

    def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
        started, envelope = time.perf_counter(), None
        telemetry.begin(getattr(context, "aws_request_id", ""))
        try:
            ARRIVED.set(read_arrival(event))
            callback = callbacks.current()
            envelope = callback.envelope
            with WATCH.get()() as begin:
                begin("read")
                request = read_request(event)
                outcome: Answer | Exception = callback.answer(request, now=int(clock()), begin=begin)
        except Exception as error:  # whatever it is: see choose_response
            outcome = error
        milliseconds = (time.perf_counter() - started) * 1000
        telemetry.record(outcome, envelope=envelope, milliseconds=milliseconds)
        with WATCH.get()() as begin:
            begin("write")
            return write_response(choose_response(outcome))

    return lambda_handler


def _client(environ: Mapping[str, str]) -> "AwsClient":
    from wechat_aws.aws_client import AwsClient  # only here: an account in place needs none, and importing TLS is slow

    return AwsClient(environ)


def _account(settings: Settings, client: "AwsClient | None") -> Account:
    """The account, out of the environment or out of SSM."""
    if settings.in_place or not client:
        return read_account(settings.account, "WECHAT_ACCOUNT")
    from wechat_aws.ssm import fetch_account

    return fetch_account(client, settings.account)

"""The function that Lambda calls, wired around a responder: the one place that catches."""

import gc

gc.disable()  # while importing, when nothing is garbage yet: looking for it costs a tenth of the cold start

try:
    import os
    import sys
    import time
    from collections.abc import Callable, Mapping
    from typing import Any

    from wechat_aws.account_store import open_account, ssm_parameter
    from wechat_aws.proxy import read_request, write_response
    from wechat_aws.settings import InvalidSettings, envelope_for, read_settings
    from wechat_aws.telemetry import Telemetry
    from wechat_core.callback import Answer, Callback, Responder, response_to
finally:
    gc.enable()

type LambdaHandler = Callable[[Any, Any], dict[str, Any]]


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


def wire(
    respond: Responder,
    environ: Mapping[str, str],
    *,
    clock: Callable[[], float] = time.time,
    connect: Callable[[], Callable[[str], str]] = ssm_parameter,
) -> LambdaHandler:
    """The function around a responder.

    Args:
        respond: answers messages.
        environ: the settings, as in `wechat_aws.settings`.
        clock: Unix seconds.
        connect: opens the parameter store; used only where the account is there.

    Raises:
        InvalidSettings: the environment does not allow it.
    """
    settings = read_settings(environ)
    telemetry = Telemetry()
    account = open_account(settings, clock=clock, on_failure=telemetry.refresh_failed, connect=connect)
    envelope_for(account(), settings.max_age)  # now, so that no request waits for the imports of safe mode
    if settings.dedup_table:
        from wechat_aws.dynamo_store import with_table

        respond = with_table(respond, settings, notice=telemetry.noticed, clock=clock)

    def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
        started, envelope = time.perf_counter(), envelope_for(account(), settings.max_age)
        try:
            outcome: Answer | Exception = Callback(envelope, respond).answer(read_request(event), now=int(clock()))
        except Exception as error:  # the one place that catches
            outcome = error
        milliseconds = (time.perf_counter() - started) * 1000
        request_id = getattr(context, "aws_request_id", "")
        telemetry.record(outcome, envelope=envelope, request_id=request_id, milliseconds=milliseconds)
        return write_response(response_to(outcome))

    return lambda_handler

"""Run by `per_message` with what ships and its peers on the path: times one message, in each mode, in each of them.

Reads a message for each mode as JSON, with its account, and writes `{"name, mode": [reply, microseconds]}`.
"""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature
from werobot import WeRoBot

from wechat_aws.settings import envelope_for, read_account
from wechat_core.callback import Callback
from wechat_core.echo import echo
from wechat_core.exchange import Request

ROUNDS, TIMES = 60, 100

type Answer = Callable[[dict[str, str], str], str]


def ours(account: dict[str, str]) -> Answer:
    """What ships, with every check on."""
    callback = Callback(envelope_for(read_account(json.dumps(account), "the account"), 300), echo)

    def answer(query: dict[str, str], body: str) -> str:
        request = Request("POST", tuple(query.items()), body.encode())
        return callback.answer(request, now=int(time.time())).response.body.decode()

    return answer


def wechatpy(account: dict[str, str]) -> Answer:
    """wechatpy, as its documentation has it, but with one cipher for all messages."""
    token, key, app_id = account["token"], account.get("encoding_aes_key"), account.get("app_id")
    crypto = WeChatCrypto(token, key, app_id) if key else None

    def answer(query: dict[str, str], body: str) -> str:
        timestamp, nonce = query["timestamp"], query["nonce"]
        if crypto:
            body = crypto.decrypt_message(body, query["msg_signature"], timestamp, nonce)
        else:
            check_signature(token, query["signature"], timestamp, nonce)
        message = parse_message(body)
        reply: str = create_reply(message.content, message=message).render()
        return str(crypto.encrypt_message(reply, nonce, timestamp)) if crypto else reply

    return answer


def werobot(account: dict[str, str]) -> Answer:
    """WeRoBot, as its own views call it."""
    robot = WeRoBot(**account)
    robot.config["SESSION_STORAGE"] = False
    robot.text(lambda message: message.content)

    def answer(query: dict[str, str], body: str) -> str:
        timestamp, nonce = query["timestamp"], query["nonce"]
        if not robot.check_signature(timestamp, nonce, query["signature"]):
            raise PermissionError
        message = robot.parse_message(body, timestamp, nonce, query.get("msg_signature"))
        return str(robot.get_encrypted_reply(message))

    return answer


def time_call(answer: Answer, query: dict[str, str], body: str) -> float:
    """Microseconds of one message, the mean of some."""
    started = time.perf_counter()
    for _ in range(TIMES):
        answer(query, body)
    return (time.perf_counter() - started) * 1e6 / TIMES


def main() -> None:
    """Time all of them, interleaved."""
    modes: dict[str, Any] = json.load(sys.stdin)
    cases = {
        f"{kind.__name__}, {mode}": (kind(given["account"]), given["query"], given["body"])
        for mode, given in modes.items()
        for kind in (ours, wechatpy, werobot)
    }
    times: dict[str, list[float]] = {name: [] for name in cases}
    gc.freeze()
    for _ in range(ROUNDS):
        for name, case in cases.items():
            times[name].append(time_call(*case))
    json.dump({name: (case[0](*case[1:]), statistics.median(times[name])) for name, case in cases.items()}, sys.stdout)


if __name__ == "__main__":
    main()

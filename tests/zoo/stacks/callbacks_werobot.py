"""A callback as WeRoBot's documentation shows it; the token and the mode are of the environment."""

import os
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import werobot

key = os.environ.get("KEY")
robot = werobot.WeRoBot(
    token=os.environ.get("TOKEN", "SampleToken"),
    enable_session=False,
    **({"encoding_aes_key": key, "app_id": "wx2c2769f8efd9abc2"} if key else {}),
)


@robot.text
def echo(message: Any) -> str:
    return str(message.content)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None: ...


if __name__ == "__main__":
    make_server("127.0.0.1", int(os.environ["PORT"]), robot.wsgi, handler_class=_Quiet).serve_forever()

"""WeRoBot in Flask, by the view it brings for that."""

import os
from typing import Any

from apig_wsgi import make_lambda_handler
from flask import Flask
from werobot import WeRoBot
from werobot.contrib.flask import make_view

robot = WeRoBot(token=os.environ["WECHAT_TOKEN"])
robot.config["SESSION_STORAGE"] = False


@robot.text
def echo(message: Any) -> Any:
    """Answer one text."""
    return message.content


app = Flask(__name__)
app.add_url_rule("/wechat", endpoint="werobot", view_func=make_view(robot), methods=["GET", "POST"])
lambda_handler = make_lambda_handler(app)

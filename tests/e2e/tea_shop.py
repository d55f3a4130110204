"""A bot of a user's: a package with a data file, a dependency from the package index, a secret, and a test."""

import hashlib
import hmac
from pathlib import Path

KEY = "k-0123456789"
PRICES = "龙井  38\n普洱  42"
FILES = {
    "tea_shop/__init__.py": "from tea_shop.answers import answer as answer\n",
    "tea_shop/prices.json": '{"龙井": 38, "普洱": 42}\n',
    "tea_shop/answers.py": """\
import hashlib
import hmac
import json
from pathlib import Path

from tabulate import tabulate

from concierge import concierge
from wechat_aws.secrets import secret
from wechat_core import Message, Reply, TextMessage, TextReply

PRICES = json.loads((Path(__file__).parent / "prices.json").read_text("utf-8"))
coupon_key = secret("COUPON_KEY")


def answer(message: Message) -> Reply:
    match message:
        case TextMessage(content="价格"):
            return TextReply(tabulate(PRICES.items(), tablefmt="plain"))
        case TextMessage(content="优惠券", from_user_name=follower):
            return TextReply(hmac.new(coupon_key().encode(), follower.encode(), hashlib.sha256).hexdigest())
    return concierge(message)
""",
    "handler.py": """\
from tea_shop import answer
from wechat_aws.function import build

respond = answer
lambda_handler = build(respond)
""",
    "tests/test_tea_shop.py": """\
from tea_shop import answer
from wechat_core import NoReply, TextMessage, TextReply


def test_prices():
    assert answer(TextMessage(content="价格")) == TextReply("龙井  38\\n普洱  42")


def test_a_coupon_is_the_followers_own(monkeypatch):
    monkeypatch.setenv("COUPON_KEY", "a-key")
    one, other = (answer(TextMessage(content="优惠券", from_user_name=name)) for name in ("o1", "o2"))
    assert one != other != NoReply()
""",
}


def move_in(copy: Path) -> None:
    """Write it into a copy of the project, and name what it needs in requirements.in."""
    (copy / "tea_shop").mkdir()
    for name, text in FILES.items():
        (copy / name).write_text(text, "utf-8")
    with (copy / "requirements.in").open("a", encoding="utf-8") as needed:
        needed.write("tabulate\n")


def coupon(follower: str) -> str:
    """What a follower gets by the key alone."""
    return hmac.new(KEY.encode(), follower.encode(), hashlib.sha256).hexdigest()

"""All that a user does, in a copy in which the README was followed to the letter and a bot of one's own moved in."""

from pathlib import Path

import pytest

from harness.deployed_api import DeployedApi, serve_api
from tests.default import shipped_default
from tests.e2e.operating import WELL, Environ, Operator, answer
from tests.e2e.tea_shop import KEY, PRICES, coupon, move_in
from tests.wechat import FROM, fields, text
from tests.yours import copy_project, run

pytestmark = [pytest.mark.enable_socket, shipped_default]

TOKEN = "ShopToken"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy, with an environment of its own, since the bot needs a package that others do not."""
    copy = copy_project(tmp_path_factory.mktemp("yours") / "wechat-lambda", apart=".venv")
    move_in(copy)
    run(copy, "make", "lock")
    return copy


def test_the_build_says_what_ships(copy: Path) -> None:
    """What of the user's is deployed stands in the last line: the package with its data, and what it needs."""
    assert run(copy, "make", "build").splitlines()[-1] == "ships: concierge.py handler.py tea_shop weather.py"
    built = copy / ".aws-sam" / "build" / "CallbackFunction"
    assert [name for name in ("tea_shop/prices.json", "tabulate", "weather.py") if not (built / name).exists()] == []


def test_what_is_deployed_answers_by_package_data_and_key(copy: Path, aws: Environ) -> None:
    """`make account`, `make secret` and `make deploy` content the doctor, and followers get what each part gives."""
    api = DeployedApi(aws, "wechat-lambda")
    with serve_api(api) as url:
        operator = Operator(aws, copy, url)
        operator.make("account", answers=f"{TOKEN}\n\n")
        written = operator.make("secret", "NAME=COUPON_KEY", answers=f"{KEY}\n")
        deployed = operator.make("deploy")
    assert "/wechat-lambda/secrets/COUPON_KEY is written" in written
    assert WELL in deployed
    assert KEY not in written + deployed
    replies = (fields(answer(api, "POST", TOKEN, text(asked))["body"]) for asked in ("价格", "优惠券", "营业时间"))
    assert [reply["Content"] for reply in replies] == [PRICES, coupon(FROM), "每天 10:00–20:00"]
    assert KEY not in str(api.variables())


def test_what_ships_works(copy: Path) -> None:
    """The artefact's own end-to-end test, with the user's function and modules in it."""
    run(copy, "make", ".venv/dev-ready")
    run(copy, ".venv/bin/pytest", "-p", "no:cacheprovider", "tests/e2e/test_artifact.py")


def test_make_check_passes(copy: Path) -> None:
    """Format, lint, types and every test."""
    run(copy, "make", "check")

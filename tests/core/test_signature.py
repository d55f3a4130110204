import pytest

from tests.wechat import vectors
from wechat_core.errors import InvalidRequest, InvalidSignature
from wechat_core.signature import check_fresh, check_signature, sign

VECTORS = vectors("signatures")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_published_signatures(vector: dict[str, str | bool]) -> None:
    """Signatures published by the platform and by other implementations are accepted, their forged ones refused."""
    token, timestamp, nonce, signature = (str(vector[name]) for name in ("token", "timestamp", "nonce", "signature"))
    if vector["valid"]:
        assert sign(token, timestamp, nonce) == signature
        assert check_signature(signature, (token,), timestamp, nonce) == 0
    else:
        with pytest.raises(InvalidSignature):
            check_signature(signature, (token,), timestamp, nonce)


def test_tells_which_token_signed() -> None:
    """Any token of the account signs, and the index says which one did."""
    assert check_signature(sign("old", "1", "2"), ("new", "old"), "1", "2") == 1
    assert check_signature(sign("new", "1", "2"), ("new", "old"), "1", "2") == 0


@pytest.mark.parametrize("signature", ["", "é", "\udcff", "0" * 40, sign("abc", "1", "2").upper()])
def test_refuses_anything_else(signature: str) -> None:
    """A signature that is not exactly ours is refused, also where comparing it naively would raise."""
    with pytest.raises(InvalidSignature) as caught:
        check_signature(signature, ("abc",), "1", "2")
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize(
    ("timestamp", "now"), [("1000", 700), ("1000", 1300), ("1000", 1000), ("1000".zfill(20), 1000)]
)
def test_fresh(timestamp: str, now: int) -> None:
    """The window is closed at both of its ends, and twenty digits are not too many."""
    check_fresh(timestamp, now=now, max_age=300)


@pytest.mark.parametrize("now", [699, 1301])
def test_stale(now: int) -> None:
    """A second outside the window is too much, before as after."""
    with pytest.raises(InvalidSignature, match="timestamp stale"):
        check_fresh("1000", now=now, max_age=300)


@pytest.mark.parametrize("timestamp", ["", "-1", "1e3", " 1", "1_0", "\u0661", "9" * 21, "9" * 5000])
def test_a_timestamp_is_decimal(timestamp: str) -> None:
    """Nothing but decimal digits is read as a time, however Python's own int would take it."""
    with pytest.raises(InvalidRequest, match="timestamp malformed"):
        check_fresh(timestamp, now=1000, max_age=300)
    check_fresh(timestamp, now=1000, max_age=0)

import subprocess
import sys

import pytest

from tests.core.cases import CASES, COMMON, EVENT
from tests.wechat import FROM, message
from wechat_core import (
    LocationMessage,
    Message,
    TextMessage,
    UnknownEvent,
    UnknownMessage,
    parse_message,
)
from wechat_core.errors import InvalidRequest
from wechat_core.events.jobs import TemplateSendJobFinishEvent


@pytest.mark.parametrize(("xml", "parsed"), CASES, ids=[type(parsed).__name__ for _, parsed in CASES])
def test_parses(xml: bytes, parsed: Message) -> None:
    """Each type comes out whole: declared elements as fields, undeclared ones in `extra`."""
    assert parse_message(xml).__dict__ == parsed.__dict__
    assert type(parse_message(xml)) is type(parsed)


def test_type_names_are_trimmed_and_of_any_case() -> None:
    """Blanks around a name and its case do not make a type unknown; both occur in the platform's own samples."""
    assert parse_message(message(" TEXT ", "<Content>a</Content>")) == TextMessage(**COMMON, content="a")


def test_identifiers_are_trimmed() -> None:
    """Blanks around an address or a number, as in the platform's card samples, are not part of it."""
    xml = b"<xml><ToUserName> a </ToUserName><FromUserName> b </FromUserName><CreateTime> 12 </CreateTime></xml>"
    assert parse_message(xml) == UnknownMessage(to_user_name="a", from_user_name="b", create_time=12)


def test_the_first_of_repeated_elements_counts() -> None:
    """A second sender, type or content overrides nothing, whoever put it there."""
    body = (
        "<Content>a</Content><Content>b</Content><FromUserName>x</FromUserName><MsgType>event</MsgType><Event>e</Event>"
    )
    assert parse_message(message("text", body)) == TextMessage(**COMMON, content="a")


@pytest.mark.parametrize("latitude", ["", "x", "nan", "inf", "<A/>", "<A>1</A>"])
def test_a_type_without_what_it_requires_is_kept_whole(latitude: str) -> None:
    """A location without a latitude is no location, but still a message, with all that came."""
    parsed = parse_message(message("location", f"<Location_X>{latitude}</Location_X><Location_Y>2</Location_Y>"))
    assert isinstance(parsed, UnknownMessage)
    assert parsed.msg_type == "location"
    assert parsed.extra["Location_Y"] == ("2",)


@pytest.mark.parametrize("scale", ["", "x", "1.5", "9" * 5000, "<A>1</A>"])
def test_a_malformed_optional_field_has_its_default(scale: str) -> None:
    """What a type can do without does not make it unknown."""
    body = f"<Location_X>1</Location_X><Location_Y>2</Location_Y><Scale>{scale}</Scale>"
    assert parse_message(message("location", body)) == LocationMessage(**COMMON, latitude=1.0, longitude=2.0)


def test_encrypted_only_says_what_is_missing() -> None:
    """A body in safe mode, met without a key, says what to do rather than passing for an unknown message."""
    with pytest.raises(InvalidRequest, match="EncodingAESKey"):
        parse_message(b"<xml><ToUserName>a</ToUserName><Encrypt>x</Encrypt></xml>")


def test_key_is_shared_by_deliveries_and_by_nothing_else() -> None:
    """Deliveries of one message have one key, and anything that makes another message makes another key."""
    first = parse_message(CASES[0][0])
    assert first.key == parse_message(CASES[0][0]).key
    event = UnknownEvent(**EVENT, event="a", extra={"A": ("1", {"B": ("2",)})})
    others = [
        first.replace(msg_id="2"),
        first.replace(from_user_name="other"),
        first.replace(to_user_name="other"),
        first.replace(msg_id=""),
        event,
        event.replace(create_time=1),
        event.replace(event="b"),
        event.replace(extra={"A": ("1", {"B": ("3",)})}),
    ]
    assert len({other.key for other in [first, *others]}) == len(others) + 1
    assert event.key == event.replace().key
    assert FROM not in first.key


def test_key_is_the_same_in_every_process() -> None:
    """Deliveries of one event reach several instances of the function, and each has to find the same key."""
    program = "import sys; from wechat_core import parse_message; print(parse_message(sys.stdin.buffer.read()).key)"
    event = message("event", "<Event>LOCATION</Event><Latitude>1</Latitude><Longitude>2</Longitude><New>x</New>", "")
    keys = [
        subprocess.run(
            [sys.executable, "-c", program], input=event, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout.decode()
        for seed in ("1", "2", "3")
    ]
    assert keys == [parse_message(event).key + "\n"] * 3


def test_key_does_not_depend_on_how_a_message_came_to_be() -> None:
    """Deliveries of one event reach different processes: its key follows the declared order of fields."""
    xml = message("event", "<Event>TEMPLATESENDJOBFINISH</Event><Status>success</Status><New>n</New>", msg_id="")
    parsed = parse_message(xml)
    built = TemplateSendJobFinishEvent(**EVENT, status="success", extra={"New": ("n",)})
    assert parsed == built
    assert hash(parsed) == hash(built)
    assert parsed.key == built.key

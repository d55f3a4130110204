import pytest

from tests.wechat import fields
from wechat_core.message import TYPES, UnknownEvent, UnknownMessage
from wechat_core.parse import parse_message
from wechat_sim.platform.samples import samples


def test_there_is_a_sample_of_every_documented_type() -> None:
    """Whatever the core declares by name can be sent; some samples are of types that only share another one's class."""
    sent = {type(parse_message(sample.write({}))) for sample in samples().values()}
    missing = {cls.__name__ for cls in TYPES.values()} - {cls.__name__ for cls in sent}
    assert UnknownEvent in sent
    assert UnknownMessage not in sent
    assert missing == set()


def test_a_sample_takes_other_content() -> None:
    """What is given stands in its place, whatever it is; everything else stays."""
    changed = fields(
        samples()["location"].write({"Location_X": "-1.5", "Label": "上海 & <b>\\1"}).replace(b"& <b>", b"")
    )
    assert (changed["Location_X"], changed["Label"], changed["Scale"]) == ("-1.5", "上海 \\1", "15")


def test_what_a_follower_writes_is_not_escaped() -> None:
    """The platform puts it into CDATA as it is, `]]>` included; later elements are not looked for in it."""
    xml = samples()["text"].write({"Content": "a]]></Content><MsgId>5</MsgId>", "MsgId": "7"}).decode()
    assert xml.endswith("<Content><![CDATA[a]]></Content><MsgId>5</MsgId>]]></Content>\n<MsgId>7</MsgId>\n</xml>")


def test_a_sample_is_spaced_like_the_platforms() -> None:
    """A line feed after each element, none before the first, the numbers bare."""
    xml = samples()["image"].write({}).decode()
    assert xml.startswith("<xml><ToUserName><![CDATA[gh_")
    assert "</ToUserName>\n<FromUserName>" in xml
    assert xml.endswith("</MediaId>\n</xml>")


@pytest.mark.parametrize(
    ("given", "reason"),
    [({"Titel": "x"}, "text has no Titel: it has Content"), ({"CreateTime": "<b>"}, "CreateTime is a number")],
)
def test_other_fields_are_refused(given: dict[str, str], reason: str) -> None:
    """A field that the sample lacks is named with those it has; a bare number stays one."""
    with pytest.raises(ValueError, match=reason):
        samples()["text"].write(given)

import pytest

from wechat_core.message import Inbound, Message
from wechat_core.records import Record
from wechat_core.values import named
from wechat_core.xml_tree import Tree


class Item(Inbound):
    """An entry of a list."""

    number: int
    note: str = ""


class Report(Message):
    """One of each shape that the platform's bodies have."""

    wrapped: tuple[Item, ...] = named("List/item", default=())
    bare: tuple[int, ...] = named("fail_idx", default=())
    scanned: str = named("Scan/Result", default="")
    single: Item = Item(number=0)
    spelled: str = named("OpenID", "openid", default="")
    shared: bool = False
    rate: float = 0.0


ITEM: Tree = {"Number": ["1"]}


@pytest.mark.parametrize(
    ("tree", "report"),
    [
        ({}, Report()),
        (
            {"List": [{"item": [ITEM, {"Number": ["2"], "Note": ["n"]}]}]},
            Report(wrapped=(Item(number=1), Item(number=2, note="n"))),
        ),
        ({"List": [{"item": [ITEM]}]}, Report(wrapped=(Item(number=1),))),
        ({"List": [""]}, Report()),
        ({"List": [{"item": [ITEM]}, {"item": [ITEM]}]}, Report(wrapped=(Item(number=1), Item(number=1)))),
        ({"List": [{"item": ["", {"Number": ["x"]}, ITEM]}]}, Report(wrapped=(Item(number=1),))),
        (
            {"List": [{"item": [ITEM], "Count": ["1"]}]},
            Report(wrapped=(Item(number=1),), extra={"List": ({"Count": ("1",)},)}),
        ),
        ({"fail_idx": ["1", "2"]}, Report(bare=(1, 2))),
        ({"fail_idx": ["1", "x"]}, Report(bare=(1,))),
        ({"Scan": [{"Result": ["r"]}]}, Report(scanned="r")),
        ({"Scan": ["r"]}, Report()),
        ({"Scan": [{"Result": ["r"]}, {"Result": ["s"]}]}, Report(scanned="r")),
        ({"Single": [ITEM]}, Report(single=Item(number=1))),
        ({"Single": [{"Number": ["1"], "New": ["n"]}]}, Report(single=Item(number=1, extra={"New": ("n",)}))),
        ({"Single": ["x"]}, Report()),
        ({"Single": [{"Note": ["n"]}]}, Report()),
        ({"openid": ["o"]}, Report(spelled="o")),
        ({"openid": ["o"], "OpenID": ["O"]}, Report(spelled="O")),
        ({"OpenID": ["O"], "openid": ["o"]}, Report(spelled="O")),
        ({"Shared": ["true"]}, Report(shared=True)),
        ({"Shared": [" 1 "]}, Report(shared=True)),
        ({"Shared": ["False"]}, Report()),
        ({"Shared": ["maybe"]}, Report()),
        ({"Rate": ["1.5"]}, Report(rate=1.5)),
        ({"Rate": ["nan"]}, Report()),
        ({"New": ["a", {"B": ["c"]}]}, Report(extra={"New": ("a", {"B": ("c",)})})),
    ],
)
def test_reads(tree: Tree, report: Report) -> None:
    """Lists of all three shapes with one or many entries, paths, spellings, and nothing lost that has no name."""
    assert Report.read(tree) == report


class Parcel(Record):
    """One of each shape that is written."""

    wrapped: tuple[Item, ...] = named("List/item", default=())
    name: str = named("Who/Name", default="")
    age: int = named("Who/Age", default=0)
    shared: bool = False


@pytest.mark.parametrize(
    ("parcel", "tree"),
    [
        (Parcel(), {}),
        (
            Parcel((Item(number=1),), "n", 7, shared=True),
            {"List": [{"item": [{"Number": [1]}]}], "Who": [{"Name": ["n"], "Age": [7]}], "Shared": ["true"]},
        ),
    ],
)
def test_writes(parcel: Parcel, tree: Tree) -> None:
    """A record is written under the paths it is read from, without what it leaves empty."""
    assert parcel.write() == tree

"""Texts over the limit, cut and split."""

import time

from hypothesis import given
from hypothesis import strategies as st

from wechat_core.pieces import ELLIPSIS, cut, split

LINK = '<a href="https://example.com/?a=1&b=2">这里 有</a>'
ADDRESS = "https://example.com/a?b=c#d"
FAMILY = "👨‍👩‍👧‍👦"
ATOMS = (LINK, ADDRESS, FAMILY, "👍🏽", "🇨🇳", "❤️", "1️⃣", "e\u0301", "[微笑]", "/::)", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\r\n")
WORDS = ("你好", "word", " ", "。", "？”", "\n", "\n\n", ". ", "，", "中文没有空格", "x" * 30)
TEXTS = st.lists(st.sampled_from(ATOMS + WORDS)).map("".join)
LIMITS = st.integers(60, 200)


def pieces(text: str, limit: int) -> tuple[str, ...]:
    found = split(text, limit)
    assert "".join(found) == text
    assert all(len(piece.encode()) <= limit for piece in found)
    assert all(found[1:]) or not text
    return found


@given(st.text(), st.integers(4, 40))
def test_joined_they_are_the_text(text: str, limit: int) -> None:
    """Whatever the text, nothing is lost, nothing is over the limit, and no piece is empty."""
    pieces(text.encode(errors="ignore").decode(), limit)


@given(st.lists(st.sampled_from(ATOMS + WORDS)), LIMITS)
def test_nothing_whole_is_torn(parts: list[str], limit: int) -> None:
    """Links, addresses and emoji end up in one piece, as they were."""
    text = " ".join(parts)
    ends, position = set(), 0
    for piece in pieces(text, limit)[:-1]:
        position += len(piece)
        ends.add(position)
    start = 0
    for part in parts:
        torn = {end for end in ends if start < end < start + len(part)}
        assert part not in ATOMS or not torn, part
        start += len(part) + 1


@given(TEXTS, LIMITS)
def test_pieces_are_at_least_a_quarter_full(text: str, limit: int) -> None:
    """Where nothing longer has to stay whole, a text takes no more pieces than it needs, within reason."""
    assert all(
        len(piece.encode()) >= limit // 4 for piece in pieces(text.replace(LINK, "").replace(ADDRESS, ""), limit)[:-1]
    )


def test_where_a_piece_ends() -> None:
    """At a paragraph, or else a line, a sentence, a word; each only in the second half of what would fit."""
    assert split("aaaa aaaa\nbbbb\n\ncc. dd ee", 20) == ("aaaa aaaa\nbbbb\n\n", "cc. dd ee")
    assert split("aaaa aaaa aaaa\nbb. bb ccccc", 20) == ("aaaa aaaa aaaa\n", "bb. bb ccccc")
    assert split("aaaa aaaa. bbbb bbbb ccc", 20) == ("aaaa aaaa. ", "bbbb bbbb ccc")
    assert split("aaaa aaaa bbbb bbbb ccc", 20) == ("aaaa aaaa bbbb bbbb ", "ccc")
    assert split("\n\naaaaaaaaaaaaaaaaaaaaaaaaaa", 20) == ("\n\naaaaaaaaaaaaaaaaaa", "aaaaaaaa")
    assert split("他说：“好的。”然后他走了。", 24) == ("他说：“好的。”", "然后他走了。")
    assert split("真的吗？！是的是的是的", 18) == ("真的吗？！", "是的是的是的")


def test_what_fits_is_left_alone() -> None:
    """A text of exactly the limit is one piece, and so is none."""
    assert split("好" * 7, 21) == ("好" * 7,)
    assert split("", 21) == ("",)
    assert cut("好" * 7, 21) == "好" * 7


def test_what_fits_into_no_piece_is_torn() -> None:
    """A link that is too long is cut like text, and an emoji that is, between characters."""
    assert len(pieces('<a href="https://example.com/' + "x" * 300 + '">a</a>', 100)) == 5
    assert split(FAMILY * 2, 10)[0] == "👨‍"


def test_a_link_that_is_torn_tears_no_emoji() -> None:
    """A link that fits into no piece is cut between the emoji in it."""
    text = f'<a href="https://e.cn">{"👍🏽" * 4}</a>'
    assert split(text, 36) == (text[:25], text[25:])


def test_a_row_of_flags_is_torn_between_them() -> None:
    """Of a row of letters each two are a flag: 30 bytes hold three of them, and no half of the fourth."""
    assert split("🇨🇳" * 7, 30) == ("🇨🇳" * 3, "🇨🇳" * 3, "🇨🇳")


def test_a_link_that_is_all_blanks_is_torn() -> None:
    """Where a piece could end at each of its characters, but all of them are in a link, the last one is taken."""
    link = f'<a href="x">{" " * 60}</a>'
    assert split(link, 60)[0] == link[:60]


@given(st.text(), st.integers(4, 60))
def test_cut(text: str, limit: int) -> None:
    """A text that is cut begins as it did, ends in an ellipsis, and fits."""
    text = text.encode(errors="ignore").decode()
    short = cut(text, limit)
    assert len(short.encode()) <= limit
    assert short == text or (short.endswith(ELLIPSIS) and text.startswith(short[:-1]))


def test_cut_tears_nothing() -> None:
    """Neither a link nor an emoji is cut in two."""
    assert cut("aaaa " + LINK + "b" * 60, 60) == "aaaa …"
    assert cut("a" * 20 + FAMILY + "bbbb", 30) == "a" * 20 + "…"


def test_a_long_text_takes_no_time() -> None:
    """Half a megabyte is split in less than three seconds of the processor's time."""
    started = time.process_time()
    assert len(split("这是一句话，不长也不短。" * 14000, 1900)) > 250
    assert time.process_time() - started < 3

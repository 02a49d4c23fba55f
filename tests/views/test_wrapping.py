"""Text as lines: where it is broken, where not, and that nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.views.common.ansi import Style, paint
from reconciler.views.common.display_width import display_width
from reconciler.views.common.line_wrap import visible_width, wrap

SEVERITY_WORDS = st.text("aZ0-./: 、。「」(店舗はガー)\"`'", max_size=120)


@given(SEVERITY_WORDS, st.integers(10, 60), st.booleans())
def test_only_spaces_at_the_ends_of_lines_are_lost(text: str, room: int, spaced: bool) -> None:
    assert "".join("".join(wrap(text, room, spaced=spaced)).split()) == "".join(text.split())


@given(SEVERITY_WORDS, st.integers(10, 60), st.integers(10, 60), st.booleans())
def test_a_line_that_is_too_long_has_no_place_to_be_broken(text: str, room: int, rest: int, spaced: bool) -> None:
    for number, line in enumerate(wrap(text, room, rest, spaced=spaced)):
        if display_width(line) > (rest if number else room):
            longest = max(wrap(line, 1), key=display_width)
            assert display_width(longest) > min(room, rest)


@given(SEVERITY_WORDS, st.integers(10, 60))
def test_colours_take_no_room(text: str, room: int) -> None:
    painted = paint(text.strip(), Style.HEADING, colour=True)
    assert visible_width(painted) == display_width(text.strip())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("the shop is open again now", ["the shop is open", "again now"]),
        ("店舗を再開店できなかったので、もう一度", ["店舗を再開店できな", "かったので、もう一度"]),
        ("閉店のまま再開店を試みた。次は", ["閉店のまま再開店を試", "みた。次は"]),
        ("再開店を試みました。。次は、", ["再開店を試みまし", "た。。次は、"]),
        ("値は「利用設定」である", ["値は「利用設定」であ", "る"]),
    ],
)
def test_where_japanese_and_english_are_broken(text: str, lines: list[str]) -> None:
    assert list(wrap(text, 20)) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('it is "Amazon Pay 利用" now', ["it is", '"Amazon Pay 利用"', "now"]),
        ("give `reconciler plan` first", ["give", "`reconciler plan`", "first"]),
        ("allow it --allow turning-off", ["allow it", "--allow turning-off"]),
        ('say it "no \\" and on" now', ["say it", '"no \\" and on" now']),
    ],
)
def test_what_is_copied_is_kept_together(text: str, lines: list[str]) -> None:
    assert list(wrap(text, 19)) == lines


def test_what_is_named_is_kept_together() -> None:
    assert list(wrap("the file 京都 店.yaml is gone", 14, whole={"京都 店.yaml", ""})) == [
        "the file",
        "京都 店.yaml",
        "is gone",
    ]


def test_what_is_copied_is_broken_where_a_line_does_not_hold_it() -> None:
    assert list(wrap('is "one two three four"', 12)) == ['is "one two', 'three four"']


def test_a_label_among_english_words_is_broken_only_where_it_must_be() -> None:
    text = "until 販売事業者様サイト is set"
    assert list(wrap(text, 22, spaced=True)) == ["until", "販売事業者様サイト is", "set"]
    assert list(wrap(text, 12, spaced=True)) == ["until 販売事", "業者様サイト", "is set"]
    assert list(wrap(text, 22)) == ["until 販売事業者様サイ", "ト is set"]


def test_lines_after_the_first_have_less_room() -> None:
    assert list(wrap("one two three four five", 14, 10)) == ["one two three", "four five"]

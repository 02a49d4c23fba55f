"""Display width, and that no text from outside can drive a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics.messages import msg
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.display_width import clipped, display_width, escape_unprintable, pad_to_width, quoted
from reconciler.views.i18n import language


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("利用設定", 8), ("ｱﾏｿﾞﾝ", 5), ("Ａ", 2), ("e\u0301", 1), ("がか\u3099", 4), ("→", 1)],
)
def test_width(text: str, width: int) -> None:
    assert display_width(text) == width
    assert display_width(pad_to_width(text, 10)) == 10


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 日本語", "plain 日本語"),
        ("one\ntwo\r\nthree", "one↵two↵three"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb\tc\x00", "a\\x0db\\x09c\\x00"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("no\u00a0break", "no\\xa0break"),
        ("full\u3000width", "full\u3000width"),
        ("half \ud800", "half \\ud800"),
        ("far \U000e0001", "far \\U000e0001"),
        ("Amazon Pay\ufe0f\u3164\u2800", "Amazon Pay\\ufe0f\\u3164\\u2800"),
    ],
)
def test_what_does_not_show_itself_is_made_visible(text: str, shown: str) -> None:
    assert escape_unprintable(text) == shown


@given(st.text())
def test_every_output_is_one_printable_line(text: str) -> None:
    assert all(character.isprintable() or character == "\u3000" for character in escape_unprintable(text))
    assert escape_unprintable(escape_unprintable(text)) == escape_unprintable(text)
    assert quoted(text).startswith('"')


@given(st.text(), st.integers(1, 40))
def test_what_is_clipped_fits_and_starts_as_it_was(text: str, width: int) -> None:
    short = clipped(text, width)
    assert display_width(short) <= width
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_quotes_show_where_a_value_ends() -> None:
    assert quoted(' a"b\\') == '" a\\"b\\\\"'


def test_a_text_for_people_is_visible_with_any_content() -> None:
    context = RenderContext(language=language("en"))
    assert context.translate(msg("{text}.", text="\x07")) == "\\x07."


def test_a_page_of_nothing_is_nothing() -> None:
    assert join_lines([]) == ""
    assert join_lines(["a  ", ""]) == "a\n\n"

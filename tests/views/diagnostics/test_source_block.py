"""The line of a file below a diagnostic: the gutter, the carets, wide characters, tabs, and lines that are too long."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.source_line import SourceLine
from reconciler.core.values import Origin
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import display_width
from reconciler.views.common.source_block import source_block
from reconciler.views.i18n import language
from reconciler.views.text.diagnostics import render_diagnostics, shop_diagnostic_lines
from tests.views.test_text import without_colour

PLACE = Origin("shops/kyoto-tea.yaml", 9, 3)
ENABLED = SourceLine(text="  enabld: true", start=2, length=6)
FINDING = diagnostic(
    codes.UNKNOWN_KEY, msg("unknown key `enabld` in `amazon`"), hint=msg("did you mean `enabled`?"), origin=PLACE
)


def block(context: RenderContext, text: str, start: int, length: int, number: int = 9) -> list[str]:
    line = SourceLine(text=text, start=start, length=length)
    return list(source_block(line, number, context, indent="", style=None))


def test_as_compilers_print_it(english: RenderContext) -> None:
    assert render_diagnostics([FINDING], replace(english, sources={PLACE: ENABLED})) == (
        "error[M101]: unknown key `enabld` in `amazon`\n"
        "  --> shops/kyoto-tea.yaml:9:3\n"
        "   |\n"
        " 9 |   enabld: true\n"
        "   |   ^^^^^^\n"
        "   = help: did you mean `enabled`?\n"
    )


def test_concise(english: RenderContext) -> None:
    context = replace(english, concise=True, width=40, sources={PLACE: ENABLED})
    line = "shops/kyoto-tea.yaml:9:3: error M101 unknown-key: unknown key `enabld` in `amazon`\n"
    assert render_diagnostics([FINDING, FINDING], context) == line * 2


@pytest.mark.parametrize("width", [80, 120])
def test_snapshot(width: int, context: RenderContext, as_text) -> None:
    long = replace(
        FINDING,
        origin=Origin("shops/uji.yaml", 120, 14),
        expected=msg("one of {choices}", choices=", ".join(f"`key_{number}`" for number in range(24))),
    )
    message = "  message: " + "ご注文ありがとうございます。" * 9
    sources = {
        PLACE: ENABLED,
        Origin("shops/uji.yaml", 120, 14): SourceLine(text=message, start=80, length=4),
        Origin("shops/uji.yaml", 7, 4): SourceLine(text="\t店舗: 開店", start=1, length=2),
    }
    findings = [FINDING, replace(FINDING, origin=Origin("shops/uji.yaml", 7, 4)), long]
    assert render_diagnostics(findings, replace(context, width=width, sources=sources)) == as_text


def test_colours(as_text) -> None:
    context = RenderContext(language=language("en"), colour=True, sources={PLACE: ENABLED})
    assert render_diagnostics([FINDING], context) == as_text


def test_carets_stand_below_wide_characters_and_tabs(english: RenderContext) -> None:
    assert block(english, "\t店舗: 開店", 5, 2) == ["   |", " 9 |     店舗: 開店", "   |           ^^^^"]


def test_a_place_at_the_end_of_a_line_has_a_caret(english: RenderContext) -> None:
    assert block(english, "a:", 2, 1, 10) == ["    |", " 10 | a:", "    |   ^"]


def test_a_long_line_is_cut_around_the_part_that_is_meant(english: RenderContext) -> None:
    _, line, carets = block(replace(english, width=40), "a" * 100 + "B" * 3 + "c" * 100, 100, 3)
    assert line == f" 9 | …{'a' * 19}BBB{'c' * 11}…"
    assert carets == f"   | {' ' * 20}^^^"


def test_a_line_of_a_shop_is_shown_once(english: RenderContext) -> None:
    context = replace(english, sources={PLACE: ENABLED})
    lines = list(shop_diagnostic_lines([FINDING, FINDING, diagnostic(codes.ROW, msg("x"))], context, "  "))
    assert lines.count("   9 |   enabld: true") == 1
    assert lines.count("    --> shops/kyoto-tea.yaml:9:3") == 2


@given(
    st.text(max_size=300),
    st.tuples(st.integers(0, 300), st.integers(1, 300)),
    st.integers(1, 100_000),
    st.none() | st.integers(1, 200),
    st.booleans(),
)
def test_it_fits_the_terminal_and_the_carets_are_below_the_text(
    text: str, part: tuple[int, int], number: int, width: int | None, colour: bool
) -> None:
    context = RenderContext(language=language("ja"), width=width, colour=colour)
    _, line, carets = (without_colour(each) for each in block(context, text, min(part[0], len(text)), part[1], number))
    assert max(display_width(line), display_width(carets)) <= max(width or 160, 30)
    assert "^" in carets

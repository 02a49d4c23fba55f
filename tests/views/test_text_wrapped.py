"""The text views on a terminal: wrapped at its width with a hanging indent, and nothing that is copied is broken.

The snapshots are the specification, as in test_text: read their changes as a new reader would.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Origin
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import display_width
from reconciler.views.text.codes import render_code
from reconciler.views.text.diagnostics import render_diagnostics
from reconciler.views.text.layout import Cell, columns
from tests.views.test_text import RENDERINGS, without_colour

WRAPPED = ("plan", "drift", "drift-sides", "drift-heard-fleet", "report", "report-interrupted", "validation")
WIDTHS = (60, 80)
COPIED = re.compile(r"""[\w./-]+:\d+:\d+|sha256:\w+|"[^"]*"|`[^`]*`|[\w-]+(?:\.[\w-]+)+|--[a-z-]+ \S+""", re.ASCII)
"""Places, fingerprints, values, commands, fields."""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", WRAPPED)
def test_rendering(name: str, width: int, context: RenderContext, as_text) -> None:
    assert RENDERINGS[name](replace(context, width=width)) == as_text


@pytest.mark.parametrize("width", [1, 40, 60, 80, 100, 130])
@pytest.mark.parametrize("name", RENDERINGS)
def test_a_line_is_longer_than_the_terminal_only_for_what_has_no_place_to_be_broken(
    name: str, width: int, context: RenderContext
) -> None:
    lines = RENDERINGS[name](replace(context, width=width)).splitlines()
    too_long = [line for line in lines if display_width(line) > max(width, 40)]
    assert [line for line in too_long if display_width(line.split()[-1]) <= max(width, 40) - 20] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", RENDERINGS)
def test_nothing_is_lost_and_nothing_added_but_spaces(name: str, width: int, context: RenderContext) -> None:
    wide, narrow = RENDERINGS[name](context), RENDERINGS[name](replace(context, width=width))
    assert "".join(narrow.split()) == "".join(wide.split())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", RENDERINGS)
def test_what_is_copied_is_on_one_line_if_it_fits(name: str, width: int, context: RenderContext) -> None:
    wide, narrow = RENDERINGS[name](context), RENDERINGS[name](replace(context, width=width))
    copied = {each for each in COPIED.findall(wide) if display_width(each) < width - 20}
    assert {each for each in copied if each not in narrow} == set()


@pytest.mark.parametrize("name", RENDERINGS)
def test_where_there_is_room_for_all_it_is_as_without_a_terminal(name: str, context: RenderContext) -> None:
    assert RENDERINGS[name](replace(context, width=400)) == RENDERINGS[name](context)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", RENDERINGS)
def test_colour_only_adds_colour(name: str, width: int, context: RenderContext) -> None:
    narrow = replace(context, width=width)
    coloured = RENDERINGS[name](replace(narrow, colour=True))
    assert without_colour(coloured) == RENDERINGS[name](narrow)
    assert [line for line in coloured.splitlines() if line.count("\x1b[") % 2] == []


@pytest.mark.parametrize("name", RENDERINGS)
def test_no_line_ends_in_a_space(name: str, context: RenderContext) -> None:
    lines = RENDERINGS[name](replace(context, width=60)).splitlines()
    assert [line for line in lines if line != line.rstrip()] == []


def test_a_place_with_spaces_and_wide_characters_is_not_broken(context: RenderContext) -> None:
    place = Origin("店舗の設定 2026年/第一営業部 共有/kyoto-tea.yaml", 7, 12)
    finding = diagnostic(
        codes.UNREADABLE, msg("{file} cannot be read: {reason}", file=place.file, reason="x"), origin=place
    )
    text = render_diagnostics([finding], replace(context, width=60))
    assert text.count(f"--> {place}\n") == 1
    assert text.count(place.file) == 2


def test_a_code_with_its_example_is_wrapped_too(context: RenderContext) -> None:
    lines = render_code(codes.OUTSIDE_WINDOW, replace(context, width=60)).splitlines()
    assert max(map(display_width, lines)) <= 60
    assert "--allow outside-window:kyoto-tea" in "\n".join(lines)


def rows(context: RenderContext, *table: tuple[str, ...]) -> list[str]:
    return "\n".join(columns([[Cell(text) for text in row] for row in table], context)).splitlines()


def test_a_leading_cell_that_is_too_long_has_its_own_line(english: RenderContext) -> None:
    long = "x" * 70
    assert rows(replace(english, width=80), ("ab", "b", "c"), (long, "second of the row", "third")) == [
        "ab  b                  c",
        long,
        "      second of the row  third",
    ]


def test_what_is_one_word_is_left_to_the_terminal(english: RenderContext) -> None:
    long = "sha256:" + "0" * 64
    assert rows(replace(english, width=60), ("+", long, "reported")) == ["+", f"      {long}", "      reported"]

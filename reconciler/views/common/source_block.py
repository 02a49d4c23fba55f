"""The line of a file that a diagnostic is about, with carets under the part that is meant.

In: a line, its number, a context. Out: lines with a gutter, as compilers print them. A tab takes four cells; a line that is
longer than the terminal is wide is cut around the part that is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.source_line import SourceLine
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import clipped, display_width, escape_unprintable

_TAB: Final = "    "
_WIDEST: Final = 160
"""Cells of a line that are shown where no terminal limits them."""
_NARROWEST: Final = 20
_CUT: Final = "…"


def source_block(
    line: SourceLine, number: int, context: RenderContext, *, indent: str, style: Style | None
) -> Iterator[str]:
    """An empty gutter, the line, the carets."""
    digits = str(number)
    gutter = f"{indent} {' ' * len(digits)} "
    room = _room(context, gutter)
    before, marked, after = _fitted(line, room)
    bar = context.paint("|", Style.QUIET)
    yield f"{gutter}{bar}"
    yield f"{indent} {context.paint(digits, Style.QUIET)} {bar} {before}{marked}{after}".rstrip()
    carets = "^" * max(1, display_width(marked))
    yield f"{gutter}{bar} {' ' * display_width(before)}{context.paint(carets, style)}"


def _room(context: RenderContext, gutter: str) -> int:
    wide = _WIDEST if context.width is None else min(context.width, _WIDEST)
    return max(wide - display_width(gutter) - len("| "), _NARROWEST)


def _fitted(line: SourceLine, room: int) -> tuple[str, str, str]:
    """The text before the part that is meant, the part itself, and the text after it: no wider than `room` together."""
    end = line.start + line.length
    before = _shown(line.text[: line.start][-_WIDEST:])
    marked = clipped(_shown(line.text[line.start : end][:_WIDEST]), room - 2)
    after = _shown(line.text[end:][:_WIDEST])
    if display_width(before + marked) > room - 1:
        left = room - 1 - min(display_width(after), room // 3)  # some of what follows is shown as well
        while before and display_width(_CUT + before + marked) > left:
            before = before[1:]
        before = _CUT + before
    return before, marked, clipped(after, room - display_width(before + marked))


def _shown(text: str) -> str:
    return escape_unprintable(text.replace("\t", _TAB))

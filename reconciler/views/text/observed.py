"""One shop as the backend has it, as text: one section per kind under its admin screen's path, one line per field.

In: an observed shop. Out: text. Fields that the backend did not return are omitted; a kind whose read failed is shown
with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.model.kinds import KINDS
from reconciler.core.model.policy import KindSpec
from reconciler.core.model.state import Known, Observed, Unknown, scalars
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.phrases import observed_value, ownership_label
from reconciler.views.text.diagnostics import diagnostic_lines
from reconciler.views.text.layout import Cell, columns, heading

_INDENT: Final = "  "


def render_observed(observed: Observed, context: RenderContext) -> str:
    return join_lines(_lines(observed, context))


def _lines(observed: Observed, context: RenderContext) -> Iterator[str]:
    yield context.paint(observed.shop, Style.HEADING)
    reasons = {read.reason.sort_key(): read.reason for read in observed.reads.values() if isinstance(read, Unknown)}
    for why in reasons.values():
        yield from diagnostic_lines(why, context, _INDENT)
    for kind in KINDS:
        read = observed.reads[kind.name]
        if isinstance(read, Known):
            yield ""
            screen = "" if kind.screen == kind.label else kind.screen
            yield from heading(kind.label, screen, context)
            yield from columns(_rows(kind, read, context), context, _INDENT)


def _rows(kind: KindSpec, read: Known, context: RenderContext) -> Iterator[tuple[Cell, ...]]:
    for ref, value in scalars(kind, read.value):
        yield (
            Cell(escape_unprintable(ref.display_name)),
            Cell(ownership_label(ref, context), Style.QUIET),
            Cell(observed_value(ref, value, context)),
        )

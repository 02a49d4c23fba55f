"""Diagnostics of many shops as text: the first of each kind in full, the others by the names of their shops.

In: diagnostics. Out: lines without an end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.grouping import DiagnosticGroup, group_diagnostics
from reconciler.views.common.context import RenderContext
from reconciler.views.common.group_notes import others_note
from reconciler.views.text.diagnostics import diagnostic_lines
from reconciler.views.text.layout import paragraph

_INDENT: Final = "  "


def grouped_diagnostic_lines(diagnostics: Iterable[Diagnostic], context: RenderContext) -> Iterator[str]:
    for group in group_diagnostics(diagnostics):
        yield from _group(group, context)


def _group(group: DiagnosticGroup, context: RenderContext) -> Iterator[str]:
    yield from diagnostic_lines(group.first, context)
    note = others_note(group, context)
    if note:
        yield from paragraph(f"= {note}", context, _INDENT)

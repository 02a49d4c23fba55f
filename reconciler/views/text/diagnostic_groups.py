"""Diagnostics of many shops as text: the first of each kind in full, the others by the names of their shops.

In: diagnostics. Out: lines without an end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.diagnostics.grouping import DiagnosticGroup, group_diagnostics
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.fleet.group_notes import groups_diagnostics, others_note
from reconciler.views.common.phrases import SEVERITY_WORDS
from reconciler.views.text.diagnostics import diagnostic_lines, hint_lines, render_diagnostics
from reconciler.views.text.layout import labelled

_NOTE: Final = SEVERITY_WORDS[Severity.NOTE]


def render_fleet_diagnostics(findings: Sequence[Diagnostic], context: RenderContext) -> str:
    """Each separately, or those that say the same together where they are many."""
    if groups_diagnostics(findings, context):
        return join_lines(grouped_diagnostic_lines(findings, context))
    return render_diagnostics(findings, context)


def grouped_diagnostic_lines(diagnostics: Iterable[Diagnostic], context: RenderContext) -> Iterator[str]:
    for nth, group in enumerate(group_diagnostics(diagnostics)):
        if nth and not context.concise:
            yield ""
        yield from _group(group, context)


def _group(group: DiagnosticGroup, context: RenderContext) -> Iterator[str]:
    if context.concise:
        yield from (line for each in (group.first, *group.rest) for line in diagnostic_lines(each, context))
        return
    yield from diagnostic_lines(group.first, context)
    for hint in group.other_hints:
        yield from hint_lines(hint, context, _gutter(group.first, context))
    note = others_note(group, context)
    if note:
        word = context.paint(f"{context.translate(_NOTE)}:", Style.HEADING)
        yield from labelled(f"{_gutter(group.first, context)}{context.paint('=', Style.QUIET)} {word} ", note, context)


def _gutter(first: Diagnostic, context: RenderContext) -> str:
    """As wide as the number of the line that is shown."""
    shown = first.origin is not None and context.sources.get(first.origin) is not None
    number = first.origin.line if shown and first.origin is not None else 1
    return f" {' ' * len(str(number))} "

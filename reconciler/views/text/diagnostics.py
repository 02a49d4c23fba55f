"""Diagnostics as text: the place first, as compilers write it, then what is wrong, what would be right and a way on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, StaleField
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.phrases import MOVED, MOVED_COLUMNS, SEVERITY_WORDS, location, moved_fields, moved_values
from reconciler.views.text.layout import Cell, columns, named, paragraph

STYLES: Final = {
    Severity.CRITICAL: Style.ERROR,
    Severity.ERROR: Style.ERROR,
    Severity.REFUSED: Style.REFUSED,
    Severity.WARNING: Style.WARNING,
    Severity.NOTE: Style.NOTE,
}


def render_diagnostics(findings: Iterable[Diagnostic], context: RenderContext) -> str:
    """Nothing for no findings."""
    return join_lines(line for finding in findings for line in diagnostic_lines(finding, context))


def shop_diagnostic_lines(findings: Sequence[Diagnostic], context: RenderContext, indent: str) -> Iterator[str]:
    """Those of one shop. Fields that moved since a plan was made stand in one table, below the others."""
    for finding in findings:
        if finding.stale_field is None:
            yield from diagnostic_lines(finding, context, indent)
    moved = moved_fields(findings)
    if moved:
        yield from _table(moved, context, indent)


def _table(moved: Sequence[tuple[Diagnostic, StaleField]], context: RenderContext, indent: str) -> Iterator[str]:
    first, _ = moved[0]
    word = context.paint(context.translate(SEVERITY_WORDS[first.severity]), STYLES[first.severity])
    yield from paragraph(f"{word} {first.code.number} {first.code.slug}: {context.translate(MOVED)}", context, indent)
    head = tuple(Cell(context.translate(title), Style.QUIET) for title in MOVED_COLUMNS)
    yield from columns([head, *(_row(finding, field, context) for finding, field in moved)], context, f"{indent}    ")
    yield from _last_line(first, context, indent)


def _row(finding: Diagnostic, field: StaleField, context: RenderContext) -> tuple[Cell, ...]:
    values = (Cell(value) for value in moved_values(field, context))
    return (Cell(context.translate(field.name)), *values, Cell(location(finding), Style.QUIET))


def diagnostic_lines(finding: Diagnostic, context: RenderContext, indent: str = "") -> Iterator[str]:
    """What is expected and the way on stand indented below."""
    place = location(finding)
    word = context.paint(context.translate(SEVERITY_WORDS[finding.severity]), STYLES[finding.severity])
    head = f"{place}: " if place else ""
    told = f"{head}{word} {finding.code.number} {finding.code.slug}: {context.translate(finding.summary)}"
    yield from paragraph(told, context, indent, whole=named(finding.summary) | {place})
    if finding.expected is not None:
        yield from _below(msg("expected: {text}", text=finding.expected), context, indent)
    yield from _last_line(finding, context, indent)


def _last_line(finding: Diagnostic, context: RenderContext, indent: str) -> Iterator[str]:
    if finding.hint is not None:
        yield from _below(msg("way on: {text}", text=finding.hint), context, indent)


def _below(text: Message, context: RenderContext, indent: str) -> Iterator[str]:
    return paragraph(context.translate(text), context, f"{indent}    ", whole=named(text))

"""Diagnostics as text, as compilers print them: what is wrong, where, the line of the file, what was expected, what to do.

In: diagnostics and a context, which knows the lines that may be shown. Out: text. In a concise context each is one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, StaleField
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import Origin
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.phrases import MOVED, MOVED_COLUMNS, SEVERITY_WORDS, location, moved_fields, moved_values
from reconciler.views.common.source_block import source_block
from reconciler.views.text.layout import Cell, columns, labelled, named, paragraph

STYLES: Final = {
    Severity.CRITICAL: Style.ERROR,
    Severity.ERROR: Style.ERROR,
    Severity.REFUSED: Style.REFUSED,
    Severity.WARNING: Style.WARNING,
    Severity.NOTE: Style.NOTE,
}
_NOTE: Final = SEVERITY_WORDS[Severity.NOTE]
_HELP: Final = msg("help")


def render_diagnostics(findings: Iterable[Diagnostic], context: RenderContext) -> str:
    """A blank line between two of them. Nothing for no diagnostics."""
    return join_lines(separated_diagnostic_lines(findings, context))


def separated_diagnostic_lines(findings: Iterable[Diagnostic], context: RenderContext) -> Iterator[str]:
    for nth, finding in enumerate(findings):
        if nth and not context.concise:
            yield ""
        yield from diagnostic_lines(finding, context)


def shop_diagnostic_lines(findings: Sequence[Diagnostic], context: RenderContext, indent: str) -> Iterator[str]:
    """Those of one shop; a line of its file is shown once. Fields that changed since planning are one table, below the others."""
    shown: set[Origin] = set()
    for finding in findings:
        if finding.stale_field is None or context.concise:
            again = finding.origin in shown
            yield from diagnostic_lines(finding, replace(context, sources={}) if again else context, indent)
            shown |= {finding.origin} if finding.origin is not None else set()
    moved = moved_fields(findings)
    if moved and not context.concise:
        yield from _table(moved, context, indent)


def _table(moved: Sequence[tuple[Diagnostic, StaleField]], context: RenderContext, indent: str) -> Iterator[str]:
    first, _ = moved[0]
    yield from paragraph(f"{_word(first, context)}: {context.translate(MOVED)}", context, indent)
    head = tuple(Cell(context.translate(title), Style.QUIET) for title in MOVED_COLUMNS)
    yield from columns([head, *(_row(finding, field, context) for finding, field in moved)], context, f"{indent}    ")
    if first.hint is not None:
        yield from hint_lines(first.hint, context, f"{indent}   ")


def _row(finding: Diagnostic, field: StaleField, context: RenderContext) -> tuple[Cell, ...]:
    values = (Cell(value) for value in moved_values(finding, field, context))
    return (Cell(context.translate(field.name)), *values, Cell(location(finding), Style.QUIET))


def diagnostic_lines(finding: Diagnostic, context: RenderContext, indent: str = "") -> Iterator[str]:
    """One diagnostic; the line of the file is part of it where the context has it."""
    if context.concise:
        yield concise_diagnostic(finding, context)
        return
    summary = context.translate(finding.summary)
    yield from paragraph(f"{_word(finding, context)}: {summary}", context, indent, whole=named(finding.summary))
    line = None if finding.origin is None else context.sources.get(finding.origin)
    number = 1 if finding.origin is None or line is None else finding.origin.line
    gutter = f"{indent} {' ' * len(str(number))} "
    place = location(finding) if finding.origin is not None or not indent else ""  # a block is about its shop
    if place:
        yield f"{gutter[:-1]}{context.paint('-->', Style.QUIET)} {place}"
    if line is not None:
        yield from source_block(line, number, context, indent=indent, style=STYLES[finding.severity])
    if finding.expected is not None:
        yield from _below(_NOTE, msg("expected {text}", text=finding.expected), context, gutter)
    if finding.hint is not None:
        yield from hint_lines(finding.hint, context, gutter)


def concise_diagnostic(finding: Diagnostic, context: RenderContext) -> str:
    """On one line: place, severity, code, name, what is wrong."""
    place = location(finding)
    head = f"{place}: " if place else ""
    word = context.paint(context.translate(SEVERITY_WORDS[finding.severity]), STYLES[finding.severity])
    return f"{head}{word} {finding.code.number} {finding.code.slug}: {context.translate(finding.summary)}"


def _word(finding: Diagnostic, context: RenderContext) -> str:
    word = f"{context.translate(SEVERITY_WORDS[finding.severity])}[{finding.code.number}]"
    return context.paint(word, STYLES[finding.severity])


def hint_lines(hint: Message, context: RenderContext, gutter: str) -> Iterator[str]:
    """What to do, below a diagnostic whose gutter that is."""
    yield from _below(_HELP, hint, context, gutter)


def _below(label: Message, text: Message, context: RenderContext, gutter: str) -> Iterator[str]:
    prefix = f"{context.translate(label)}: "
    sign = f"{gutter}{context.paint('=', Style.QUIET)} {context.paint(prefix.rstrip(), Style.HEADING)} "
    return labelled(sign, context.translate(text), context, whole=named(text))

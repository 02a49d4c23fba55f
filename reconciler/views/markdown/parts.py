"""Tables, folds and diagnostics. In: strings, diagnostics. Out: lines of GitHub-flavoured Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reconciler.core.diagnostics.diagnostic import Diagnostic, StaleField
from reconciler.core.diagnostics.grouping import group_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring import FileEdit
from reconciler.core.values import Origin
from reconciler.views.common.context import RenderContext
from reconciler.views.common.file_diff import diff_of
from reconciler.views.common.fleet.group_notes import groups_diagnostics, others_note
from reconciler.views.common.phrases import MOVED, MOVED_COLUMNS, SEVERITY_WORDS, location, moved_fields, moved_values
from reconciler.views.common.source_block import source_block
from reconciler.views.markdown.escaping import code_span, escaped, fenced, html_code

_INDENT = "  "


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Cells are Markdown; no pipe in one ends it, in code as little as in text."""
    yield _table_line(header)
    yield f"|{'---|' * len(header)}"
    yield from map(_table_line, rows)


def _table_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def paragraphs(texts: Iterable[str]) -> Iterator[str]:
    """Each after an empty line."""
    for text in texts:
        yield from ("", escaped(text))


def details(summary: str, lines: Iterable[str]) -> Iterator[str]:
    """`summary` is HTML."""
    yield f"<details><summary>{summary}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"


def file_details(news: FileEdit) -> Iterator[str]:
    """How a file changes, folded."""
    yield from details(html_code(news.file), fenced(diff_of(news).removesuffix("\n").split("\n"), "diff"))


def shop_diagnostic_items(findings: Sequence[Diagnostic], context: RenderContext) -> Iterator[str]:
    """Those of one shop. Fields that changed since a plan was made are in one table, below the others."""
    yield from diagnostic_items((finding for finding in findings if finding.stale_field is None), context)
    moved = moved_fields(findings)
    if moved:
        yield from diagnostic_items((replace(moved[0][0], summary=MOVED, origin=None),), context)
        yield ""
        header = [escaped(context.translate(title)) for title in (*MOVED_COLUMNS, msg("Place"))]
        yield from table(header, (_row(finding, field, context) for finding, field in moved))


def _row(finding: Diagnostic, field: StaleField, context: RenderContext) -> tuple[str, ...]:
    values = (code_span(value) for value in moved_values(finding, field, context))
    return (escaped(context.translate(field.name)), *values, code_span(location(finding)))


def fleet_diagnostic_items(findings: Sequence[Diagnostic], context: RenderContext) -> Iterator[str]:
    """Each by itself, or those that say the same together where they are many."""
    together = groups_diagnostics(findings, context)
    yield from grouped_diagnostic_items(findings, context) if together else diagnostic_items(findings, context)


def grouped_diagnostic_items(findings: Iterable[Diagnostic], context: RenderContext) -> Iterator[str]:
    """The first of each kind in full, the others by the names of their shops."""
    for group in group_diagnostics(findings):
        yield from diagnostic_items((group.first,), context)
        for hint in group.other_hints:
            yield _INDENT + _point(context.translate(msg("help: {text}", text=hint)))
        note = others_note(group, context)
        if note:
            yield _INDENT + _point(context.translate(msg("note: {text}", text=note)))


def diagnostic_items(findings: Iterable[Diagnostic], context: RenderContext) -> Iterator[str]:
    """One list item each; the line of the file, what was expected and what to do are part of it. A line is shown once."""
    shown: set[Origin] = set()
    for finding in findings:
        place = location(finding)
        where = f" {code_span(place)}" if place else ""
        name = f"{finding.code.number} {finding.code.slug}"
        severity = escaped(context.translate(SEVERITY_WORDS[finding.severity]))
        yield f"- **{severity}** {code_span(name)}{where} {escaped(context.translate(finding.summary))}"
        if finding.origin not in shown:
            yield from (_INDENT + line for line in _source(finding, context))
        shown |= set() if finding.origin is None else {finding.origin}
        if finding.expected is not None:
            yield _INDENT + _point(context.translate(msg("expected: {text}", text=finding.expected)))
        if finding.hint is not None:
            yield _INDENT + _point(context.translate(msg("help: {text}", text=finding.hint)))


def _source(finding: Diagnostic, context: RenderContext) -> Iterator[str]:
    line = None if finding.origin is None else context.sources.get(finding.origin)
    if finding.origin is not None and line is not None:
        _, *block = source_block(line, finding.origin.line, context, indent="", style=None)
        yield from fenced((each.removeprefix(" ") for each in block), "text")


def _point(text: str) -> str:
    return f"- {escaped(text)}"

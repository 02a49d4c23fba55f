"""Tables, folds and diagnostics. In: strings, diagnostics. Out: parts of a page of GitHub-flavoured Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, StaleField
from reconciler.core.diagnostics.grouping import DiagnosticGroup, group_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.core.values import Origin
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import clipped
from reconciler.views.common.file_diff import diff_of
from reconciler.views.common.fleet.group_notes import groups_diagnostics, others_note
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.common.phrases import MOVED, MOVED_COLUMNS, SEVERITY_WORDS, location, moved_fields, moved_values
from reconciler.views.common.source_block import source_block
from reconciler.views.markdown.document import Block, Lines, Part, Piece, paragraph_piece
from reconciler.views.markdown.escaping import code_span, escaped, fenced, html_code

_INDENT: Final = "  "
_SHORT: Final = 200
"""Columns of a diagnostic's sentence where there is no room for all of it."""


def table(header: Sequence[str], rows: Iterable[Piece]) -> Block:
    return Block(before=(_table_line(header), f"|{'---|' * len(header)}"), parts=tuple(rows))


def row(cells: Sequence[str], counted: Counted = Counted.ROWS, count: int = 1) -> Piece:
    """Cells are Markdown; no pipe in one ends it, in code as little as in text. `count`: for how many it is in the place."""
    return Piece((_table_line(cells),), {counted: count})


def _table_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def paragraphs(texts: Iterable[str]) -> Iterator[Piece]:
    """Of those that are not empty."""
    return (paragraph_piece(text) for text in texts if text)


def details(summary: str, parts: Iterable[Part]) -> Block:
    """`summary` is HTML."""
    before = (f"<details><summary>{summary}</summary>", "")
    return Block(before=before, parts=tuple(parts), after=("", "</details>"), spaced=True)


def file_details(news: FileEdit) -> Block:
    """How a file changes, folded."""
    opening, *lines, closing = fenced(diff_of(news).removesuffix("\n").split("\n"), "diff")
    diff = (Piece((line,), {Counted.LINES: 1}) for line in lines)
    return details(html_code(news.file), (Block(before=(opening,), parts=tuple(diff), after=(closing,)),))


def shop_diagnostics(findings: Sequence[Diagnostic], context: RenderContext) -> Iterator[Block]:
    """Those of one shop. Fields that changed since a plan was made are in one table, below the others."""
    others = [finding for finding in findings if finding.stale_field is None]
    moved = moved_fields(findings)
    heads = (replace(moved[0][0], summary=MOVED, origin=None),) if moved else ()
    items = tuple(diagnostic_items((*others, *heads), context))
    if items:
        yield Block(parts=items)
    if moved:
        header = [escaped(context.translate(title)) for title in (*MOVED_COLUMNS, msg("Place"))]
        yield table(header, (_moved_row(finding, field, context) for finding, field in moved))


def _moved_row(finding: Diagnostic, field: StaleField, context: RenderContext) -> Piece:
    values = (code_span(value) for value in moved_values(finding, field, context))
    return row((escaped(context.translate(field.name)), *values, code_span(location(finding))))


def fleet_diagnostics(findings: Sequence[Diagnostic], context: RenderContext) -> Iterator[Block]:
    """Each separately, or those that say the same together where they are many."""
    together = groups_diagnostics(findings, context)
    return grouped_diagnostics(findings, context) if together else each_diagnostic(findings, context)


def each_diagnostic(findings: Iterable[Diagnostic], context: RenderContext) -> Iterator[Block]:
    """One list; none for none."""
    items = tuple(diagnostic_items(findings, context))
    if items:
        yield Block(parts=items)


def grouped_diagnostics(findings: Iterable[Diagnostic], context: RenderContext) -> Iterator[Block]:
    """One list of the first of each kind, with the names of the other shops; none for none."""
    items = tuple(_group_item(group, context) for group in group_diagnostics(findings))
    if items:
        yield Block(parts=items)


def _group_item(group: DiagnosticGroup, context: RenderContext) -> Piece:
    (first,) = diagnostic_items((group.first,), context)
    below = [_point(context.translate(msg("help: {text}", text=hint))) for hint in group.other_hints]
    note = others_note(group, context)
    if note:
        below.append(_point(context.translate(msg("note: {text}", text=note))))
    return replace(first, lines=(*first.lines, *below), counts={Counted.DIAGNOSTICS: 1 + len(group.rest)})


def diagnostic_items(findings: Iterable[Diagnostic], context: RenderContext) -> Iterator[Piece]:
    """One list item each; the line of the file, what was expected and what to do are part of it. A line is shown once."""
    shown: set[Origin] = set()
    for finding in findings:
        source = () if finding.origin in shown else _source(finding, context)
        shown |= set() if finding.origin is None else {finding.origin}
        yield _diagnostic_item(finding, source, context)


def _diagnostic_item(finding: Diagnostic, source: Iterable[str], context: RenderContext) -> Piece:
    below = [_INDENT + line for line in source]
    if finding.expected is not None:
        below.append(_point(context.translate(msg("expected: {text}", text=finding.expected))))
    if finding.hint is not None:
        below.append(_point(context.translate(msg("help: {text}", text=finding.hint))))
    sentence = context.translate(finding.summary)

    def short() -> Lines:
        return (_first_line(finding, clipped(sentence, _SHORT), context),)

    return Piece((_first_line(finding, sentence, context), *below), {Counted.DIAGNOSTICS: 1}, short)


def _first_line(finding: Diagnostic, sentence: str, context: RenderContext) -> str:
    place = location(finding)
    where = f" {code_span(place)}" if place else ""
    severity = escaped(context.translate(SEVERITY_WORDS[finding.severity]))
    return f"- **{severity}** {code_span(f'{finding.code.number} {finding.code.slug}')}{where} {escaped(sentence)}"


def _source(finding: Diagnostic, context: RenderContext) -> Iterator[str]:
    line = None if finding.origin is None else context.sources.get(finding.origin)
    if finding.origin is not None and line is not None:
        _, *block = source_block(line, finding.origin.line, context, indent="", style=None)
        yield from fenced((each.removeprefix(" ") for each in block), "text")


def _point(text: str) -> str:
    return f"{_INDENT}- {escaped(text)}"

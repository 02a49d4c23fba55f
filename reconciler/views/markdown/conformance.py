"""The check of a backend as Markdown: the summary, a table of what is not kept, all groups with their counts, measurements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.conformance.clause import GROUP_TITLES
from reconciler.core.conformance.report import ClauseOutcome, ClauseResult, ConformanceReport
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.views.common.context import RenderContext
from reconciler.views.common.reports.clauses import (
    OUTCOME_WORDS,
    clause_groups,
    conformance_summary,
    evidence_words,
    kept_of,
    measured_words,
    restored_words,
    unrestored_words,
)
from reconciler.views.markdown.document import Block, MarkdownPage, Part, Piece, write_document
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import paragraphs, row, table


def conformance_markdown(report: ConformanceReport, context: RenderContext) -> str:
    head = f"### {escaped(conformance_summary(report, context))}"
    return write_document(MarkdownPage(head=(head,), sections=tuple(_sections(report, context))), context)


def _sections(report: ConformanceReport, context: RenderContext) -> Iterator[Part]:
    restored = restored_words(report)
    said = [*map(unrestored_words, report.unrestored), *([] if restored is None else [restored])]
    yield from paragraphs(context.translate(each) for each in said)
    rows = [_row(each, context) for each in report.clauses if each.outcome is not ClauseOutcome.KEPT]
    yield from _table((msg("Clause"), msg("Outcome"), msg("What the contract says"), msg("Evidence")), rows, context)
    groups = [
        row([escaped(context.translate(GROUP_TITLES[group])), escaped(context.translate(kept_of(results)))])
        for group, results in clause_groups(report)
    ]
    yield from _table((msg("Group"), msg("Outcome")), groups, context)
    measured = [
        row([escaped(context.translate(each.title)), escaped(measured_words(each))]) for each in report.measurements
    ]
    yield from _table((msg("Measured"), msg("Value")), measured, context)


def _table(titles: Sequence[Message], rows: Sequence[Piece], context: RenderContext) -> Iterator[Block]:
    if rows:
        yield table([escaped(context.translate(each)) for each in titles], rows)


def _row(result: ClauseResult, context: RenderContext) -> Piece:
    said = result.reason if result.evidence is None else evidence_words(result.evidence)
    return row(
        [
            code_span(result.clause.id),
            escaped(context.translate(OUTCOME_WORDS[result.outcome])),
            escaped(context.translate(result.clause.title)),
            "" if said is None else escaped(context.translate(said)),
        ]
    )

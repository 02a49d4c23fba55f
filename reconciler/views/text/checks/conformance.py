"""The check of a backend as text: each group with what is not kept, measurements, what was restored, the summary.

In: the report. Out: text. Clauses that are kept are counted, and listed with `--expand`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.conformance.clause import GROUP_TITLES, ClauseGroup
from reconciler.core.conformance.report import ClauseOutcome, ClauseResult, ConformanceReport
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
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
from reconciler.views.text.layout import Cell, columns, heading, paragraph

_STYLES = {
    ClauseOutcome.KEPT: Style.GOOD,
    ClauseOutcome.BROKEN: Style.ERROR,
    ClauseOutcome.NOT_OFFERED: Style.QUIET,
    ClauseOutcome.NOT_CHECKED: Style.WARNING,
}


def render_conformance(report: ConformanceReport, context: RenderContext) -> str:
    return join_lines(_lines(report, context))


def _lines(report: ConformanceReport, context: RenderContext) -> Iterator[str]:
    for group, results in clause_groups(report):
        yield from _group(group, results, context)
    yield from _measurements(report, context)
    yield from _restored(report, context)
    style = Style.GOOD if report.exit_code is ExitCode.DONE else Style.ERROR
    yield from paragraph(conformance_summary(report, context), context, style=style)


def _group(group: ClauseGroup, results: Sequence[ClauseResult], context: RenderContext) -> Iterator[str]:
    yield from heading(context.translate(GROUP_TITLES[group]), context.translate(kept_of(results)), context)
    for each in results:
        if each.outcome is not ClauseOutcome.KEPT or context.expand:
            yield from _clause(each, context)


def _clause(result: ClauseResult, context: RenderContext) -> Iterator[str]:
    word = context.translate(OUTCOME_WORDS[result.outcome])
    title = context.translate(result.clause.title)
    yield from columns([(Cell(result.clause.id), Cell(word, _STYLES[result.outcome]), Cell(title))], context, "  ")
    if result.evidence is not None:
        yield from paragraph(context.translate(evidence_words(result.evidence)), context, "      ")
    if result.reason is not None:
        yield from paragraph(context.translate(result.reason), context, "      ", style=Style.QUIET)


def _measurements(report: ConformanceReport, context: RenderContext) -> Iterator[str]:
    if report.measurements:
        yield ""
        yield context.paint(context.translate(msg("Measured")), Style.HEADING)
        rows = ((Cell(context.translate(each.title)), Cell(measured_words(each))) for each in report.measurements)
        yield from columns(rows, context, "  ")


def _restored(report: ConformanceReport, context: RenderContext) -> Iterator[str]:
    yield ""
    word = context.translate(msg("not restored"))
    for value in report.unrestored:
        yield from columns([(Cell(word, Style.ALARM), Cell(context.translate(unrestored_words(value))))], context)
    restored = restored_words(report)
    if restored is not None:
        yield from paragraph(context.translate(restored), context)

"""Sentences about the clauses of a backend that text, Markdown and JUnit share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from reconciler.core.conformance.clause import ClauseGroup
from reconciler.core.conformance.report import (
    ClauseEvidence,
    ClauseOutcome,
    ClauseResult,
    ConformanceReport,
    Measurement,
    UnrestoredValue,
)
from reconciler.core.diagnostics.messages import Message, msg, msg_list
from reconciler.views.common.context import RenderContext

OUTCOME_WORDS: Final = {
    ClauseOutcome.KEPT: msg("ok"),
    ClauseOutcome.BROKEN: msg("broken"),
    ClauseOutcome.NOT_OFFERED: msg("not offered"),
    ClauseOutcome.NOT_CHECKED: msg("not checked"),
}


def clause_groups(report: ConformanceReport) -> Iterator[tuple[ClauseGroup, Sequence[ClauseResult]]]:
    """The groups of which a clause was to be checked, in their order."""
    for group in ClauseGroup:
        found = [each for each in report.clauses if each.clause.group is group]
        if found:
            yield group, found


def kept_of(results: Sequence[ClauseResult]) -> Message:
    kept = sum(each.outcome is ClauseOutcome.KEPT for each in results)
    return msg("{kept} of {total} kept", kept=kept, total=len(results))


def evidence_words(evidence: ClauseEvidence) -> Message:
    return msg(
        "`{request}`: expected {expected}, found {found}",
        request=evidence.request,
        expected=evidence.expected,
        found=evidence.found,
    )


def measured_words(measured: Measurement) -> str:
    if measured.value is None:
        return "-"
    value = int(measured.value) if float(measured.value).is_integer() else measured.value
    return f"{value:,} {measured.unit}"


def unrestored_words(value: UnrestoredValue) -> Message:
    if value.field == "*":
        return msg("{shop}: could not be read after the check", shop=value.shop)
    return msg(
        "{shop}: {field} was {before} and is {after}",
        shop=value.shop,
        field=value.field,
        before=value.before,
        after=value.after,
    )


def restored_words(report: ConformanceReport) -> Message | None:
    """None where nothing was written, or something is not restored."""
    if not report.written or report.unrestored:
        return None
    return msg("Restored and verified: {shops}", shops=", ".join(report.written))


def conformance_summary(report: ConformanceReport, context: RenderContext) -> str:
    counts = report.counts
    broken = counts[ClauseOutcome.BROKEN.value]
    rest = context.translate(msg_list(list(_counted(counts))))
    if report.interrupted:
        return context.translate(msg("Interrupted. {broken} broken; {rest}", broken=broken, rest=rest))
    if broken:
        return context.plural("{count} clause broken; {rest}", "{count} clauses broken; {rest}", broken, rest=rest)
    return context.translate(msg("No clause broken; {rest}", rest=rest))


def _counted(counts: Mapping[str, int]) -> Iterator[Message]:
    yield msg("{count} kept", count=counts[ClauseOutcome.KEPT.value])
    if counts[ClauseOutcome.NOT_OFFERED.value]:
        yield msg("{count} not offered", count=counts[ClauseOutcome.NOT_OFFERED.value])
    if counts[ClauseOutcome.NOT_CHECKED.value]:
        yield msg("{count} not checked", count=counts[ClauseOutcome.NOT_CHECKED.value])

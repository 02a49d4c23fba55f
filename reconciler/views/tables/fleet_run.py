"""A fleet run as tables: its waves, the shops that failed, chunks that could not be done; and its sentences.

In: a result and a context. Out: tables and one-line strings without markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.fleet.fleet_run import FleetRunKind, FleetRunState, StopReason
from reconciler.core.fleet.totals import WaveTotals
from reconciler.core.results.history_result import DRIFT, IN_SYNC, UNKNOWN, FleetRunResult
from reconciler.core.runs.report import ShopOutcome
from reconciler.views.common.context import RenderContext
from reconciler.views.common.phrases import join_list
from reconciler.views.tables.history import short_run
from reconciler.views.tables.table import Table

_STATES: Final = {
    FleetRunState.OPEN: msg("running"),
    FleetRunState.STOPPING: msg("stopping"),
    FleetRunState.DONE: msg("done"),
    FleetRunState.CANCELLED: msg("cancelled"),
    FleetRunState.FAILED: msg("failed"),
}
_REASONS: Final = {
    StopReason.CANCELLED: msg("It was stopped with `reconciler runs cancel`."),
    StopReason.FAILURE_LIMIT: msg("It was stopped since more shops failed than its limit allows."),
    StopReason.CHUNK_FAILED: msg("It was stopped since a chunk could not be done."),
}
_OUTCOMES: Final[dict[str, Message]] = {
    IN_SYNC: msg("in sync"),
    DRIFT: msg("with drift"),
    ShopOutcome.APPLIED.value: msg("applied"),
    ShopOutcome.UNCHANGED.value: msg("unchanged"),
    ShopOutcome.REFUSED.value: msg("refused"),
    ShopOutcome.SKIPPED.value: msg("not started"),
    ShopOutcome.FAILED.value: msg("failed"),
    ShopOutcome.MISSED.value: msg("not as predicted"),
    ShopOutcome.PARTLY.value: msg("partially applied"),
    UNKNOWN: msg("unknown"),
    ShopOutcome.LEFT_CLOSED.value: msg("LEFT CLOSED"),
}
_WAVES: Final = (
    ("wave", msg("Wave")),
    ("name", msg("Name")),
    ("shops", msg("Shops")),
    ("chunks", msg("Chunks done")),
    ("state", msg("State")),
)
_FAILURES: Final = (("shop", msg("Shop")), ("outcome", msg("Outcome")), ("code", msg("Code")))
_ERRORS: Final = (("chunk", msg("Chunk")), ("error", msg("Error")))
_COMMIT: Final = 12


def fleet_run_sentences(result: FleetRunResult, context: RenderContext) -> Iterator[str]:
    """What it is, why it was stopped, and what was done: in this order."""
    run = result.fleet_run
    head: dict[str, str | Message] = {
        "run": short_run(run.id),
        "commit": run.commit[:_COMMIT],
        "started": context.time(run.created),
        "actor": run.actor,
        "state": _STATES[run.state],
    }
    yield context.translate(
        msg("Check {run} of commit {commit}, started {started} by {actor}: {state}", **head)
        if run.kind is FleetRunKind.LOOK
        else msg("Apply {run} of commit {commit}, started {started} by {actor}: {state}", **head)
    )
    if run.why is not None:
        yield context.translate(_REASONS[run.why])
    yield context.translate(
        msg("Shops: {shops}; {counts}", shops=result.totals.shops, counts=_counts(result, context))
        if result.totals.counts
        else msg("Shops: {shops}", shops=result.totals.shops)
    )


def _counts(result: FleetRunResult, context: RenderContext) -> str:
    found = result.totals.counts
    known = [(text, found[key]) for key, text in _OUTCOMES.items() if key in found]
    words = [context.translate(msg("{outcome}: {count}", outcome=text, count=count)) for text, count in known]
    if result.totals.fields:
        words.append(context.translate(msg("fields that differ: {count}", count=result.totals.fields)))
    return join_list(words, context)


def waves_table(result: FleetRunResult, context: RenderContext) -> Table:
    rows = tuple(
        (
            wave.number,
            wave.name,
            wave.shops,
            context.translate(msg("{done} of {all}", done=wave.ended, all=wave.chunks)),
            context.translate(_wave_state(wave, result)),
        )
        for wave in result.totals.waves
    )
    return Table(name="fleet-run", columns=_WAVES, rows=rows, empty=msg("The run has no shops."))


def _wave_state(wave: WaveTotals, result: FleetRunResult) -> Message:
    if not wave.open:
        return msg("not started")
    if wave.ended < wave.chunks:
        return msg("running")
    return msg("ended") if result.fleet_run.state.ended else msg("done")


def failures_table(result: FleetRunResult, context: RenderContext) -> Table | None:
    """Shops that failed or could not be read; None where there are none."""
    rows = tuple((each.shop, _outcome(each.outcome, context), each.code) for each in result.totals.failures)
    return Table(name="fleet-run", columns=_FAILURES, rows=rows, empty=msg("No shop failed.")) if rows else None


def errors_table(result: FleetRunResult) -> Table | None:
    rows = result.totals.errors
    return Table(name="fleet-run", columns=_ERRORS, rows=rows, empty=msg("No chunk failed.")) if rows else None


def _outcome(word: str, context: RenderContext) -> str:
    return context.translate(_OUTCOMES[word]) if word in _OUTCOMES else word

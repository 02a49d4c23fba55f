"""Finds the fleet run that a word names: its id, or the start of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.fleet.fleet_run import FleetRunKind, FleetRunState
from reconciler.core.fleet.totals import fold_chunks
from reconciler.core.results.history_result import FleetRunResult
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.runs.run_summary import RunCounts, RunSummary
from reconciler.ports import SetupError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.messages import Message
    from reconciler.core.fleet.fleet_run import FleetRun
    from reconciler.ports.fleet.fleet_runs import FleetRuns


def find_fleet_run(runs: FleetRuns | None, fleet: str, word: str) -> FleetRun:
    """Raises SetupError if no run of the fleet, or more than one, is called that."""
    found = [] if runs is None else fleet_runs_starting_with(runs, fleet, word)
    if len(found) == 1:
        return found[0]
    if found:
        text = msg("More than one run starts with {run}", run=word)
        raise SetupError(text, code=codes.AMBIGUOUS_RUN, hint=msg("Give more characters of the id"))
    text = msg("No fleet run found for {run}", run=word)
    raise SetupError(
        text,
        code=codes.NO_SUCH_RUN,
        hint=msg("`reconciler runs list` shows the ids; only runs that workers do can be watched or cancelled"),
    )


def fleet_runs_starting_with(runs: FleetRuns, fleet: str, start: str) -> list[FleetRun]:
    """Those whose id starts so. Raises SetupError."""
    return [run for run in runs.runs(fleet) if run.id.startswith(start)]


def fleet_summaries(runs: FleetRuns, fleet: str, limit: int) -> list[RunSummary]:
    """The newest runs, as lists of runs show them. Raises SetupError."""
    return [_summary(run, fleet_run_result(runs, run)) for run in runs.runs(fleet, limit=limit)]


def _summary(run: FleetRun, result: FleetRunResult) -> RunSummary:
    actor, host = run.started_by
    counts, look = result.totals.counts, run.kind is FleetRunKind.LOOK
    applied, refused = counts.get(ShopOutcome.APPLIED.value, 0), counts.get(ShopOutcome.REFUSED.value, 0)
    unknown = 0 if look else counts.get(ShopOutcome.UNKNOWN.value, 0)  # a look calls so what it could not read
    return RunSummary(
        run=run.id,
        command=f"fleet {run.kind.value}",
        actor=actor,
        host=host,
        started=run.created,
        ended=run.ended,
        commit=run.commit,
        fingerprint=None,
        shops=result.totals.shops,
        counts=RunCounts(applied=applied, failed=len(result.totals.failures), unknown=unknown, refused=refused),
        unfinished_shops=0,
        interrupted=False,
        cancelled=run.state is FleetRunState.CANCELLED,
        running=not run.state.ended,
        resumed_by=None,
        look=look,
    )


def fleet_run_result(
    runs: FleetRuns,
    run: FleetRun,
    *,
    judged: bool = True,
    diagnostics: Sequence[Diagnostic] = (),
    notices: tuple[Message, ...] = (),
) -> FleetRunResult:
    """The run as the tables have it now. Raises SetupError."""
    now = runs.run(run.id) or run
    chunks = tuple(runs.chunks(run.id))
    return FleetRunResult(
        fleet_run=now,
        chunks=chunks,
        totals=fold_chunks(now, chunks),
        judged=judged,
        diagnostics=tuple(diagnostics),
        notices=notices,
    )

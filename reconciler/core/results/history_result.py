"""The results of `history` and `runs`: the runs that wrote, what each did in one shop, what a fleet run has done so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.fleet.fleet_run import FleetRun, FleetRunKind, FleetRunState, RunChunk
from reconciler.core.fleet.totals import FleetRunTotals
from reconciler.core.results.command import CommandResult
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.runs.run_summary import RunSummary
from reconciler.core.runs.step_history import StepRecord
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

IN_SYNC: Final = "in-sync"
DRIFT: Final = "drift"
UNKNOWN: Final = "unknown"
"""The outcomes of shops that were looked at."""

_TOUCHED: Final = (
    ShopOutcome.PARTLY.value,
    ShopOutcome.LEFT_CLOSED.value,
    ShopOutcome.UNKNOWN.value,
    ShopOutcome.MISSED.value,
)
_FAILED: Final = (ShopOutcome.FAILED.value, ShopOutcome.SKIPPED.value)
_NO_ANSWER: Final = frozenset({codes.UNREACHABLE.number, codes.MAINTENANCE.number})


@frozen
class HistoryResult(CommandResult):
    """`runs` newest first; with `shop` those that concern it."""

    kind: ClassVar[str] = "history"
    runs: tuple[RunSummary, ...] = ()
    shop: ShopKey | None = None


@frozen
class StepHistoryResult(CommandResult):
    """Each run with its steps in `shop`, newest run first."""

    kind: ClassVar[str] = "history-steps"
    shop: ShopKey
    runs: tuple[tuple[RunSummary, Sequence[StepRecord]], ...] = ()


@frozen
class FleetRunResult(CommandResult):
    """`judged`: the exit code says how the run ended; else the run was only shown. `diagnostics` are those of the command: shops
    of an apply that were held before the run, for example.
    """

    kind: ClassVar[str] = "fleet-run"
    fleet_run: FleetRun
    chunks: tuple[RunChunk, ...]
    totals: FleetRunTotals
    judged: bool = True

    @property
    def counts(self) -> Mapping[str, int]:
        return self.totals.counts

    @property
    def outcomes(self) -> Mapping[str, str]:
        """Of the shops that failed, or could not be read."""
        return {each.shop: each.outcome for each in self.totals.failures}

    @property
    def exit_code(self) -> ExitCode:
        if not self.judged:
            return ExitCode.DONE
        return self._look_code() if self.fleet_run.kind is FleetRunKind.LOOK else self._apply_code()

    def _look_code(self) -> ExitCode:
        found = self.totals.counts
        if self.fleet_run.state is not FleetRunState.DONE:
            return ExitCode.ERROR
        if found.get(UNKNOWN):
            answered = found.get(IN_SYNC) or found.get(DRIFT)
            silent = all(each.code in _NO_ANSWER for each in self.totals.failures)
            return ExitCode.UNREACHABLE if silent and not answered else ExitCode.ERROR
        return ExitCode.DIFFERENCES if found.get(DRIFT) else ExitCode.DONE

    def _apply_code(self) -> ExitCode:
        done = self._count(ShopOutcome.APPLIED.value)
        touched, failed = self._count(*_TOUCHED), self._count(*_FAILED)
        refused = self._count(ShopOutcome.REFUSED.value) + sum(
            each.severity is Severity.REFUSED for each in self.diagnostics
        )
        ended = self.fleet_run.state is FleetRunState.DONE
        if touched or (done and (failed or refused or not ended)) or not self.fleet_run.state.ended:
            return ExitCode.PARTLY
        if failed or not ended:
            return ExitCode.ERROR
        return ExitCode.REFUSED if refused else ExitCode.DONE

    def _count(self, *words: str) -> int:
        return sum(self.totals.counts.get(word, 0) for word in words)

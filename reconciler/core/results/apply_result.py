"""The result of `apply`: what became of each shop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.results.command import CommandResult, WrittenRun
from reconciler.core.results.exit_status import exit_code_for_report
from reconciler.core.runs.next_step import next_command
from reconciler.core.runs.report import Report, ShopOutcome
from reconciler.lib.frozen_class import frozen


@frozen
class ApplyResult(CommandResult):
    """`not_started` is the exit code of an apply that was stopped before its first shop: refused, or an invalid manifest.

    `written` is None where nothing was to be written. `in_waves`: the run is one that `resume` continues. `again` is the command
    line that applies the same once more.
    """

    kind: ClassVar[str] = "report"
    report: Report
    not_started: ExitCode | None = None
    written: WrittenRun | None = None
    in_waves: bool = False
    again: str | None = None

    @property
    def next_command(self) -> str | None:
        """The one command that continues; None where there is nothing to continue."""
        return next_command(self.report, in_waves=self.in_waves, again=self.again)

    @property
    def all_diagnostics(self) -> tuple[Diagnostic, ...]:
        of_shops = (finding for shop in self.report.shops for finding in shop.findings)
        return (*self.diagnostics, *self.report.findings, *of_shops)

    @property
    def counts(self) -> Mapping[str, int]:
        return {outcome.value: self.report.count(outcome) for outcome in ShopOutcome}

    @property
    def outcomes(self) -> Mapping[str, str]:
        return {shop.shop: shop.outcome.value for shop in self.report.shops}

    @property
    def exit_code(self) -> ExitCode:
        return exit_code_for_report(self.report) if self.not_started is None else self.not_started

    @property
    def written_as(self) -> WrittenRun | None:
        return self.written

    @property
    def run(self) -> str | None:
        return None if self.written is None else self.written.run

    @property
    def undo_file(self) -> str | None:
        return None if self.written is None else self.written.undo_file

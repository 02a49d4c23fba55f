"""The result of `resume`: what became of the shops that a killed run left, and of the rollout that it did not finish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.results.command import CommandResult, WrittenRun
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.lib.frozen_class import frozen


@frozen
class RecoveryResult(CommandResult):
    """`continued` is the rest of the rollout, None where there was none; `written` the run of the recovery. `running` are the ids
    of runs in progress, whose shops are left to them; diagnostics say which these are.
    """

    kind: ClassVar[str] = "resume"
    recovered: tuple[RecoveredShop, ...] = ()
    continued: ApplyResult | None = None
    written: WrittenRun | None = None
    running: tuple[str, ...] = ()

    @property
    def all_diagnostics(self) -> tuple[Diagnostic, ...]:
        rest = () if self.continued is None else self.continued.all_diagnostics
        return (*self.diagnostics, *(shop.reason for shop in self.recovered if shop.reason), *rest)

    @property
    def counts(self) -> Mapping[str, int]:
        found = [shop.outcome for shop in self.recovered]
        return {"shops": len(found), **{outcome.value: found.count(outcome) for outcome in RecoveryOutcome}}

    @property
    def outcomes(self) -> Mapping[str, str]:
        return {shop.shop: shop.outcome.value for shop in self.recovered}

    @property
    def exit_code(self) -> ExitCode:
        """The worse of the two."""
        rest = ExitCode.DONE if self.continued is None else self.continued.exit_code
        return max(self._of_recovery, rest)

    @property
    def written_as(self) -> WrittenRun | None:
        return self.written if self.continued is None else self.continued.written_as

    @property
    def _of_recovery(self) -> ExitCode:
        """A shop left closed is worst; one that could not be read is an error; one that another run recovers, or
        has closed now, is refused.
        """
        found = {shop.outcome for shop in self.recovered}
        if RecoveryOutcome.LEFT_CLOSED in found:
            return ExitCode.PARTLY
        unread = exit_code_for_diagnostics(
            (
                *self.diagnostics,
                *(shop.reason for shop in self.recovered if shop.outcome is RecoveryOutcome.UNREADABLE and shop.reason),
            )
        )
        held = RecoveryOutcome.LOCKED in found or any(each.severity is Severity.REFUSED for each in self.diagnostics)
        return unread or (ExitCode.REFUSED if held else ExitCode.DONE)

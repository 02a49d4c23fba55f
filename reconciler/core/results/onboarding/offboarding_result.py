"""The result of `offboard`: how far each shop is, and what was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.onboarding.offboarding import OffboardingStep, ShopOffboarding
from reconciler.core.results.command import CommandResult
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class OffboardingWrite:
    """`removed`: the file is gone; otherwise `key` has a new value in it."""

    shop: ShopKey
    step: OffboardingStep
    file: str
    key: str
    removed: bool = False


@frozen
class OffboardingResult(CommandResult):
    """Steps are as they were before anything was written."""

    kind: ClassVar[str] = "offboarding"
    shops: tuple[ShopOffboarding, ...] = ()
    written: tuple[OffboardingWrite, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(self.outcomes.values())

    @property
    def outcomes(self) -> Mapping[str, str]:
        """The step that each shop is at; `done` where all are done."""
        return {each.shop: "done" if each.current is None else each.current.step.value for each in self.shops}

    @property
    def exit_code(self) -> ExitCode:
        """What was refused counts, unless something failed."""
        verdict = exit_code_for_diagnostics(self.diagnostics)
        refused = any(each.severity is Severity.REFUSED for each in self.diagnostics)
        return ExitCode.REFUSED if refused and verdict is ExitCode.DONE else verdict

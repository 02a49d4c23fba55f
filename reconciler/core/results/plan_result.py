"""The result of `plan` and `show-plan`: what an apply would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.results.command import CommandResult
from reconciler.core.results.exit_status import exit_code_for_plan
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class PlanResult(CommandResult):
    """`left_closed` are shops that earlier runs may have left closed. `detailed`: the exit code distinguishes changes from
    none.
    """

    kind: ClassVar[str] = "plan"
    plan: Plan
    left_closed: frozenset[ShopKey] = frozenset()
    detailed: bool = False

    @property
    def all_diagnostics(self) -> tuple[Diagnostic, ...]:
        return (*self.diagnostics, *self.plan.all_findings)

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(self.outcomes.values())

    @property
    def outcomes(self) -> Mapping[str, str]:
        return {shop.shop: _outcome(shop) for shop in self.plan.shops}

    @property
    def exit_code(self) -> ExitCode:
        return exit_code_for_plan(
            self.plan, self.diagnostics, left_closed=bool(self.left_closed), detailed=self.detailed
        )


@frozen
class SavedPlanResult(PlanResult):
    """A plan read from a file. Nothing was compared, so nothing differs."""

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.DONE


def _outcome(shop: ShopPlan) -> str:
    if shop.blocked:
        return "blocked"
    return "changed" if shop.steps else "unchanged"

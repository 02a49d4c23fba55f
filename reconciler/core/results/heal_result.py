"""The result of `heal`: what was decided for each finding, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum
from typing import ClassVar

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.healing.decide import HealingDecision
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.results.command import CommandResult, WrittenRun
from reconciler.core.results.exit_status import exit_code_for_read
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


class HealingOutcome(Enum):
    """What became of a finding."""

    HEALED = "healed"
    FAILED = "failed"
    """Refused by the backend or by a rule, or not known."""
    PROPOSED = "proposed"
    FIGHT = "fight"
    DUE = "due"
    """It would be healed now: only the decisions were asked for."""
    PROPOSABLE = "proposable"
    """A plan for it would be saved now."""
    LEFT = "left"
    """Not healed, for the reason of its decision."""


@frozen
class HealingEntry:
    """`file` is the saved plan of a proposal, `run` the run that healed, or tried to."""

    decision: HealingDecision
    outcome: HealingOutcome
    file: str | None = None
    run: str | None = None


@frozen
class HealResult(CommandResult):
    """`diagnostics` are also those of the applies. `applied` are the applies that healed, one for each rule that had something to
    do. `next_due`: when the earliest waiting heal may be made.
    """

    kind: ClassVar[str] = "heal"
    entries: tuple[HealingEntry, ...] = ()
    applied: tuple[ApplyResult, ...] = ()
    check: bool = False
    next_due: str | None = None

    @property
    def healed_shops(self) -> frozenset[ShopKey]:
        return self._shops(HealingOutcome.HEALED)

    @property
    def failed_shops(self) -> frozenset[ShopKey]:
        return self._shops(HealingOutcome.FAILED)

    def _shops(self, outcome: HealingOutcome) -> frozenset[ShopKey]:
        return frozenset(ShopKey(each.decision.finding.key.shop) for each in self.entries if each.outcome is outcome)

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(each.outcome.value for each in self.entries)

    @property
    def exit_code(self) -> ExitCode:
        """An apply that failed says more than what is left."""
        failed = [each.exit_code for each in self.applied if each.exit_code is not ExitCode.DONE]
        left = any(each.outcome is not HealingOutcome.HEALED for each in self.entries)
        return failed[0] if failed else exit_code_for_read(self.diagnostics, differs=left)

    @property
    def written_as(self) -> WrittenRun | None:
        """Of the first rule that healed; `applied` has all runs."""
        return next((each.written for each in self.applied if each.written is not None), None)

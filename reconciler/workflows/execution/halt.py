"""The gate of a run that halts itself: what came of the shops so far, and whether it may go on.

In: the events of the run. Out: findings, none while all is well. It is asked before each shop, so that a wave that goes wrong
ends in its middle. A shop counts by its outcome in the report, whatever happened on the way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.planning.failure_limit import FailureCounts, FailureLimit, limit_exceeded
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.runs.events import Event, ShopEvent, ShopFinished
from reconciler.core.runs.report import ShopOutcome, fold
from reconciler.core.values import ShopKey

_FAILED: Final = frozenset({ShopOutcome.UNKNOWN, ShopOutcome.FAILED, ShopOutcome.PARTLY})


@dataclass(slots=True, kw_only=True)
class HaltMonitor:
    """`begun` counts the shops of all waves up to the present one. `applied` are those that nothing was wrong with when they were
    finished; `notes` say what came to light of them since.
    """

    tolerance: FailureLimit
    begun: int = 0
    applied: set[ShopKey] = field(default_factory=set)
    failed: set[ShopKey] = field(default_factory=set)
    missed: set[ShopKey] = field(default_factory=set)
    unwell: set[ShopKey] = field(default_factory=set)
    closed: set[ShopKey] = field(default_factory=set)
    plans: dict[ShopKey, ShopPlan] = field(default_factory=dict)
    events: dict[ShopKey, list[Event]] = field(default_factory=dict)
    notes: list[Diagnostic] = field(default_factory=list)

    def start_wave(self, work: Iterable[ShopPlan]) -> None:
        """The shops that are begun next."""
        self.plans = {shop.shop: shop for shop in work}
        self.begun += len(self.plans)

    def on_event(self, event: Event) -> None:
        if not isinstance(event, ShopEvent) or event.shop not in self.plans:
            return
        self.events.setdefault(event.shop, []).append(event)
        if isinstance(event, ShopFinished):
            alone = Plan(shops=(self.plans[event.shop],), fingerprint="")
            self._count(event.shop, fold(alone, self.events.pop(event.shop)).shops[0].outcome)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        toll = FailureCounts(
            started=self.begun,
            failed=len(self.failed),
            missed=len(self.missed),
            unhealthy=len(self.unwell),
            left_closed=len(self.closed),
        )
        halts = tuple(limit_exceeded(toll, self.tolerance))
        return (*halts, *self.notes) if halts else ()

    @property
    def halted(self) -> bool:
        return bool(self.findings)

    def add_missed(self, why: Diagnostic, shop: ShopKey) -> None:
        self.missed.add(shop)
        self.notes.append(why)

    def add_unhealthy(self, why: Diagnostic, shop: ShopKey) -> None:
        self.unwell.add(shop)
        self.notes.append(why)

    def _count(self, shop: ShopKey, outcome: ShopOutcome) -> None:
        if outcome in _FAILED:
            self.failed.add(shop)
        elif outcome is ShopOutcome.MISSED:
            self.missed.add(shop)
        elif outcome is ShopOutcome.LEFT_CLOSED:
            self.closed.add(shop)
        elif outcome is ShopOutcome.APPLIED:
            self.applied.add(shop)

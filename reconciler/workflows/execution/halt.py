"""Whether a run halts itself: the outcomes of its shops so far, and whether it may continue.

In: the events of the run. Out: diagnostics, none while the limit holds. It is checked before each shop, so that a failing wave
ends in its middle. A shop counts by its outcome in the report, independent of earlier events.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.planning.failure_limit import FailureLimit, limit_exceeded
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.runs.events import Event, ShopEvent
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.runs.shop_outcomes import ShopOutcomes
from reconciler.core.values import ShopKey
from reconciler.ports.executor import OutcomeCounts


@dataclass(slots=True, kw_only=True)
class HaltMonitor:
    """`counts` are those of the whole run. `plans` are the shops of the present wave, `outcomes` what came of them; `notes` say
    what came to light of finished ones.
    """

    tolerance: FailureLimit
    counts: OutcomeCounts
    plans: dict[ShopKey, ShopPlan] = field(default_factory=dict)
    outcomes: ShopOutcomes = field(default_factory=lambda: ShopOutcomes(()))
    notes: list[Diagnostic] = field(default_factory=list)

    def start_wave(self, work: Iterable[ShopPlan]) -> None:
        """The shops that start next."""
        self.plans = {shop.shop: shop for shop in work}
        self.outcomes = ShopOutcomes(self.plans.values())
        self.counts.start(len(self.plans))

    def on_event(self, event: Event) -> None:
        if not isinstance(event, ShopEvent) or event.shop not in self.plans:
            return
        shop = self.outcomes.of(event)
        if shop is not None:
            self.counts.add(event.shop, shop.outcome)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        halts = tuple(limit_exceeded(self.counts.totals(), self.tolerance))
        return (*halts, *self.notes) if halts else ()

    @property
    def halted(self) -> bool:
        return bool(self.findings)

    @property
    def applied(self) -> list[ShopPlan]:
        """The shops of the wave with which nothing was wrong when they were finished."""
        return [shop for shop in self.plans.values() if self.counts.applied(shop.shop)]

    def add_missed(self, why: Diagnostic, shop: ShopKey) -> None:
        self.counts.add(shop, ShopOutcome.MISSED)
        self.notes.append(why)

    def add_unhealthy(self, why: Diagnostic, shop: ShopKey) -> None:
        self.counts.add_unhealthy(shop)
        self.notes.append(why)

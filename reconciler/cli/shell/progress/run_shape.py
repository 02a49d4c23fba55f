"""What a run is about to do, as its progress is measured: shops with work, in which waves, with which waits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from reconciler.core.planning.plan import Plan
from reconciler.core.planning.waves import Wave
from reconciler.core.runs.remaining_time import RemainingTime
from reconciler.core.values import ShopKey


@dataclass(frozen=True, kw_only=True)
class RunShape:
    """`waves` is empty where all shops are taken at once. `soak` in seconds, after each wave but the last."""

    plan: Plan
    waves: tuple[Wave, ...] = ()
    soak: float = 0.0

    @cached_property
    def work(self) -> frozenset[ShopKey]:
        """The shops in which something is to be written."""
        return frozenset(shop.shop for shop in self.plan.shops if shop.steps and not shop.blocked)

    @cached_property
    def busy(self) -> tuple[tuple[Wave, int], ...]:
        """The waves with work, each with its number of shops; the others are passed over."""
        counted = ((wave, sum(shop in self.work for shop in wave.shops)) for wave in self.waves)
        return tuple((wave, shops) for wave, shops in counted if shops)

    def remaining_time(self, now: float) -> RemainingTime:
        return RemainingTime(shops=len(self.work), now=now, soaks=max(0, len(self.busy) - 1), soak=self.soak)

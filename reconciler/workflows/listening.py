"""The health of shops by their notifications: captures since the run began that were not heard of.

In: where notifications are heard, and which shops have an endpoint. Out: findings. Without an inbox that can be read nothing is
known, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.drift.foreign_endpoints import REGISTRATION
from reconciler.core.drift.missed_notifications import silence
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.values import Origin, Registration, ShopKey
from reconciler.ports import Unusable
from reconciler.ports.notifications import Heard
from reconciler.workflows.hearing import Ear, hearing_of, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Implements ports.Health. `expected` are the shops whose endpoint will be registered, each with the place that says so."""

    ear: Ear
    since: datetime
    expected: Mapping[ShopKey, Origin]

    @classmethod
    def to(cls, plan: Plan, ear: Ear) -> Self:
        expected = {shop.shop: shop.origin for shop in plan.shops if _registered(shop)}
        return cls(ear=ear, since=ear.clock.now(), expected=expected)

    async def unwell(self, shops: Sequence[ShopKey]) -> Mapping[ShopKey, Diagnostic]:
        asked = [shop for shop in shops if shop in self.expected]
        try:
            heard = await self.ear.notifications.heard(asked, self.since) if asked else {}
        except Unusable:
            return {}
        due = written(self.ear.clock.now() - self.ear.patience)
        told = {shop: self._silence(shop, of_shop, due) for shop, of_shop in heard.items()}
        return {shop: why for shop, why in told.items() if why is not None}

    def _silence(self, shop: ShopKey, heard: Heard, due: str) -> Diagnostic | None:
        return silence(shop, hearing_of(heard, registered=True), due, self.expected[shop])


def _registered(shop: ShopPlan) -> bool:
    return any(ref == REGISTRATION and value is Registration.REGISTERED for ref, value in shop.predicted)

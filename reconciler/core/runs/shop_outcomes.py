"""What came of each shop of a run, as soon as it is finished: what progress displays and logs say."""

from __future__ import annotations

from reconciler.core.planning.plan import Plan
from reconciler.core.runs.events import Event, ShopEvent, ShopFinished
from reconciler.core.runs.report import ShopReport, fold
from reconciler.core.values import ShopKey


class ShopOutcomes:
    """What came of each shop, as soon as it is finished."""

    def __init__(self, plan: Plan) -> None:
        self._plans = {shop.shop: shop for shop in plan.shops}
        self._events: dict[ShopKey, list[Event]] = {}

    def of(self, event: ShopEvent) -> ShopReport | None:
        """None while the shop is under way."""
        self._events.setdefault(event.shop, []).append(event)
        if not isinstance(event, ShopFinished):
            return None
        alone = Plan(shops=(self._plans[event.shop],), fingerprint="")
        return fold(alone, self._events.pop(event.shop)).shops[0]

"""What came of each shop of a run, as soon as it is finished: what progress displays and logs say."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.core.planning.plan import ShopPlan
from reconciler.core.runs.events import ShopEvent, ShopFinished
from reconciler.core.runs.report import ShopReport, fold_shop
from reconciler.core.values import ShopKey


class ShopOutcomes:
    """What came of each of `shops`, as soon as it is finished."""

    def __init__(self, shops: Iterable[ShopPlan]) -> None:
        self._plans = {shop.shop: shop for shop in shops}
        self._events: dict[ShopKey, list[ShopEvent]] = {}

    def of(self, event: ShopEvent) -> ShopReport | None:
        """None while the shop is under way."""
        self._events.setdefault(event.shop, []).append(event)
        if not isinstance(event, ShopFinished):
            return None
        return fold_shop(self._plans[event.shop], self._events.pop(event.shop))

"""Whether a shop may be closed now: checked again right before it is closed, since a plan may be hours old.

In: a clock and the allowances. Out: why not, with the text of the guard that checks it for the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.planning.guards import AllowList, outside_window
from reconciler.core.planning.plan import ShopPlan
from reconciler.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWindow:
    clock: Clock
    allowed: AllowList = field(default_factory=AllowList)

    def refusal(self, shop: ShopPlan) -> Diagnostic | None:
        """None where it may be closed now, or is not to be closed at all."""
        if self.allowed.allows(codes.OUTSIDE_WINDOW, shop.shop):
            return None
        return outside_window(shop, minutes_of_day(self.clock.now(), (shop.maintenance.time_zone,)))


def minutes_of_day(now: datetime, zones: Iterable[str]) -> Mapping[str, int]:
    """The local time of day, in minutes, in each zone."""
    local = {zone: now.astimezone(ZoneInfo(zone)) for zone in zones}
    return {zone: time.hour * 60 + time.minute for zone, time in local.items()}

"""Whether a shop may be closed now: checked again right before it is closed, since a plan may be hours old.

In: a clock and the allowances. Out: why not, with the text of the guard that checks it for the plan; when a window opens next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.state import MaintenancePolicy
from reconciler.core.planning.guards import AllowList, in_window, outside_window
from reconciler.core.planning.plan import ShopPlan
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock

_HORIZON: Final = 49 * 60
"""Minutes: two days, and the hour by which one of them may be longer."""


@frozen
class MaintenanceWindow:
    clock: Clock
    allowed: AllowList = field(default_factory=AllowList)

    def refusal(self, shop: ShopPlan) -> Diagnostic | None:
        """None where it may be closed now, or is not to be closed at all."""
        if self.allowed.allows(codes.OUTSIDE_WINDOW, shop.shop):
            return None
        return outside_window(shop, minutes_of_day(self.clock.now(), (shop.maintenance.time_zone,)))


@frozen
class WindowTimes:
    """Of one window: whether it is open now, when it opens next, and when it closes: the one that is open now, else the next.

    None: it never does so.
    """

    open: bool
    opens: datetime | None = None
    closes: datetime | None = None


def window_times(maintenance: MaintenancePolicy, now: datetime) -> WindowTimes:
    """By the same rule as the guard, minute by minute: so also where a clock is set forward or back."""
    if maintenance.window is None:
        return WindowTimes(open=True)
    zone, window = ZoneInfo(maintenance.time_zone), maintenance.window

    def is_open(at: datetime) -> bool:
        local = at.astimezone(zone)
        return in_window(window, local.hour * 60 + local.minute)

    minute = now.replace(second=0, microsecond=0)
    opens = _next_change(is_open, minute, opened=True)
    closes = _next_change(is_open, minute if is_open(minute) else opens, opened=False)
    return WindowTimes(open=is_open(minute), opens=opens, closes=closes)


def _next_change(is_open: Callable[[datetime], bool], start: datetime | None, *, opened: bool) -> datetime | None:
    """The first minute after `start` in which the window has opened, or has closed."""
    if start is None:
        return None
    before = is_open(start)
    for number in range(1, _HORIZON):
        at = start + timedelta(minutes=number)
        after = is_open(at)
        if after is opened and before is not opened:
            return at
        before = after
    return None


def minutes_of_day(now: datetime, zones: Iterable[str]) -> Mapping[str, int]:
    """The local time of day, in minutes, in each zone."""
    local = {zone: now.astimezone(ZoneInfo(zone)) for zone in zones}
    return {zone: time.hour * 60 + time.minute for zone, time in local.items()}

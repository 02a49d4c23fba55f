"""When each shop's last notification arrived, for people: the oldest first, and not all shops of a fleet.

In: a drift. Out: rows of shop and time, and a sentence about the omitted shops. Nothing without a sidecar.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.drift import Drift
from reconciler.core.drift.missed_notifications import NotificationState
from reconciler.core.values import ShopKey
from reconciler.views.common.context import RenderContext

MOST: Final = 50


def notification_rows(drift: Drift, context: RenderContext) -> list[tuple[ShopKey, str]]:
    """Those of which none is to be expected come last."""
    return [(shop, _last(hearing, context)) for hearing, shop in _quietest(drift)[:MOST]]


def notification_rest(drift: Drift) -> Message | None:
    left = len(_quietest(drift)) - MOST
    return msg("further shops: {count} (`-o json` lists all)", count=left) if left > 0 else None


def _quietest(drift: Drift) -> list[tuple[NotificationState, ShopKey]]:
    known = [(shop.notifications, shop.shop) for shop in drift.shops if shop.notifications is not None]
    return sorted(known, key=lambda one: (not one[0].registered, one[0].last or "", one[1]))


def _last(hearing: NotificationState, context: RenderContext) -> str:
    return context.translate(_none(hearing)) if hearing.last is None else context.time(hearing.last)


def _none(hearing: NotificationState) -> Message:
    return msg("none is kept") if hearing.registered else msg("none is kept; the endpoint is not registered")

"""What the closures of a plan mean: which shops close, for how long, and what a buyer in mid-checkout meets.

In: a plan and a context. Out: one-line strings without markup; none where no shop closes. A shop
that a guard or a rule holds is not closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.views.common.context import RenderContext
from reconciler.views.common.shop_lists import listed_shops

_NAMED: Final = 5
_BUYERS: Final = msg(
    "A buyer in mid-checkout is not charged: the Amazon Pay session stays unconfirmed and expires after 24 hours."
)


def closure_lines(plan: Plan, context: RenderContext) -> Iterator[str]:
    reopened = [shop for shop in plan.shops if shop.bracket and not shop.blocked]
    closed = [shop for shop in plan.shops if shop.closes_shop and not shop.bracket and not shop.blocked]
    if reopened:
        yield context.plural(
            "Closure: {count} shop closes and reopens ({time}): {shops}",
            "Closures: {count} shops close and reopen ({time} each): {shops}",
            len(reopened),
            time=_time(reopened, context),
            shops=_names(reopened, context),
        )
    if closed:
        yield context.plural(
            "Closure: {count} shop closes and stays closed: {shops}",
            "Closures: {count} shops close and stay closed: {shops}",
            len(closed),
            shops=_names(closed, context),
        )
    if reopened or closed:
        yield context.translate(_BUYERS)


def _names(shops: list[ShopPlan], context: RenderContext) -> str:
    return listed_shops([shop.shop for shop in shops], context, _NAMED)


def _time(shops: list[ShopPlan], context: RenderContext) -> str:
    seconds = [shop.bracket.seconds for shop in shops if shop.bracket]
    return closed_time(min(seconds), max(seconds), context)


def closed_time(shortest: int, longest: int, context: RenderContext) -> str:
    """For how long shops are expected to be closed."""
    if shortest == longest:
        return context.translate(msg("about {seconds} s", seconds=longest))
    return context.translate(msg("about {shortest} to {longest} s", shortest=shortest, longest=longest))

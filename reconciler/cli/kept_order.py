"""The order of a run in waves that did not come to its end, as other runs see it.

In: the plan of a run that is not about that order. Out: the order forgotten, where it is about the same shops.
"""

from __future__ import annotations

from reconciler import wiring
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics.messages import say
from reconciler.core.documents.saved_plan import SavedPlan
from reconciler.core.planning.plan import Plan
from reconciler.core.values import ShopKey
from reconciler.ports import Unusable
from reconciler.wiring import Settings


def set_aside(plan: Plan, settings: Settings, terminal: Terminal) -> None:
    """A run that looks after a shop, or finds nothing to do in it, has the last word on it: an older order has not."""
    try:
        kept = wiring.kept_order(settings)
        theirs = set() if kept is None else shops_of(wiring.read_plan(kept.plan, wiring.digest_key(settings)))
    except Unusable:
        return  # nobody can go on with it; `resume` says why
    if theirs.isdisjoint(shop.shop for shop in plan.shops if not shop.blocked):
        return
    wiring.forget_order(settings)
    aside = say("A run in waves that did not come to its end is set aside: this run is about shops of it")
    terminal.note(aside)


def shops_of(saved: SavedPlan) -> set[ShopKey]:
    """Those in which something was to be written."""
    return {shop.shop for shop in saved.plan.changed}

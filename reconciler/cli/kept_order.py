"""The order of a run in waves that did not come to its end, as other runs see it.

In: the plan of a run that is not about that order. Out: the order forgotten, where it is about the same shops.
"""

from __future__ import annotations

from reconciler import wiring
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics.messages import msg
from reconciler.core.documents.saved_plan import SavedPlan
from reconciler.core.planning.plan import Plan
from reconciler.core.values import ShopKey
from reconciler.ports import SetupError
from reconciler.wiring import Settings


def drop_superseded_rollout(plan: Plan, settings: Settings, terminal: Terminal) -> None:
    """A run that looks after a shop, or finds nothing to do in it, has the last word on it: an older order has not."""
    try:
        kept = wiring.load_rollout(settings)
        theirs = set() if kept is None else planned_shops(wiring.load_plan(kept.plan, wiring.digest_key(settings)))
    except SetupError:
        return  # nobody can go on with it; `resume` says why
    if theirs.isdisjoint(shop.shop for shop in plan.shops if not shop.blocked):
        return
    wiring.delete_rollout(settings)
    aside = msg("A run in waves that did not come to its end is set aside: this run is about shops of it")
    terminal.info(aside)


def planned_shops(saved: SavedPlan) -> set[ShopKey]:
    """Those in which something was to be written."""
    return {shop.shop for shop in saved.plan.changed}

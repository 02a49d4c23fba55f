"""A rollout that was not finished, as other runs see it: a later run on its shops supersedes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.diagnostics.messages import msg
from reconciler.ports import SetupError

if TYPE_CHECKING:
    from reconciler.core.documents.saved_plan import SavedPlan
    from reconciler.core.planning.plan import Plan
    from reconciler.core.values import ShopKey
    from reconciler.workflows.session import Session


def supersedes_rollout(session: Session, plan: Plan) -> bool:
    """A run that writes a shop, or finds nothing to write in it, knows it better than an older rollout does."""
    try:
        saved = session.plans.load_rollout()
        theirs = set() if saved is None else planned_shops(session.plans.load(saved.plan))
    except SetupError:
        return False  # it cannot be continued; `resume` says why
    return not theirs.isdisjoint(shop.shop for shop in plan.shops if not shop.blocked)


def drop_rollout(session: Session) -> None:
    session.plans.delete_rollout()
    aside = msg("The unfinished rollout is discarded: this run includes shops of it")
    session.listener.on_notice(aside)


def planned_shops(saved: SavedPlan) -> set[ShopKey]:
    """Those in which something was to be written."""
    return {shop.shop for shop in saved.plan.changed}

"""Approves the present plan of a shop as `ci apply` defers it: the store then has the plan, its leaf and the deferred apply."""

from __future__ import annotations

from datetime import timedelta

from reconciler.core.model.selection import Selection
from reconciler.core.planning.fingerprint import plan_leaves
from reconciler.core.values import ShopKey
from reconciler.ports.ci.reviews import DeferredApply, PullRequestKey, ReviewedPlan
from reconciler.workflows.plan import PlanRequest, plan_changes
from reconciler.workflows.session import Session


async def approve_deferred(session: Session, shop: str, number: int) -> bool:
    """`number` is that of the pull request. False: there is nothing to approve."""
    result = await plan_changes(session, PlanRequest(selection=Selection(names=frozenset({ShopKey(shop)}))))
    leaf = next((each for each in plan_leaves(result.plan) if each.shop == shop), None)
    if leaf is None:
        return False
    now, head = session.clock.now(), f"{number:040x}"
    request = PullRequestKey(fleet=session.target.fleet_name, place="github:kyoto/shops", number=number)
    reviewed = ReviewedPlan(
        request=request,
        head=head,
        base=f"{0:040x}",
        fingerprint=result.plan.fingerprint,
        leaves=(leaf,),
        created=now,
    )
    deferred = DeferredApply(
        request=request,
        shop=leaf.shop,
        head=head,
        leaf=leaf.digest,
        approved=now,
        expires=now + timedelta(days=session.guards.plan_age),
        since=now,
    )
    with session.reviews() as reviews:
        assert reviews is not None
        reviews.save_plan(reviewed)
        reviews.defer([deferred])
    return True

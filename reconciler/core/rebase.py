"""An approved plan held against the world as it is now: go on, or say what moved.

In: one shop's plan and a fresh observation. Out: the plan with what still has to be written, under the versions just read; or
the fields that moved. Only what the plan touches is looked at: changes elsewhere do not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.core.canonical import DigestKey, write
from reconciler.core.change import Change, Reason
from reconciler.core.compare import same
from reconciler.core.order import Stage, by_stage
from reconciler.core.plan import Pace, ShopPlan, arrange
from reconciler.core.state import FieldRef, Observed
from reconciler.core.values import ABSENT, UNSET, Digested, Scalar, StorefrontStatus

STATUS = FieldRef("storefront_status", "status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A touched field: what it was when planned, what it is now, what it should become."""

    ref: FieldRef
    planned: Scalar
    now: Scalar
    wanted: Scalar


def rebase(
    plan: ShopPlan, observed: Observed, pace: Pace, key: DigestKey | None = None
) -> ShopPlan | tuple[Moved, ...]:
    """`key` is that of the plan's digests, where the plan was read from a file. Every kind of `observed` must be known."""
    moved = (*_moved_fields(plan, observed, key), *_moved_storefront(plan, observed), *_moved_target(plan, observed))
    if moved:
        return moved
    left = tuple(change for change in plan.written if not stands(change, observed))
    arranged = arrange(plan, left, observed, pace)
    return replace(arranged, predicted=plan.predicted, findings=plan.findings)


def stands(change: Change, observed: Observed) -> bool:
    """What the change wants is there already. A value that is written again for others' sake never is."""
    if change.reason is Reason.REASSERTED:
        return False
    have = observed.at(change.ref)
    return have is not UNSET and same(change.ref.spec.policy.compare, change.after, have)


def _moved_fields(plan: ShopPlan, observed: Observed, key: DigestKey | None) -> tuple[Moved, ...]:
    moved = []
    for change in plan.written:
        have = observed.at(change.ref)
        now: Scalar = ABSENT if have is UNSET else have
        anew = change.reason is Reason.SELLER_CHANGES  # read for the old seller, so it says nothing of the new one
        if not anew and not as_planned(change.before, now, key) and not stands(change, observed):
            moved.append(Moved(ref=change.ref, planned=change.before, now=now, wanted=change.after))
    return tuple(moved)


def as_planned(planned: Scalar, now: Scalar, key: DigestKey | None) -> bool:
    """Whether a value is the one that was planned from; a secret in a saved plan is known by its keyed digest only."""
    if not isinstance(planned, Digested):
        return planned == now
    return key is not None and write(now, key) == write(planned)


def _moved_storefront(plan: ShopPlan, observed: Observed) -> tuple[Moved, ...]:
    """A bracket was approved, or that none is needed: neither holds once the shop was opened or closed."""
    touches = {Stage.SWITCH, Stage.CLOSE, Stage.OPEN} & set(by_stage(plan.written))
    status = observed.at(STATUS)
    if not touches or any(change.ref == STATUS for change in plan.written):
        return ()
    planned = StorefrontStatus.OPEN if plan.live else StorefrontStatus.CLOSED
    if status is UNSET or status == planned:
        return ()
    return (Moved(ref=STATUS, planned=planned, now=status, wanted=planned),)


def _moved_target(plan: ShopPlan, observed: Observed) -> tuple[Moved, ...]:
    """The endpoint of another seller or URL than the approved one is not to be written."""
    written = next((change for change in plan.written if change.ref.kind == "ipn_endpoint"), None)
    if written is None or plan.target is None:
        return ()
    changing = {change.ref for change in plan.written}
    parts = (FieldRef("amazon_settings", "seller_id"), FieldRef("amazon_settings", "merchant_site_url"))
    return tuple(
        Moved(ref=ref, planned=planned, now=ABSENT if have is UNSET else have, wanted=planned)
        for ref, planned, have in zip(parts, plan.target, map(observed.at, parts), strict=True)
        if ref not in changing and have != planned
    )

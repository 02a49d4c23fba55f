"""The plan that undoes a plan.

In: one shop's plan and the world it was planned from. Out: the plan back, against the world as it will be once the plan is
applied, and the fields that cannot be brought back: secrets, which nobody can read, and values that the backend does not clear.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.core import codes
from reconciler.core.cascade import apply_changes
from reconciler.core.change import Change, Reason
from reconciler.core.diagnostics import Diagnostic, found, in_order
from reconciler.core.plan import Pace, ShopPlan, arrange
from reconciler.core.state import Observed
from reconciler.core.texts import say
from reconciler.core.values import ABSENT


def invert(plan: ShopPlan, observed: Observed, pace: Pace) -> ShopPlan:
    """Live-bound like any other plan: applied only where the fields stand as `plan` left them."""
    after = apply_changes(observed, plan.changes)
    back = tuple(_reversed(change) for change in plan.written if _why_not(change) is None)
    bare = ShopPlan(shop=plan.shop, origin=plan.origin, maintenance=plan.maintenance)
    arranged = arrange(bare, back, after, pace)
    return replace(
        arranged,
        predicted=tuple((change.ref, change.after) for change in arranged.changes),
        findings=in_order(_not_invertible(plan)),
    )


def _reversed(change: Change) -> Change:
    reason = Reason.REASSERTED if change.reason is Reason.REASSERTED else Reason.UNDONE
    return replace(change, before=change.after, after=change.before, reason=reason)


def _why_not(change: Change) -> str | None:
    if change.ref.spec.policy.secret:
        return "secret"
    return "cleared" if change.before is ABSENT else None


def _not_invertible(plan: ShopPlan) -> Iterator[Diagnostic]:
    for change in plan.written:
        why = _why_not(change)
        if why is None:
            continue
        label = change.ref.spec.policy.label
        text = (
            say("{label} cannot be brought back: the former value is a secret that nobody can read", label=label)
            if why == "secret"
            else say("{label} cannot be brought back: it was empty, and the backend does not empty it", label=label)
        )
        yield found(
            codes.NOT_INVERTIBLE,
            text,
            shop=plan.shop,
            subject=change.ref.declared or str(change.ref),
            origin=change.origin,
        )

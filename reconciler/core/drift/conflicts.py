"""The guard on overwriting what a person changed: a field that Git and the backend both moved since it was last applied.

In: a plan, what was last applied in its shops, what was allowed. Out: the plan with the guard's findings in it. It allows nothing
by itself, and what cannot be told (nothing applied yet, digests without their key) it does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found, in_order
from reconciler.core.diagnostics.messages import say
from reconciler.core.drift.drift import Label, label_of
from reconciler.core.planning.change import Reason
from reconciler.core.planning.guards import Allowed
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.runs.last_applied import Past
from reconciler.core.values import ShopKey


def guard_conflicts(plan: Plan, pasts: Mapping[ShopKey, Past], allowed: Allowed) -> Plan:
    """`--take git:GLOB` is the grant of this guard's code: `(codes.BOTH_MOVED.slug, GLOB)`."""
    return replace(plan, shops=tuple(_guarded(shop, pasts.get(shop.shop, Past()), allowed) for shop in plan.shops))


def conflicts(shop: ShopPlan, past: Past) -> Iterator[Diagnostic]:
    """One finding for each change that would overwrite another's. The plan may come from a file: secrets are compared by their
    digests.
    """
    for change in shop.written:
        if change.reason is Reason.REASSERTED or label_of(change, past) is not Label.CONFLICT:
            continue
        yield found(
            codes.BOTH_MOVED,
            say(
                "{label}: since it was last applied, the backend was changed as well as Git",
                label=change.ref.called,
            ),
            way_on=say(
                "See all three values with `reconciler drift {shop}`; overwrite the backend with --take git:{shop}",
                shop=shop.shop,
            ),
            shop=shop.shop,
            subject=change.ref.declared or str(change.ref),
            origin=change.origin,
        )


def _guarded(shop: ShopPlan, past: Past, allowed: Allowed) -> ShopPlan:
    if allowed.covers(codes.BOTH_MOVED, shop.shop):
        return shop
    return replace(shop, findings=in_order((*shop.findings, *conflicts(shop, past))))

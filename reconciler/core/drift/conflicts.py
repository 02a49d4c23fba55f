"""The guard on overwriting what a person changed: a field that Git and the backend both changed since it was last applied.

In: a plan, the last applied values of its shops, the allowances. Out: the plan with the guard's diagnostics. It allows nothing
itself, and it does not hold unknown cases (nothing applied yet, digests without their key).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.label import DriftLabel, change_label
from reconciler.core.planning.change import Reason
from reconciler.core.planning.guards import AllowList
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.runs.last_applied import LastApplied
from reconciler.core.values import ShopKey


def apply_conflict_guard(plan: Plan, pasts: Mapping[ShopKey, LastApplied], allowed: AllowList) -> Plan:
    """`--take git:GLOB` is the grant of this guard's code: `(codes.BOTH_MOVED.slug, GLOB)`."""
    return replace(
        plan, shops=tuple(_guarded(shop, pasts.get(shop.shop, LastApplied()), allowed) for shop in plan.shops)
    )


def conflict_diagnostics(shop: ShopPlan, past: LastApplied) -> Iterator[Diagnostic]:
    """One finding for each change that would overwrite another's. The plan may come from a file: secrets are compared by their
    digests.
    """
    for change in shop.written_changes:
        if change.reason is Reason.REWRITTEN or change_label(change, past) is not DriftLabel.CONFLICT:
            continue
        yield diagnostic(
            codes.BOTH_MOVED,
            msg(
                "{label}: both Git and the backend changed since the last apply",
                label=change.ref.full_name,
            ),
            hint=msg(
                "Show all three values with `reconciler drift {shop}`; overwrite the backend with --take git:{shop}",
                shop=shop.shop,
            ),
            shop=shop.shop,
            subject=change.ref.manifest_path or str(change.ref),
            origin=change.origin,
        )


def _guarded(shop: ShopPlan, past: LastApplied, allowed: AllowList) -> ShopPlan:
    if allowed.allows(codes.BOTH_MOVED, shop.shop):
        return shop
    return replace(shop, findings=sort_diagnostics((*shop.findings, *conflict_diagnostics(shop, past))))

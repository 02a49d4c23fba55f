"""What a person approves when approving a plan: every change and step, and nothing that may move without mattering.

Versions, clocks and lines of files stay out, so that the fingerprint of a reviewed plan is that of the same plan made again.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.core.canonical import DigestKey, Json, fingerprint, write
from reconciler.core.change import Change
from reconciler.core.diagnostics import Diagnostic
from reconciler.core.plan import Plan, ShopPlan, Step


def assemble(shops: Iterable[ShopPlan], *, findings: tuple[Diagnostic, ...] = (), key: DigestKey | None = None) -> Plan:
    """The plan over `shops`, in the order of their keys whatever order they came in."""
    ordered = tuple(sorted(shops, key=lambda shop: shop.shop))
    return Plan(shops=ordered, findings=findings, fingerprint=fingerprint(_approved(ordered, key)))


def _approved(shops: tuple[ShopPlan, ...], key: DigestKey | None) -> Json:
    return {
        "format": 1,
        "shops": [
            {
                "shop": str(shop.shop),
                "changes": [_change(change, key) for change in shop.changes],
                "steps": [_step(step) for step in shop.steps],
            }
            for shop in shops
            if shop.changes
        ],
    }


def _change(change: Change, key: DigestKey | None) -> Json:
    return {
        "field": str(change.ref),
        "before": write(change.before, key),
        "after": write(change.after, key),
        "reason": change.reason.value,
    }


def _step(step: Step) -> Json:
    return {"does": step.does.value, "kind": step.kind, "fields": [str(ref) for ref in step.refs]}

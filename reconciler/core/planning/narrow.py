"""A plan for some of its shops: the rest counts as unchanged, so that shares of the fleet stay what they were."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan


def narrow_plan(plan: Plan, globs: Sequence[str]) -> Plan:
    """The plan of the shops that match any of the patterns, with its own fingerprint; without patterns the whole plan."""
    if not globs:
        return plan
    kept = [shop for shop in plan.shops if any(fnmatchcase(shop.shop, glob) for glob in globs)]
    others = len(plan.shops) - len(kept)
    return build_plan(kept, findings=plan.findings, unchanged_shops=plan.unchanged_shops + others)

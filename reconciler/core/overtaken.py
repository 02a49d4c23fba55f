"""Whether what is left of an approved plan is still what the manifests want.

In: the plan with what is still to be written, and the plan made afresh from the manifests, both of the same world. Out: the shops
in which they want something else written. Why a change is made, and where it is declared, may have moved: neither is written.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.core.canonical import DigestKey, Json, write
from reconciler.core.plan import Plan, ShopPlan
from reconciler.core.state import FieldRef
from reconciler.core.values import ShopKey


def wanted_otherwise(left: Plan, fresh: Plan, key: DigestKey) -> tuple[ShopKey, ...]:
    """A shop in which nothing is left, or that is held back for itself, is not asked about."""
    wanted = {shop.shop: _written(shop, key) for shop in fresh.shops}
    waiting = (shop for shop in left.shops if shop.steps and not shop.blocked)
    return tuple(shop.shop for shop in waiting if wanted.get(shop.shop) != _written(shop, key))


def _written(shop: ShopPlan, key: DigestKey) -> Mapping[FieldRef, Json]:
    return {change.ref: write(change.after, key) for change in shop.written}

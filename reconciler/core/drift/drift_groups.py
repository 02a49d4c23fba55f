"""The differences of many shops, put together where they are the same: what the drift of a whole fleet is read by.

In: drifts of shops. Out: groups. Every entry of every shop is in exactly one group, for any order of the shops.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from reconciler.core.drift.drift import DriftEntry, ShopDrift
from reconciler.core.planning.change_groups import comparable_value
from reconciler.core.values import ShopKey
from reconciler.lib.folding import fold_items
from reconciler.lib.frozen_class import frozen


@frozen
class ShopEntry:
    """`own`: the value is declared in the shop's own manifest, not in a file that shops share."""

    shop: ShopKey
    entry: DriftEntry
    own: bool


@frozen
class DriftGroup:
    """Differences of one field with one label, sorted by shop. `varied`: their values or places differ."""

    members: tuple[ShopEntry, ...]
    varied: bool = False

    @property
    def entry(self) -> DriftEntry:
        """The first of them, which speaks for all unless they are varied."""
        return self.members[0].entry

    @property
    def shops(self) -> tuple[ShopKey, ...]:
        return tuple(member.shop for member in self.members)


def group_drift(shops: Iterable[ShopDrift], room: int) -> tuple[DriftGroup, ...]:
    """About `room` groups at most, the most frequent first."""
    entries = [
        ShopEntry(shop=shop.shop, entry=entry, own=entry.origin.file == shop.origin.file)
        for shop in shops
        for entry in shop.entries
    ]
    folds = fold_items(entries, about=_about, like=_like, order=_order, room=room)
    return tuple(DriftGroup(members=fold.items, varied=fold.varied) for fold in folds)


def _about(each: ShopEntry) -> Hashable:
    return each.entry.ref, each.entry.label, each.entry.accepted_until


def _like(each: ShopEntry) -> Hashable:
    entry = each.entry
    values = (comparable_value(value) for value in (entry.desired, entry.observed, entry.applied))
    return _about(each), *values, None if each.own else entry.origin


def _order(each: ShopEntry) -> tuple[str, str, str]:
    return each.shop, str(each.entry.ref), each.entry.label.value

"""The changes of many shops, put together where they are the same: what a plan of a whole fleet is read by.

In: shop plans. Out: groups. Every change of every shop is in exactly one group, for any order of the shops.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable

from reconciler.core.planning.change import Change
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.values import Origin, Scalar, SealedSecret, Secret, SecretDigest, SecretRef, ShopKey, Unset
from reconciler.lib.folding import Fold, fold_items
from reconciler.lib.frozen_class import frozen


@frozen
class ShopChange:
    """`own`: the value is in the shop's own manifest, not in a shared file."""

    shop: ShopKey
    change: Change
    own: bool


@frozen
class ChangeGroup:
    """Changes of one field for one reason, sorted by shop. `varied`: their values or places differ."""

    members: tuple[ShopChange, ...]
    varied: bool = False

    @property
    def change(self) -> Change:
        """The first of them, which speaks for all unless they are varied."""
        return self.members[0].change

    @property
    def shops(self) -> tuple[ShopKey, ...]:
        return tuple(member.shop for member in self.members)

    @property
    def origin(self) -> Origin | None:
        """The one place that declares the value; None where each shop has its own, or where they are varied."""
        member = self.members[0]
        return None if self.varied or (member.own and len(self.members) > 1) else member.change.origin


def group_changes(shops: Iterable[ShopPlan], room: int) -> tuple[ChangeGroup, ...]:
    """About `room` groups at most. What follows a change comes after it; the most frequent changes come first."""
    changes = [
        ShopChange(shop=shop.shop, change=change, own=change.origin.file == shop.origin.file)
        for shop in shops
        for change in shop.changes
    ]
    causes = Counter(_cause(each.change) for each in changes if not each.change.derived)
    folds = fold_items(changes, about=_about, like=_like, order=_order, room=room)
    ordered = sorted(folds, key=lambda fold: _rank(fold, causes))
    return tuple(ChangeGroup(members=fold.items, varied=fold.varied) for fold in ordered)


def comparable_value(value: Scalar | Unset) -> tuple[str, Hashable]:
    """Values that are shown alike are alike: secrets are not shown. True is not the text `True`."""
    if isinstance(value, Secret | SealedSecret | SecretDigest | SecretRef):
        return "", None
    return type(value).__name__, value


def _rank(fold: Fold[ShopChange], causes: Counter[str]) -> tuple[object, ...]:
    change = fold.items[0].change
    cause = _cause(change)
    return (-causes[cause], cause, change.derived, -len(fold.items), _order(fold.items[0]))


def _cause(change: Change) -> str:
    return str(change.caused_by if change.derived and change.caused_by else change.ref)


def _about(each: ShopChange) -> Hashable:
    return each.change.ref, each.change.reason, each.change.caused_by


def _like(each: ShopChange) -> Hashable:
    change = each.change
    place = None if each.own or change.derived else change.origin
    return _about(each), comparable_value(change.before), comparable_value(change.after), place


def _order(each: ShopChange) -> tuple[str, str, str]:
    return each.shop, str(each.change.ref), each.change.reason.value

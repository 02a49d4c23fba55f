"""What shops have in common, moved into shared files; each shop keeps only its own values.

    profiles ──> defaults   what most shops have, where the policy allows it for every shop
             ──> groups     what enough shops have together, found from their profiles or from a label
             ──> own        each shop's group, and the shortest layer over it

In: the profiles of new shops, and existing shared files. Out: `FactoredLayers`. The property: merged, the layers give back
exactly each shop's profile. A shop never inherits what it did not have: what it leaves unmanaged is removed in its own file.
Existing files are not changed, since other shops may inherit from them. The same profiles give the same
result.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Final

from reconciler.core.importing.grouping import (
    FEWEST,
    Group,
    Item,
    ShopSimilarity,
    group_name,
    group_shops,
    name_of_label,
    shareable_as_default,
    shareable_in_group,
    shared_labels,
    unique_name,
)
from reconciler.core.model.layers import Layer, Leaf, Profile, minimal_overlay, overlay, sort_paths
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

_NO_LABELS: Final[Mapping[str, str]] = {}


@frozen
class NewShop:
    """A new shop. `group` is a requested group, `labels` are its labels."""

    shop: ShopKey
    values: Profile
    group: str | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: _NO_LABELS)


@frozen
class ExistingLayers:
    """Existing files. `groups` are merged with the defaults; those in `plain` hold only fields that may be shared, so that a shop
    in one gains nothing else. `fresh`: there are no files at all, so that no other shop inherits new
    defaults.
    """

    defaults: Profile = field(default_factory=dict)
    groups: Mapping[str, Profile] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    fresh: bool = True


@frozen
class FactorOptions:
    """`share`: percent of the shops that must have a value before it is a default. `label`: one group per value of it."""

    share: int = 60
    label: str | None = None
    flat: bool = False


@frozen
class ShopLayer:
    """What a shop's own file says."""

    shop: ShopKey
    group: str | None
    values: Layer
    labels: Mapping[str, str] = field(default_factory=lambda: _NO_LABELS)


@frozen
class FactoredLayers:
    """`defaults` and `groups` are the files to be written; `shops` in the order of their keys. `flat`: nothing is shared."""

    shops: tuple[ShopLayer, ...]
    defaults: Profile = field(default_factory=dict)
    groups: Mapping[str, Profile] = field(default_factory=dict)
    flat: bool = False


def factor_out(members: Iterable[NewShop], ground: ExistingLayers, mining: FactorOptions) -> FactoredLayers:
    """Each shop once; a `group` that a member names is one of the ground's."""
    ordered = sorted(members, key=lambda member: member.shop)
    mined = _common(ordered, mining.share) if ground.fresh and not mining.flat else {}
    lowest = mined if ground.fresh else ground.defaults
    chosen, new = ({}, {}) if mining.flat else _grouped(ordered, lowest, ground, mining)
    under = {name: overlay(values, lowest) for name, values in new.items()} | dict(ground.groups)
    groups = [member.group or chosen.get(member.shop) for member in ordered]
    shops = (
        ShopLayer(shop=m.shop, group=name, values=_own(m, under[name] if name else lowest), labels=m.labels)
        for m, name in zip(ordered, groups, strict=True)
    )
    return FactoredLayers(shops=tuple(shops), defaults=mined, groups=new, flat=mining.flat)


def _own(member: NewShop, lower: Profile) -> Layer:
    own = minimal_overlay(lower, member.values)
    return {place: own[place] for place in sort_paths(own)}


def _common(members: Sequence[NewShop], share: int) -> dict[str, Leaf]:
    """What at least that share of all has, and what saves more lines than it costs those that leave it unmanaged."""
    common = {place: _most(times) for place, times in _times(members).items()}
    return {
        place: common[place][0]
        for place in sort_paths(common)
        if shareable_as_default(place, common[place][0]) and _pays(*common[place][1:], len(members), share)
    }


def _pays(count: int, having: int, of: int, share: int) -> bool:
    return count >= FEWEST and count * 100 >= share * of and count - (of - having) > 1


def _times(members: Iterable[NewShop]) -> Mapping[str, Counter[Leaf]]:
    times: dict[str, Counter[Leaf]] = defaultdict(Counter)
    for member in members:
        for place, value in member.values.items():
            times[place][value] += 1
    return times


def _most(times: Counter[Leaf]) -> tuple[Leaf, int, int]:
    """The value that most have (of several, the first by its text), how many that are, and how many have any."""
    value, count = min(times.items(), key=lambda item: (-item[1], str(item[0])))
    return value, count, times.total()


def _grouped(
    members: Sequence[NewShop], lowest: Profile, ground: ExistingLayers, mining: FactorOptions
) -> tuple[Mapping[ShopKey, str], Mapping[str, Profile]]:
    """The groups of the members that are in none, and those of them that are new."""
    free = [member for member in members if member.group is None]
    if mining.label is not None:
        return _by_label(free, lowest, ground, mining.label, mining.share)
    shareable = _shareable(free)
    ready = {
        frozenset(ground.groups[name].items() - lowest.items()): name for name in sorted(ground.plain, reverse=True)
    }
    chosen = group_shops([_likeness(member, lowest, shareable) for member in free], ready)
    new: dict[Group, str] = {}
    for group in chosen:
        if group is not None and group not in ready and group not in new:
            inside = [member.labels for member, its in zip(free, chosen, strict=True) if its == group]
            outside = (member.labels for member, its in zip(free, chosen, strict=True) if its != group)
            name = group_name(overlay(dict(group), lowest), shared_labels(inside, outside))
            new[group] = unique_name(name, {*ground.groups, *new.values()})
    names = ready | new
    of = {member.shop: names[group] for member, group in zip(free, chosen, strict=True) if group is not None}
    return of, {name: _sorted(dict(group)) for group, name in new.items()}


def _shareable(members: Iterable[NewShop]) -> frozenset[Item]:
    """What enough shops have, and a group may hold."""
    holders: dict[Item, list[ShopKey]] = defaultdict(list)
    for member in members:
        for item in member.values.items():
            holders[item].append(member.shop)
    return frozenset(
        item for item, shops in holders.items() if len(shops) >= FEWEST and shareable_in_group(*item, shops)
    )


def _likeness(member: NewShop, lowest: Profile, shareable: frozenset[Item]) -> ShopSimilarity:
    """Only fields that a group may hold distinguish shops."""
    places = {place for place, _ in shareable}
    own = {place: value for place, value in minimal_overlay(lowest, member.values).items() if place in places}
    items = frozenset((place, value) for place, value in own.items() if value is not None) & shareable
    return ShopSimilarity(items, frozenset(own))


def _by_label(
    free: Sequence[NewShop], lowest: Profile, ground: ExistingLayers, label: str, share: int
) -> tuple[Mapping[ShopKey, str], Mapping[str, Profile]]:
    labelled: dict[str, list[NewShop]] = defaultdict(list)
    for member in free:
        if label in member.labels:
            labelled[member.labels[label]].append(member)
    new: dict[str, Profile] = {}
    of: dict[ShopKey, str] = {}
    for value in sorted(labelled):
        together = _together(labelled[value], lowest, share)
        if together:
            name = unique_name(name_of_label(value), {*ground.groups, *new})
            new[name] = together
            of |= {member.shop: name for member in labelled[value]}
    return of, new


def _together(members: Sequence[NewShop], lowest: Profile, share: int) -> Profile:
    common = {place: _most(times) for place, times in _times(members).items()}
    shareable = _shareable(members)
    return _sorted(
        {
            place: value
            for place, (value, count, having) in common.items()
            if (place, value) in shareable and lowest.get(place) != value and _pays(count, having, len(members), share)
        }
    )


def _sorted(values: Profile) -> Profile:
    return {place: values[place] for place in sort_paths(values)}

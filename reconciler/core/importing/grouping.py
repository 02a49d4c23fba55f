"""Groups of shops that have several values together, chosen so that the files become shorter.

In: of each shop, the values that may be shared, and the groups that are there already. Out: each shop's group. A group is a
set of values. Greedy: of the sets that enough shops have, the one that saves the most lines first, until none saves any. Same
shops, same groups.

What a group that was found is called: by a label of its shops alone, else by what its values mean. People may rename it; its
shops name it.

In: the group's values, labels, and the names that are taken. Out: a name that a file may have.

What the tool may move out of shops' own files, by the policy on each field. Never an id, a secret, or what names a shop.

In: a place, a value, and the shops that have it. Out: whether a shared file may hold it. What is moved is no more than what the
shops have in common: nothing here makes a shop inherit what it did not have.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from reconciler.core.model.formats import GROUP
from reconciler.core.model.layers import Leaf, Profile, field_ref_at
from reconciler.core.model.policy import Sharing
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

Item = tuple[str, Leaf]
"""A value at a place."""
Group = frozenset[Item]

FEWEST: Final = 3
"""Shops that make a value common. Two that are alike may be so by chance."""

_FREQUENT: Final = 5
"""Percent of the shops from which on a value is worth being a group's."""
_MOST_GROUPS: Final = 12
"""More could not be distinguished."""
_MOST_CANDIDATES: Final = 100
_LINES_OF_A_FILE: Final = 4
"""What a group's file costs beside its values."""


@frozen(kw_only=False)
class ShopSimilarity:
    """`items`: what the shop could inherit. `differing`: where its own file has a line anyway, if it is in no group."""

    items: frozenset[Item]
    differing: frozenset[str]


def group_shops(shops: Sequence[ShopSimilarity], ready: Iterable[Group]) -> list[Group | None]:
    """The group of each. `ready` are the groups that cost nothing, since they are there."""
    kinds = Counter(shops)
    there = _unique(ready)
    new = _greedy(kinds, there, _candidates(kinds))
    while unpopular := _unpopular(kinds, there, new):
        new = [group for group in new if group not in unpopular]
    of = {kind: _best(kind, (*there, *new)) for kind in kinds}
    return [of[shop] for shop in shops]


def lines_saved(group: Group, shop: ShopSimilarity) -> int:
    """The lines that the shop's file becomes shorter; one is spent on naming the group."""
    deviating = sum(1 for place, value in group if (place, value) not in shop.items and place not in shop.differing)
    return len(group & shop.items) - deviating - 1


def _candidates(kinds: Mapping[ShopSimilarity, int]) -> list[Group]:
    """What shops have together of the values that many have; the most frequent sets first."""
    times: Counter[Item] = Counter()
    for kind, count in kinds.items():
        times.update(dict.fromkeys(kind.items, count))
    enough = max(FEWEST, sum(kinds.values()) * _FREQUENT // 100)
    frequent = frozenset(item for item, count in times.items() if count >= enough)
    sets: Counter[Group] = Counter()
    for kind, count in kinds.items():
        sets[kind.items & frequent] += count
    ordered = sorted(sets.items(), key=lambda found: (-found[1], _in_order(found[0])))
    return [group for group, count in ordered if count >= FEWEST and group][:_MOST_CANDIDATES]


def _greedy(kinds: Mapping[ShopSimilarity, int], there: Sequence[Group], candidates: Sequence[Group]) -> list[Group]:
    saved = {kind: max([0, *(lines_saved(group, kind) for group in there)]) for kind in kinds}
    savings = {group: {kind: lines_saved(group, kind) for kind in kinds} for group in candidates if group not in there}
    new: list[Group] = []
    while savings and len(new) < _MOST_GROUPS:
        gains = {group: _gain(group, of, saved, kinds) for group, of in savings.items()}
        best = max(gains, key=lambda group: gains[group])  # of several, the first: the most frequent
        if gains[best] <= 0:
            break
        new.append(best)
        saved = {kind: max(lines, savings[best][kind]) for kind, lines in saved.items()}
        del savings[best]
    return new


def _gain(
    group: Group,
    of: Mapping[ShopSimilarity, int],
    saved: Mapping[ShopSimilarity, int],
    kinds: Mapping[ShopSimilarity, int],
) -> int:
    return sum(max(0, of[kind] - saved[kind]) * count for kind, count in kinds.items()) - len(group) - _LINES_OF_A_FILE


def _unpopular(kinds: Mapping[ShopSimilarity, int], there: Sequence[Group], new: Sequence[Group]) -> frozenset[Group]:
    """New groups that too few shops end up in, because a later one suits them better."""
    users: Counter[Group | None] = Counter()
    for kind, count in kinds.items():
        users[_best(kind, (*there, *new))] += count
    return frozenset(group for group in new if users[group] < FEWEST)


def _best(kind: ShopSimilarity, groups: Sequence[Group]) -> Group | None:
    """Of several that save the same, the larger; of those, the first."""
    best = max(groups, key=lambda group: (lines_saved(group, kind), len(group)), default=None)
    return best if best is not None and lines_saved(best, kind) > 0 else None


def _unique(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(dict.fromkeys(group for group in groups if group))


def _in_order(group: Group) -> list[tuple[str, str]]:
    return sorted((place, str(value)) for place, value in group)


_STAGES: Final[Sequence[tuple[str, Leaf, str]]] = (
    ("storefront.status", "closed", "closed"),
    ("amazon.enabled", True, "live"),
    ("amazon.enabled", False, "not-live"),
    ("seller_central.ipn_endpoint", "registered", "ipn"),
)
"""The first that a group has says how far its shops are."""
_KINDS_OF_SALE: Final[Sequence[tuple[str, Leaf, str]]] = (
    ("payment.amazon_pay.pre_order", True, "pre-order"),
    ("payment.amazon_pay.subscription", True, "subscription"),
    ("payment.amazon_pay.auto_link", False, "no-auto-link"),
)
_TEXTS: Final = "amazon.messages."
_OTHERWISE: Final = "common"
_LONGEST: Final = 36


def group_name(values: Profile, shared_labels: Mapping[str, str]) -> str:
    """What its shops have in common, and no other shop has: the first of the labels, else what the values mean."""
    if shared_labels:
        return name_of_label("-".join(min(shared_labels.items())))
    stage = [word for place, value, word in _STAGES if values.get(place) == value][:1]
    sales = [word for place, value, word in _KINDS_OF_SALE if values.get(place) == value]
    texts = ["texts"] if any(place.startswith(_TEXTS) for place in values) else []
    return "-".join([*stage, *sales] or texts) or _OTHERWISE


def shared_labels(inside: Sequence[Mapping[str, str]], outside: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    """The labels that all `inside` have, who are some, and none `outside`."""
    common = set(inside[0].items()).intersection(*(each.items() for each in inside))
    return dict(common.difference(*(each.items() for each in outside)))


def name_of_label(value: str) -> str:
    """The label's value as the name of a file."""
    name = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")[:_LONGEST].strip("-")
    return name if GROUP.accepts(name) else _OTHERWISE


def unique_name(name: str, taken: Collection[str]) -> str:
    """The name, or the first of `name-2`, `name-3`, ... that is free."""
    return next(one for one in _numbered(name) if one not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


_TELLING: Final = 4
"""Letters from which on a part of a shop's key, found in a text, is taken for its name."""


def shareable_as_default(place: str, value: Leaf) -> bool:
    """Whether it may be a default of every shop, also of future ones."""
    sharing = _sharing(place)
    return sharing is Sharing.ALWAYS or (sharing is Sharing.FALSE_ONLY and value is False)


def shareable_in_group(place: str, value: Leaf, shops: Iterable[ShopKey]) -> bool:
    """Whether it may be in a group. `shops` are those that have the value."""
    sharing = _sharing(place)
    if sharing is Sharing.UNLESS_IDENTIFYING:
        return isinstance(value, str) and not mentions_shop(value, shops)
    return sharing is not Sharing.NEVER


def mentions_shop(text: str, shops: Iterable[ShopKey]) -> bool:
    """Whether the text may name one of them. Rather once too often: what stays in a shop's own file does no harm."""
    words = _squeezed(text)
    return any(part in words for shop in shops for part in _tellings(shop))


def _tellings(shop: ShopKey) -> Iterable[str]:
    yield _squeezed(shop)
    yield from (part for part in shop.split("-") if len(part) >= _TELLING)


def _squeezed(text: str) -> str:
    return re.sub(r"[-_. ]", "", text.lower())


def _sharing(place: str) -> Sharing:
    ref = field_ref_at(place)
    return Sharing.NEVER if ref is None else ref.spec.policy.sharing

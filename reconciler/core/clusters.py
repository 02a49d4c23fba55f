"""Groups of shops that have several values together, chosen so that the files become shorter.

In: of each shop, the values that may be shared, and the groups that are there already. Out: each shop's group. A group is a
set of values. Greedy: of the sets that enough shops have, the one that saves the most lines first, until none saves any. Same
shops, same groups.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.core.layers import Leaf

Item = tuple[str, Leaf]
"""A value at a place."""
Group = frozenset[Item]

FEWEST: Final = 3
"""Shops that make a value common. Two that are alike may be so by chance."""

_FREQUENT: Final = 5
"""Percent of the shops from which on a value is worth being a group's."""
_MOST_GROUPS: Final = 12
"""More nobody can tell apart."""
_MOST_CANDIDATES: Final = 100
_LINES_OF_A_FILE: Final = 4
"""What a group's file costs beside its values."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """`items`: what the shop could inherit. `differing`: where its own file has a line anyway, if it is in no group."""

    items: frozenset[Item]
    differing: frozenset[str]


def clusters(shops: Sequence[Likeness], ready: Iterable[Group]) -> list[Group | None]:
    """The group of each. `ready` are the groups that cost nothing, since they are there."""
    kinds = Counter(shops)
    there = _unique(ready)
    new = _greedy(kinds, there, _candidates(kinds))
    while unpopular := _unpopular(kinds, there, new):
        new = [group for group in new if group not in unpopular]
    of = {kind: _best(kind, (*there, *new)) for kind in kinds}
    return [of[shop] for shop in shops]


def saving(group: Group, shop: Likeness) -> int:
    """The lines that the shop's file becomes shorter; one is spent on naming the group."""
    deviating = sum(1 for place, value in group if (place, value) not in shop.items and place not in shop.differing)
    return len(group & shop.items) - deviating - 1


def _candidates(kinds: Mapping[Likeness, int]) -> list[Group]:
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


def _greedy(kinds: Mapping[Likeness, int], there: Sequence[Group], candidates: Sequence[Group]) -> list[Group]:
    saved = {kind: max([0, *(saving(group, kind) for group in there)]) for kind in kinds}
    savings = {group: {kind: saving(group, kind) for kind in kinds} for group in candidates if group not in there}
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
    group: Group, of: Mapping[Likeness, int], saved: Mapping[Likeness, int], kinds: Mapping[Likeness, int]
) -> int:
    return sum(max(0, of[kind] - saved[kind]) * count for kind, count in kinds.items()) - len(group) - _LINES_OF_A_FILE


def _unpopular(kinds: Mapping[Likeness, int], there: Sequence[Group], new: Sequence[Group]) -> frozenset[Group]:
    """New groups that too few shops end up in, because a later one suits them better."""
    users: Counter[Group | None] = Counter()
    for kind, count in kinds.items():
        users[_best(kind, (*there, *new))] += count
    return frozenset(group for group in new if users[group] < FEWEST)


def _best(kind: Likeness, groups: Sequence[Group]) -> Group | None:
    """Of several that save the same, the larger; of those, the first."""
    best = max(groups, key=lambda group: (saving(group, kind), len(group)), default=None)
    return best if best is not None and saving(best, kind) > 0 else None


def _unique(groups: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(dict.fromkeys(group for group in groups if group))


def _in_order(group: Group) -> list[tuple[str, str]]:
    return sorted((place, str(value)) for place, value in group)

"""Puts equal things together, so that a list of thousands becomes a list of a few.

In: items, what each is about, and what makes two of them equal. Out: folds. Every item is in exactly one fold, and the folds do
not depend on the order in which the items came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

from reconciler.lib.frozen_class import frozen

Item = TypeVar("Item")


@frozen(kw_only=False)
class Fold(Generic[Item]):
    """`items` are sorted. They are equal, unless `varied`: then they only have in common what they are about."""

    items: tuple[Item, ...]
    varied: bool = False


def fold_items(
    items: Iterable[Item],
    *,
    about: Callable[[Item], Hashable],
    like: Callable[[Item], Hashable],
    order: Callable[[Item], Any],
    room: int,
) -> tuple[Fold[Item], ...]:
    """At most `room` folds, or one for each subject where there are more subjects than that.

    Items that are not `about` the same are never put together. Where equal items alone take too much room, the smallest folds of
    a subject become one varied fold. The largest folds come first. `order` is a total order over the items.
    """
    subjects: dict[Hashable, dict[Hashable, list[Item]]] = defaultdict(lambda: defaultdict(list))
    for item in sorted(items, key=order):
        subjects[about(item)][like(item)].append(item)
    equals = [sorted(alike.values(), key=lambda each: (-len(each), order(each[0]))) for alike in subjects.values()]
    kept = next((count for count in range(room, 0, -1) if sum(min(count, len(each)) for each in equals) <= room), 1)
    folds = [fold for each in equals for fold in _kept(each, kept, order)]
    return tuple(sorted(folds, key=lambda fold: (-len(fold.items), order(fold.items[0]))))


def _kept(equal: list[list[Item]], count: int, order: Callable[[Item], Any]) -> list[Fold[Item]]:
    """The largest as they are, and the rest as one: `count` folds in all."""
    if len(equal) <= count:
        return [Fold(tuple(each)) for each in equal]
    rest = sorted((item for each in equal[count - 1 :] for item in each), key=order)
    return [*(Fold(tuple(each)) for each in equal[: count - 1]), Fold(tuple(rest), varied=True)]

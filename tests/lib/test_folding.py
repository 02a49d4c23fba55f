"""Folding: nothing is lost, nothing comes twice, and the order of the items does not matter."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from reconciler.lib.folding import Fold, fold_items

Item = tuple[str, int, int]
"""What it is about, its value, which one it is."""

items = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.integers(0, 10_000)), unique_by=lambda item: item[2]
)


def folded(some: list[Item], room: int) -> tuple[Fold[Item], ...]:
    return fold_items(
        some, about=lambda item: item[0], like=lambda item: item[:2], order=lambda item: item[2], room=room
    )


@given(items, st.integers(1, 20))
def test_every_item_is_in_exactly_one_fold(some: list[Item], room: int) -> None:
    assert Counter(item for fold in folded(some, room) for item in fold.items) == Counter(some)


@given(items, st.integers(1, 20), st.randoms())
def test_the_order_of_the_items_does_not_matter(some: list[Item], room: int, chance: object) -> None:
    shuffled = list(some)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert folded(shuffled, room) == folded(some, room)


@given(items, st.integers(1, 20))
def test_a_fold_is_about_one_thing_and_uniform_unless_it_is_varied(some: list[Item], room: int) -> None:
    for fold in folded(some, room):
        assert len({item[0] for item in fold.items}) == 1
        assert (len({item[:2] for item in fold.items}) > 1) is fold.varied
        assert list(fold.items) == sorted(fold.items, key=lambda item: item[2])


@given(items, st.integers(1, 20))
def test_there_are_no_more_folds_than_room_or_subjects(some: list[Item], room: int) -> None:
    assert len(folded(some, room)) <= max(room, len({item[0] for item in some}))


@given(items)
def test_with_room_for_all_only_equal_items_are_put_together(some: list[Item]) -> None:
    folds = folded(some, len(some) or 1)
    assert not any(fold.varied for fold in folds)
    assert len(folds) == len({item[:2] for item in some})


def test_the_largest_come_first_and_the_smallest_are_folded_first() -> None:
    some = [("a", 1, 1), ("a", 1, 2), ("a", 1, 3), ("a", 2, 4), ("a", 3, 5)]
    assert folded(some, 2) == (Fold(tuple(some[:3])), Fold(tuple(some[3:]), varied=True))

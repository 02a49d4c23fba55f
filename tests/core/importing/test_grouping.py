"""Groups are chosen by the lines they save."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.importing.grouping import (
    FEWEST,
    ShopSimilarity,
    group_name,
    group_shops,
    lines_saved,
    name_of_label,
    shared_labels,
    unique_name,
)

A, B, C, D = ((letter, True) for letter in "abcd")
items = st.sampled_from((A, B, C, D, ("a", False), ("b", "x")))


@st.composite
def likenesses(draw: st.DrawFn) -> ShopSimilarity:
    values = dict(draw(st.sets(items)))
    return ShopSimilarity(frozenset(values.items()), frozenset(values) | draw(st.frozensets(st.sampled_from("abcd"))))


def like(*values: tuple[str, bool], also: str = "") -> ShopSimilarity:
    return ShopSimilarity(frozenset(values), frozenset(place for place, _ in values) | frozenset(also))


def test_what_a_group_saves() -> None:
    group = frozenset({A, B, C})

    assert lines_saved(group, like(A, B, C)) == 2
    assert lines_saved(group, like(A, B)) == 0, (
        "one line to name the group, one to take out what the shop does not have"
    )
    assert lines_saved(group, like(A, B, also="c")) == 1, "the shop says something else there anyway"


def test_a_group_that_another_suits_better_is_given_up() -> None:
    """The first group would be that of all; then most of them have a better one, and it is left with a single shop."""
    alone = like(A, B)
    shops = [like(A, B, also="cd")] * 2 + [alone] + [like(A, B, C)] * 10 + [like(A, B, D)] * 10
    chosen = dict(zip(shops, group_shops(shops, ()), strict=True))

    assert set(chosen.values()) == {frozenset({A, B, C}), frozenset({A, B, D}), None}
    assert chosen[alone] is None


@given(st.lists(likenesses(), max_size=40), st.sets(st.frozensets(items, max_size=3), max_size=2))
def test_no_group_costs_a_shop_more_than_it_saves_and_no_new_one_has_few_shops(
    shops: list[ShopSimilarity], ready: set[frozenset[tuple[str, bool | str]]]
) -> None:
    chosen = group_shops(shops, sorted(ready, key=repr))

    assert all(lines_saved(group, shop) > 0 for shop, group in zip(shops, chosen, strict=True) if group is not None)
    assert all(chosen.count(group) >= FEWEST for group in chosen if group is not None and group not in ready)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"amazon.enabled": True, "seller_central.ipn_endpoint": "registered"}, "live"),
        ({"amazon.enabled": False, "seller_central.ipn_endpoint": "registered"}, "not-live"),
        ({"amazon.enabled": True, "storefront.status": "closed"}, "closed"),
        ({"seller_central.ipn_endpoint": "registered"}, "ipn"),
        ({"amazon.enabled": True, "payment.amazon_pay.pre_order": True, "payment.amazon_pay.subscription": True},
         "live-pre-order-subscription"),
        ({"payment.amazon_pay.auto_link": False}, "no-auto-link"),
        ({"amazon.messages.order_area.label": "x"}, "texts"),
        ({"amazon.messages.order_area.label": "x", "amazon.enabled": True}, "live"),
        ({"payment.amazon_pay.pre_order": False}, "common"),
    ],
)  # fmt: skip
def test_a_group_is_called_by_what_its_values_mean(values: dict[str, bool | str], name: str) -> None:
    assert group_name(values, {}) == name


def test_a_group_is_called_by_a_label_that_its_shops_alone_have() -> None:
    tea, ink, cups = {"region": "Kyoto", "wave": "1"}, {"region": "Kyoto", "wave": "2"}, {"region": "Nara", "wave": "1"}
    assert shared_labels([tea, ink], [cups, {}]) == {"region": "Kyoto"}
    assert shared_labels([tea, ink], [cups, ink]) == {}
    assert shared_labels([tea, cups], [ink]) == {"wave": "1"}
    assert shared_labels([tea, {}], []) == {}
    assert group_name({"amazon.enabled": True}, {"wave": "1", "region": "Kyoto"}) == "region-kyoto"


def test_names() -> None:
    assert [name_of_label(value) for value in ("Tokyo/East", "!", "A" * 60)] == ["tokyo-east", "common", "a" * 36]
    assert unique_name("on", {"on", "on-2"}) == "on-3"

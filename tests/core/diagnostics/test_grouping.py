"""Diagnostics that say the same of many shops are put together, and none is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.grouping import group_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Origin, ShopKey


def about(shop: str, seller: str = "A1", code: object = codes.SELLER_CHANGES) -> Diagnostic:
    return diagnostic(
        code,  # type: ignore[arg-type]
        msg("stays with the seller {seller}", seller=seller),
        hint=msg("--allow seller-changes:{shop}", shop=shop),
        shop=ShopKey(shop),
        origin=Origin(f"shops/{shop}.yaml", 4, 3),
    )


found = st.lists(
    st.builds(
        about,
        st.integers(0, 99).map("shop-{}".format),
        st.sampled_from(["A1", "A2"]),
        st.sampled_from([codes.SELLER_CHANGES, codes.UNREACHABLE]),
    ),
    unique_by=lambda each: (each.sort_key(), each.code),
)


@given(found, st.integers())
def test_each_is_in_one_group_in_any_order(some: list[Diagnostic], seed: int) -> None:
    groups = group_diagnostics(some)
    assert Counter(d.sort_key() for g in groups for d in (g.first, *g.rest)) == Counter(d.sort_key() for d in some)
    assert all(each.code == group.first.code for group in groups for each in group.rest)
    Random(seed).shuffle(some)
    assert group_diagnostics(some) == groups


def test_many_are_one_group_though_they_name_different_things() -> None:
    (group,) = group_diagnostics([about(f"shop-{n}", seller=f"A{n}") for n in range(8)])
    assert group.first.shop == "shop-0"
    assert group.other_shops == tuple(f"shop-{n}" for n in range(1, 8))


def test_a_few_stay_by_themselves() -> None:
    assert [len(group.rest) for group in group_diagnostics([about(f"shop-{n}") for n in range(5)])] == [0] * 5


def test_a_few_that_say_the_same_of_one_place_are_one_group_with_every_hint() -> None:
    place = Origin("shops/_groups/leaving.yaml", 5, 17)
    alike = [replace(about(f"shop-{n}"), origin=place) for n in range(3)]
    (group, other) = group_diagnostics([*alike, replace(about("shop-9", seller="A9"), origin=place)])
    assert (group.first, group.rest, other.rest) == (alike[0], (alike[1], alike[2]), ())
    assert list(map(str, group.other_hints)) == [f"--allow seller-changes:shop-{n}" for n in (1, 2)]
    (many,) = group_diagnostics([replace(about(f"shop-{n}"), origin=place) for n in range(8)])
    assert many.other_hints == ()


def test_the_most_severe_come_first() -> None:
    groups = group_diagnostics([about("a"), about("b", code=codes.UNREACHABLE)])
    assert [group.first.severity for group in groups] == [Severity.ERROR, Severity.REFUSED]


def test_other_sentences_are_other_groups() -> None:
    plain = [diagnostic(codes.FLEET_SHARE, msg("of the run")), diagnostic(codes.FLEET_SHARE, msg("of another"))]
    assert len(group_diagnostics(plain)) == 2
    assert group_diagnostics(plain)[0].other_shops == ()

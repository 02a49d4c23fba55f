"""Allowances that no shop matches: which are told, and what is said to have been meant."""

from __future__ import annotations

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.planning.guards import Allowed, guard, unmet
from reconciler.core.planning.plan import Plan
from reconciler.core.values import ShopKey
from tests.core.test_guards import planned, watch
from tests.examples import live, wish

KYOTO, NARA, UJI = (ShopKey(name) for name in ("kyoto-tea", "nara-ink", "uji-cups"))
NAMES = (KYOTO, NARA, UJI)


def fleet(*turned_off: ShopKey) -> Plan:
    """Three shops that stand as they should, but for those in which Amazon Pay is to be turned off."""
    pairs = ((wish(key, enabled=key not in turned_off), live(key)) for key in NAMES)
    return guard(planned(*pairs), watch())


def told(*globs: str, plan: Plan | None = None, names=NAMES, slug: str = "turning-off") -> list[tuple[str, str]]:
    """What is said to have been found, and the way on."""
    found = unmet(Allowed(grants=tuple((slug, glob) for glob in globs)), plan or fleet(UJI), names)
    assert {finding.code for finding in found} <= {codes.ALLOWED_FOR_NONE}
    assert not any(finding.stops for finding in found)
    return [(str(finding.summary), str(finding.way_on)) for finding in found]


@pytest.mark.parametrize("glob", ["*", "uji-cups", "uji-*", "kyoto-tea"])
def test_one_that_a_selected_shop_matches_is_none_whether_or_not_its_guard_holds_it(glob):
    assert told(glob) == []


def test_each_is_told_once_in_the_order_they_were_given():
    found = [summary for summary, _ in told("zzz", "uji-cups", "aaa", "zzz")]
    assert found == [
        "turning-off was allowed for 'zzz', and no shop that is selected matches",
        "turning-off was allowed for 'aaa', and no shop that is selected matches",
    ]


@pytest.mark.parametrize(
    ("glob", "plan", "way_on"),
    [
        ("uji-cup", fleet(UJI), "Did you mean uji-cups?"),
        ("nara-inc", fleet(UJI), "Did you mean nara-ink?"),
        ("osaka-*", fleet(UJI, KYOTO), "turning-off holds the shops: kyoto-tea, uji-cups"),
        (
            "osaka-*",
            fleet(),
            "turning-off holds no shop here; shops that are selected: kyoto-tea, nara-ink, uji-cups",
        ),
    ],
)
def test_what_was_meant_is_looked_for_among_what_the_guard_holds_first(glob, plan, way_on):
    assert [way for _, way in told(glob, plan=plan)] == [way_on]


def test_one_that_the_guard_holds_is_nearer_than_one_that_it_does_not():
    names = (ShopKey("uji-cupa"), *NAMES)
    assert [way for _, way in told("uji-cupz", names=names)] == ["Did you mean uji-cups?"]


def test_not_the_whole_of_a_large_fleet_is_listed():
    names = [ShopKey(f"shop-{number:02d}") for number in range(20)]
    [(_, way_on)] = told("osaka", plan=fleet(), names=names)
    assert way_on.endswith("shop-08, shop-09, ...")


def test_of_a_selection_without_shops_there_is_nothing_to_say():
    assert told("osaka", names=()) == []

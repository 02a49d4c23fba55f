"""Equal changes are put together: by field, before, after and place."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.model.state import FieldRef
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.change_groups import ChangeGroup, group_changes
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.values import ABSENT, Origin, SealedSecret, Secret, SecretRef, ShopKey
from tests.support.strategies import runs

PRE_ORDER = FieldRef("amazon_pay_payment", "pre_order")
EMAIL = FieldRef("amazon_settings", "notification_email")
ENABLED = FieldRef("amazon_settings", "enabled")
TOKEN = FieldRef("amazon_settings", "mws_auth_token")
USE = FieldRef("amazon_pay_payment", "use")
DEFAULTS = Origin("shops/_defaults.yaml", 12, 5)


def shop(key: str, *changes: Change) -> ShopPlan:
    return ShopPlan(shop=ShopKey(key), origin=Origin(f"shops/{key}.yaml"), changes=changes)


def change(ref: FieldRef, before: object, after: object, origin: Origin = DEFAULTS, **more: object) -> Change:
    return Change(**{"ref": ref, "before": before, "after": after, "reason": Reason.DECLARED, "origin": origin} | more)  # type: ignore[arg-type]


def own(key: str, ref: FieldRef, before: object, after: object) -> ShopPlan:
    return shop(key, change(ref, before, after, Origin(f"shops/{key}.yaml", 7, 3)))


def members(groups: tuple[ChangeGroup, ...]) -> Counter[tuple[str, str, str]]:
    return Counter((m.shop, str(m.change.ref), m.change.reason.value) for g in groups for m in g.members)


@given(st.lists(runs(), max_size=4), st.integers(1, 10), st.integers())
def test_every_change_of_every_shop_is_in_one_group_in_any_order(
    made: list[tuple[object, object]], room: int, seed: int
) -> None:
    shops = [
        replace(each, shop=ShopKey(f"{each.shop}-{nth}"))
        for nth, (plan, _) in enumerate(made)
        for each in plan.shops  # type: ignore[attr-defined]
    ]
    groups = group_changes(shops, room)
    assert members(groups) == Counter((s.shop, str(c.ref), c.reason.value) for s in shops for c in s.changes)
    Random(seed).shuffle(shops)
    assert group_changes(shops, room) == groups
    for group in groups:
        assert len({member.change.ref for member in group.members}) == 1
        assert len(set(group.shops)) == len(group.members)


def test_what_a_shared_file_declares_is_one_group() -> None:
    (group,) = group_changes([shop(key, change(PRE_ORDER, False, True)) for key in ("b", "a", "c")], 10)
    assert (group.shops, group.origin, group.varied) == (("a", "b", "c"), DEFAULTS, False)


def test_the_same_value_in_each_shops_own_manifest_is_one_group() -> None:
    (group,) = group_changes([own(key, EMAIL, ABSENT, "pay@x.example") for key in ("a", "b")], 10)
    assert group.origin is None
    assert not group.varied


def test_another_value_before_or_place_is_another_group() -> None:
    shops = [
        shop("a", change(PRE_ORDER, False, True)),
        shop("b", change(PRE_ORDER, ABSENT, True)),
        shop("c", change(PRE_ORDER, False, True, Origin("shops/_groups/x.yaml", 3, 5))),
        own("d", PRE_ORDER, False, True),
    ]
    groups = group_changes(shops, 10)
    assert sorted(group.shops for group in groups) == [("a",), ("b",), ("c",), ("d",)]
    assert {group.shops: group.origin for group in groups}[ShopKey("d"),] == Origin("shops/d.yaml", 7, 3)


def test_values_of_which_each_shop_has_its_own_become_one_varied_group() -> None:
    shops = [own(f"shop-{n:03}", EMAIL, ABSENT, f"pay@shop-{n:03}.example") for n in range(100)]
    groups = group_changes(shops, 10)
    assert [len(group.members) for group in groups] == [91, *[1] * 9]
    assert [group.varied for group in groups] == [True, *[False] * 9]
    assert groups[0].origin is None


def test_true_is_not_the_text_true() -> None:
    assert len(group_changes([own("a", EMAIL, ABSENT, True), own("b", EMAIL, ABSENT, "True")], 10)) == 2


def test_secrets_are_alike_since_none_is_shown() -> None:
    ref = SecretRef("ref+env://TOKEN")
    shops = [
        own("a", TOKEN, SealedSecret("00", "aa"), Secret("amzn.mws.1", ref)),
        own("b", TOKEN, SealedSecret("11", "bb"), Secret("amzn.mws.2", ref)),
    ]
    assert len(group_changes(shops, 10)) == 1


def test_a_derived_change_is_below_its_cause() -> None:
    follows = {"reason": Reason.DERIVED, "caused_by": ENABLED}
    shops = [
        shop(
            key,
            change(USE, False, True, **follows),
            change(ENABLED, False, True),
            change(PRE_ORDER, False, True),
        )
        for key in ("a", "b")
    ] + [shop("c", change(PRE_ORDER, False, True))]
    assert [group.change.ref for group in group_changes(shops, 10)] == [PRE_ORDER, ENABLED, USE]

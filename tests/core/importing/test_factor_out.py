"""What is moved into shared files; the merged layers give back each shop's own profile."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.importing.factor_out import ExistingLayers, FactoredLayers, FactorOptions, NewShop, factor_out
from reconciler.core.importing.grouping import mentions_shop, shareable_as_default, shareable_in_group
from reconciler.core.model.layers import Profile, overlay
from reconciler.core.model.policy import Sharing
from reconciler.core.values import ShopKey
from tests.support.strategies import CLIENTS, MAILS, SELLERS

ON = {"amazon.enabled": True, "seller_central.ipn_endpoint": "registered", "storefront.status": "open"}
OFF = {"amazon.enabled": False, "seller_central.ipn_endpoint": "absent", "storefront.status": "open"}
SALES = {"payment.amazon_pay.pre_order": False, "payment.amazon_pay.subscription": False}
TEXT = "amazon.messages.order_area.label"
KEYS = tuple(ShopKey(f"shop-{letter}") for letter in "abcdefgh")

profiles = st.fixed_dictionaries(
    {},
    optional={
        "amazon.enabled": st.booleans(),
        "amazon.api.seller_id": st.sampled_from(SELLERS),
        "amazon.api.client_id": st.sampled_from(CLIENTS),
        "amazon.api.mws_auth_token": st.sampled_from(("pre-set", "ref+env://A", "ref+env://B")),
        "amazon.notification.email": st.sampled_from((*MAILS, "agency@pay.example")),
        TEXT: st.sampled_from(("Amazon Pay", "お支払い", "")),
        "amazon.messages.order_area.message": st.just("one\ntwo"),
        "payment.amazon_pay.pre_order": st.booleans(),
        "payment.amazon_pay.subscription": st.booleans(),
        "seller_central.ipn_endpoint": st.sampled_from(("registered", "absent")),
        "storefront.status": st.sampled_from(("open", "closed")),
    },
)
labels = st.dictionaries(st.just("wave"), st.sampled_from(("canary", "Rest of all", "!")))


@st.composite
def grounds(draw: st.DrawFn) -> ExistingLayers:
    if draw(st.booleans()):
        return ExistingLayers()
    defaults = draw(profiles)
    groups = {
        name: overlay(draw(profiles), defaults) for name in draw(st.sets(st.sampled_from(("old", "on", "common"))))
    }
    plain = draw(st.sets(st.sampled_from(sorted(groups)))) if groups else set()
    return ExistingLayers(defaults=defaults, groups=groups, plain=frozenset(plain), fresh=False)


@st.composite
def fleets(draw: st.DrawFn) -> tuple[list[NewShop], ExistingLayers]:
    ground = draw(grounds())
    alike = draw(st.lists(profiles, min_size=1, max_size=3))
    members = [
        NewShop(
            shop=key,
            values=draw(st.sampled_from(alike) | profiles),
            group=draw(st.none() | st.sampled_from(sorted(ground.groups))) if ground.groups else None,
            labels=draw(labels),
        )
        for key in draw(st.lists(st.sampled_from(KEYS), unique=True))
    ]
    return members, ground


minings = st.builds(FactorOptions, share=st.integers(1, 100), label=st.none() | st.just("wave"), flat=st.booleans())


def laid(result: FactoredLayers, ground: ExistingLayers) -> dict[ShopKey, Profile]:
    """What the reader of manifests makes of the files."""
    lowest = result.defaults if ground.fresh else ground.defaults
    groups = {name: overlay(values, lowest) for name, values in result.groups.items()} | dict(ground.groups)
    return {own.shop: overlay(own.values, groups[own.group] if own.group else lowest) for own in result.shops}


@given(fleets(), minings)
def test_the_layers_give_back_exactly_each_shops_profile(
    fleet: tuple[list[NewShop], ExistingLayers], mining: FactorOptions
) -> None:
    members, ground = fleet

    assert laid(factor_out(members, ground, mining), ground) == {m.shop: m.values for m in members}


@given(fleets(), minings, st.randoms(use_true_random=False))
def test_the_order_of_the_shops_does_not_matter(
    fleet: tuple[list[NewShop], ExistingLayers], mining: FactorOptions, chance: random.Random
) -> None:
    members, ground = fleet
    shuffled = list(members)
    chance.shuffle(shuffled)
    shuffled = [
        NewShop(shop=m.shop, values=dict(reversed(m.values.items())), group=m.group, labels=m.labels) for m in shuffled
    ]

    assert factor_out(shuffled, ground, mining) == factor_out(members, ground, mining)


@given(fleets(), minings)
def test_no_id_no_secret_and_no_shops_name_is_in_a_shared_file(
    fleet: tuple[list[NewShop], ExistingLayers], mining: FactorOptions
) -> None:
    members, ground = fleet
    result = factor_out(members, ground, mining)

    for values in (result.defaults, *result.groups.values()):
        assert not any(place.startswith("amazon.api.") for place in values)
        assert values.get("amazon.notification.email") in (None, "agency@pay.example", *MAILS)
    assert not {"amazon.enabled", "storefront.status", "seller_central.ipn_endpoint"} & set(result.defaults)


@given(fleets(), minings)
def test_what_is_there_already_is_not_written_again(
    fleet: tuple[list[NewShop], ExistingLayers], mining: FactorOptions
) -> None:
    members, ground = fleet
    result = factor_out(members, ground, mining)

    assert not set(result.groups) & set(ground.groups)
    assert ground.fresh or not result.defaults
    assert all(
        own.group == member.group
        for own, member in zip(result.shops, sorted(members, key=lambda m: m.shop), strict=True)
        if member.group
    )


def member(key: str, **more: object) -> NewShop:
    values = {"amazon.api.seller_id": SELLERS[0], **(ON | SALES), **more}
    return NewShop(shop=ShopKey(key), values={place: value for place, value in values.items() if value is not None})  # type: ignore[misc]


def shops(count: int, **more: object) -> list[NewShop]:
    return [member(f"shop-{number}", **more) for number in range(count)]


def test_a_fleet_that_is_alike_becomes_defaults_a_group_and_ids() -> None:
    result = factor_out(shops(5), ExistingLayers(), FactorOptions())

    assert result.defaults == SALES
    assert result.groups == {"live": ON}
    assert {own.group for own in result.shops} == {"live"}
    assert [dict(own.values) for own in result.shops] == [{"amazon.api.seller_id": SELLERS[0]}] * 5


def test_a_shop_that_leaves_unmanaged_what_the_others_have_takes_it_out() -> None:
    selling = {"payment.amazon_pay.pre_order": True}
    missing = {"payment.amazon_pay.subscription": None, "storefront.status": None}
    result = factor_out([*shops(8, **selling), member("odd", **selling, **missing)], ExistingLayers(), FactorOptions())
    odd = next(own for own in result.shops if own.shop == "odd")

    assert odd.group == "live-pre-order"
    assert odd.values == {"amazon.api.seller_id": SELLERS[0]} | missing


def test_what_sells_is_never_in_the_defaults() -> None:
    """A shop with a small manifest must not start to sell by inheritance."""
    result = factor_out(shops(5, **{"payment.amazon_pay.pre_order": True}), ExistingLayers(), FactorOptions())

    assert result.defaults == {"payment.amazon_pay.subscription": False}
    assert result.groups == {"live-pre-order": ON | {"payment.amazon_pay.pre_order": True}}


def test_shops_that_are_unlike_become_groups_of_their_own() -> None:
    off = [member(f"off-{number}", **OFF) for number in range(4)]
    result = factor_out([*shops(9), *off], ExistingLayers(), FactorOptions())

    assert result.groups == {"not-live": OFF, "live": ON}
    assert [own.group for own in result.shops] == ["not-live"] * 4 + ["live"] * 9


def test_two_shops_are_not_a_fleet() -> None:
    result = factor_out(shops(2), ExistingLayers(), FactorOptions())

    assert (result.defaults, result.groups) == ({}, {})
    assert [own.values for own in result.shops] == [m.values for m in shops(2)]


def test_a_smaller_share_is_not_common() -> None:
    members = [*shops(6), *(member(f"none-{number}", **dict.fromkeys(SALES)) for number in range(4))]

    assert factor_out(members, ExistingLayers(), FactorOptions(share=61)).defaults == {}
    assert factor_out(members, ExistingLayers(), FactorOptions(share=60)).defaults == SALES


def test_flat_files_say_everything_by_themselves() -> None:
    result = factor_out(shops(5), ExistingLayers(), FactorOptions(flat=True))

    assert (result.defaults, result.groups) == ({}, {})
    assert [own.values for own in result.shops] == [m.values for m in shops(5)]


def test_a_group_that_is_there_and_grants_nothing_is_used_again() -> None:
    ground = ExistingLayers(groups={"shops": ON, "kept": ON}, plain=frozenset({"shops"}), fresh=False)
    result = factor_out(shops(4), ground, FactorOptions())

    assert {own.group for own in result.shops} == {"shops"}
    assert result.groups == {}


def test_a_group_that_grants_more_than_values_is_left_to_people() -> None:
    ground = ExistingLayers(groups={"live": ON | SALES}, plain=frozenset(), fresh=False)
    result = factor_out(shops(5), ground, FactorOptions())

    assert result.groups == {"live-2": ON | SALES}


def test_a_shop_stays_in_the_group_that_it_was_put_into() -> None:
    ground = ExistingLayers(groups={"mine": OFF}, fresh=False)
    put = NewShop(shop=ShopKey("one"), values=ON, group="mine")

    (own,) = factor_out([put], ground, FactorOptions(flat=True)).shops

    assert (own.group, own.values) == ("mine", {"amazon.enabled": True, "seller_central.ipn_endpoint": "registered"})


def test_groups_by_a_label() -> None:
    def labelled(label: str, count: int) -> list[NewShop]:
        names = (ShopKey(f"{label.lower()[:3]}-{number}") for number in range(count))
        return [NewShop(shop=name, values=ON | SALES, labels={"wave": label}) for name in names]

    result = factor_out(
        [*labelled("Tokyo_East", 3), *labelled("few", 2), member("none")], ExistingLayers(), FactorOptions(label="wave")
    )

    assert result.groups == {"tokyo-east": ON}
    assert {own.shop: own.group for own in result.shops} == {
        "few-0": None, "few-1": None, "none": None, **dict.fromkeys(("tok-0", "tok-1", "tok-2"), "tokyo-east"),
    }  # fmt: skip


def test_a_group_that_too_few_end_up_in_is_given_up() -> None:
    """The sets that many shops have may be taken from each other: none is left with two shops."""
    members = [
        *(member(f"a-{n}", **{TEXT: "x"}) for n in range(3)),
        *(member(f"b-{n}", **{"payment.amazon_pay.pre_order": True, TEXT: "x"}) for n in range(4)),
        *(member(f"c-{n}", **{"payment.amazon_pay.pre_order": True}) for n in range(5)),
        *(member(f"d-{n}", **OFF, **{TEXT: "x"}) for n in range(3)),
    ]
    result = factor_out(members, ExistingLayers(), FactorOptions())
    users = [own.group for own in result.shops]

    assert all(users.count(group) >= 3 for group in result.groups)


def test_an_agencys_mail_may_be_a_groups_and_a_shops_never() -> None:
    agency = factor_out(
        shops(5, **{"amazon.notification.email": "agency@pay.example"}), ExistingLayers(), FactorOptions()
    )
    own = factor_out(shops(5, **{"amazon.notification.email": "pay@shop-1.example"}), ExistingLayers(), FactorOptions())

    assert agency.groups["live"]["amazon.notification.email"] == "agency@pay.example"
    assert "amazon.notification.email" not in own.groups["live"]


def test_what_names_a_shop() -> None:
    tea = [ShopKey("kyoto-tea")]
    assert mentions_shop("pay@kyoto-tea.example", tea)
    assert mentions_shop("kyototea@mail.example", tea)
    assert mentions_shop("info@Kyoto.example", tea)
    assert not mentions_shop("tea@agency.example", tea)


def test_what_the_policy_lets_be_shared() -> None:
    assert shareable_as_default(TEXT, "x")
    assert shareable_as_default("payment.amazon_pay.pre_order", False)
    assert not shareable_as_default("payment.amazon_pay.pre_order", True)
    assert not shareable_as_default("amazon.enabled", False)
    assert not shareable_in_group("amazon.api.mws_auth_token", "pre-set", [])
    assert not shareable_in_group("labels.wave", "canary", [])
    assert shareable_in_group("amazon.enabled", True, [])
    assert len(Sharing) == 5

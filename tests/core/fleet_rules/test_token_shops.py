"""Which shops a rotation of one merchant's token concerns."""

import pytest

from reconciler.core.fleet_rules.token_shops import TokenShops, declared_seller, token_shops, users_of
from reconciler.core.model.state import Desired
from reconciler.core.values import PRE_SET, UNSET, Secret, SecretRef
from tests.support.example_worlds import desired_with

ONE, TWO = SecretRef("ref+env://ONE"), SecretRef("ref+env://TWO")


def shop(key: str, seller: object = "A1", token: object = ONE) -> Desired:
    return desired_with(key, seller_id=seller, mws_auth_token=token)


def keys(shops: tuple[Desired, ...]) -> str:
    return " ".join(shop.shop for shop in shops)


def found(target: str, *fleet: Desired) -> TokenShops:
    group = token_shops(target, fleet)
    assert group is not None
    return group


@pytest.mark.parametrize("target", ["A1", "a", "b", "ref+env://ONE"])
def test_a_seller_a_shop_and_a_reference_mean_all_shops_of_the_merchant(target: str) -> None:
    group = found(target, shop("b"), shop("a"), shop("c", token=TWO), shop("x", "A2", SecretRef("ref+env://X")))
    assert group.seller == "A1"
    assert keys(group.shops) == "a b c"
    assert {ref.uri: keys(shops) for ref, shops in group.by_reference.items()} == {
        "ref+env://ONE": "a b",
        "ref+env://TWO": "c",
    }


def test_a_shop_without_a_seller_belongs_to_those_that_share_its_reference() -> None:
    assert keys(found("b", shop("a"), shop("b", UNSET)).shops) == "a b"
    alone = found("b", shop("a", token=TWO), shop("b", UNSET), shop("c", UNSET))
    assert (alone.seller, keys(alone.shops)) == (None, "b c")


def test_a_secret_that_was_resolved_counts_by_its_reference() -> None:
    assert keys(found("ref+env://ONE", shop("a", token=Secret("x", ONE)), shop("b")).shops) == "a b"


@pytest.mark.parametrize("token", [PRE_SET, UNSET])
def test_shops_without_a_reference_are_named_apart(token: object) -> None:
    group = found("A1", shop("a"), shop("b", token=token))
    assert (keys(group.shops), keys(group.others)) == ("a", "b")
    assert keys(found("b", shop("b", UNSET, token)).others) == ""


def test_shops_of_another_seller_that_share_the_secret_are_foreign() -> None:
    group = found("A1", shop("a"), shop("x", "A2"), shop("y", "A2", TWO))
    assert (keys(group.shops), keys(group.foreign)) == ("a", "x")


def test_nothing_is_known_by_another_name() -> None:
    assert token_shops("A9", [shop("a")]) is None


def test_who_else_refers_to_a_secret() -> None:
    fleet = [shop("a"), shop("x", "A2", TWO), shop("y", "A3", PRE_SET)]
    assert keys(users_of(TWO, found("A1", *fleet), fleet)) == "x"
    assert users_of(ONE, found("A1", *fleet), fleet) == ()
    assert declared_seller(fleet[1]) == "A2"

"""One ClientId or one token for two sellers: each shop is reported, and no token is shown."""

import pytest

from reconciler.core.fleet_rules import check_fleet
from reconciler.core.values import PRE_SET, Secret, SecretRef
from tests.support.example_worlds import desired_with
from tests.support.strategies import CLIENTS, SELLERS, TOKENS

ONE, OTHER = SELLERS[:2]


def resolved(value: str, name: str) -> Secret:
    return Secret(value, SecretRef(f"ref+env://{name}"))


def printed(*shops) -> list[tuple[str, str]]:
    return [(found.shop, found.code.slug) for found in check_fleet(shops)]


@pytest.mark.parametrize(
    ("first", "second", "slugs"),
    [
        ({"client_id": CLIENTS[0]}, {"client_id": CLIENTS[0]}, ["client-of-two-sellers"]),
        ({"client_id": CLIENTS[0]}, {"client_id": CLIENTS[1]}, []),
        ({"mws_auth_token": SecretRef("ref+env://A")}, {"mws_auth_token": SecretRef("ref+env://A")}, ["token"]),
        ({"mws_auth_token": SecretRef("ref+env://A")}, {"mws_auth_token": SecretRef("ref+env://B")}, []),
        ({"mws_auth_token": resolved(TOKENS[0], "A")}, {"mws_auth_token": resolved(TOKENS[0], "B")}, ["token"]),
        ({"mws_auth_token": resolved(TOKENS[0], "A")}, {"mws_auth_token": resolved(TOKENS[1], "B")}, []),
        ({"mws_auth_token": PRE_SET}, {"mws_auth_token": PRE_SET}, []),
    ],
)
def test_an_identity_belongs_to_one_seller(first, second, slugs):
    names = ["token-of-two-sellers" if slug == "token" else slug for slug in slugs]
    shops = (desired_with("a", seller_id=ONE, **first), desired_with("b", seller_id=OTHER, **second))
    assert printed(*shops) == [(shop, name) for name in names for shop in ("a", "b")]
    assert all(found.blocking for found in check_fleet(shops))


def test_shops_of_one_seller_may_share_and_shops_without_one_are_not_judged():
    shared = {"client_id": CLIENTS[0], "mws_auth_token": resolved(TOKENS[0], "A")}
    assert printed(desired_with("a", seller_id=ONE, **shared), desired_with("b", seller_id=ONE, **shared)) == []
    assert printed(desired_with("a", **shared), desired_with("b", seller_id=ONE, **shared)) == []


def test_the_others_are_named_and_the_token_is_not_shown():
    shops = [
        desired_with(f"shop-{number}", seller_id=SELLERS[number % 2], mws_auth_token=resolved(TOKENS[0], f"T{number}"))
        for number in range(14)
    ]
    first = check_fleet(shops)[0]
    assert f"shop-1 ({OTHER})" in str(first.summary)
    assert str(first.summary).endswith(", ... elsewhere")
    assert not any(TOKENS[0] in str(found.summary) for found in check_fleet(shops))

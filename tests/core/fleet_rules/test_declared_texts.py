"""Texts that shoppers read: the spelling of the brand, and invisible characters."""

import pytest

from reconciler.core.fleet_rules import check_fleet
from reconciler.core.values import ABSENT
from tests.support.example_worlds import desired_with


def printed(text: str) -> list[str]:
    return [found.code.slug for found in check_fleet([desired_with("a", messages={"order_area.label": text})])]


@pytest.mark.parametrize(
    "text",
    [
        "Amazon Payでお支払い",
        "Pay with Amazon Pay.",
        "https://amazonpay.example/help",
        "amazon-pay@kyoto-tea.example",
        "Amazonペイメント",
        "Amazonアカウント",
        "",
    ],
)
def test_the_brand_and_what_is_no_spelling_of_it_are_left_alone(text):
    assert printed(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "AmazonPayで",
        "amazon pay",
        "Amazon pay",
        "AMAZON PAY",
        "Amazon  Pay",
        "アマゾンペイ",
        "Amazonペイ",
        "Ａｍａｚｏｎ Ｐａｙ",
    ],
)
def test_another_spelling_is_pointed_at(text):
    assert printed(text) == ["brand-spelling"]


@pytest.mark.parametrize("character", ["\u3164", "\u2800", "\ufe0f", "\u200b"])
def test_an_invisible_character_is_named(character):
    (found,) = check_fleet([desired_with("a", messages={"order_area.label": f"Amazon Pay{character}"})])
    assert found.code.slug == "invisible-character"
    assert f"U+{ord(character):04X}" in str(found.summary)
    assert not found.blocking


def test_a_text_that_is_to_be_empty_is_not_judged():
    assert check_fleet([desired_with("a", messages={"order_area.label": ABSENT})]) == ()


def test_a_text_that_shops_inherit_from_one_line_is_reported_once():
    shops = [
        desired_with("a", messages={"order_area.label": "AmazonPay"}),
        desired_with("b", messages={"order_area.label": "AmazonPay"}),
    ]
    assert [found.shop for found in check_fleet(shops)] == ["a", "b"]
    line = shops[0].origin
    shared = [type(shop)(shop=shop.shop, values=shop.values, origin=line) for shop in shops]
    assert [found.shop for found in check_fleet(shared)] == [None]

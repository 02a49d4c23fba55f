"""Buying at the shop: over Amazon and back, and what happens when it does not work out."""

from __future__ import annotations

import pytest

from tests.browser.people import go_to_amazon, press, put_into_cart, text_of
from tests.embedded.harness import OSAKA

pytestmark = pytest.mark.browser

NUMBER = "100000000004"


@pytest.fixture
def shopper(open_browser):
    return open_browser(width=360)


def test_w08_an_order_over_amazon_is_captured_at_seller_central(shopper, sign_in, world) -> None:
    """W8: S1, Amazon, S2, 完了, 売上請求. Only a notification makes the order 入金済."""
    put_into_cart(shopper, OSAKA, "玉露 50g")
    go_to_amazon(shopper)
    shopper.get_by_label("600-8001").check()
    press(shopper, "続行")
    assert "京都府京都市下京区1" in text_of(shopper)
    shopper.get_by_label("お届け時間帯").select_option("午前中")
    shopper.get_by_label("通信事項").fill("置き配でお願いします")
    press(shopper, "注文を確定する")
    assert NUMBER in text_of(shopper)
    shopper.reload()
    shopper.go_back()
    shopper.wait_for_url("**/shop/**")
    page = sign_in(OSAKA)
    page.goto(f"/admin/shops/{OSAKA}/orders/{NUMBER}")
    for text in ("置き配でお願いします", "京都府京都市下京区1", "未入金", "午前中"):
        assert text in text_of(page)
    page.goto(f"/admin/seller-central/{OSAKA}/transactions/{NUMBER}")
    press(page, "売上請求")
    page.goto(f"/admin/shops/{OSAKA}/orders/{NUMBER}")
    assert "売上請求" in text_of(page)


def test_w09_a_declined_card_orders_nothing_and_another_one_does(shopper, world) -> None:
    """W9 at the shop: the sentence in the cart, then another card."""
    put_into_cart(shopper, OSAKA, "玉露 50g")
    go_to_amazon(shopper)
    shopper.get_by_label("カード 末尾3434").check()
    press(shopper, "続行")
    press(shopper, "注文を確定する")
    alert = shopper.get_by_role("alert").inner_text()
    assert alert == "決済が失敗しました。他のお支払い方法を選択して再度お試しください。"
    press(shopper, "Amazon Pay")
    press(shopper, "続行")
    press(shopper, "注文を確定する")
    assert NUMBER in text_of(shopper)


def test_w11_a_sale_type_that_is_off_hides_the_button_of_its_cart_only(open_browser, world) -> None:
    """W11: 予約 off."""
    world.merchant_edits(OSAKA, {"preOrder": False})
    early, usual = open_browser(), open_browser()
    put_into_cart(early, OSAKA, "新刊 <予約>")
    put_into_cart(usual, OSAKA, "玉露 50g")
    assert early.get_by_role("button", name="Amazon Pay").count() == 0
    assert usual.get_by_role("button", name="Amazon Pay").count() == 1


def test_the_button_is_disabled_after_the_first_press(shopper) -> None:
    put_into_cart(shopper, OSAKA, "玉露 50g")
    go_to_amazon(shopper)
    press(shopper, "続行")
    pressed = shopper.get_by_role("button", name="注文を確定する")
    keep = "document.forms[document.forms.length - 1].addEventListener('submit', event => event.preventDefault())"
    shopper.evaluate(keep)  # as if the answer took long
    pressed.click()
    shopper.wait_for_function("document.querySelector('[data-once] button').disabled", timeout=10_000)

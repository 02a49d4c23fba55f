"""The whole checkout in other ways than with a mouse and scripts, and what comes between."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.goods import MARI, MEMBER, PASSWORD
from tests.browser.people import go_to_amazon, press, put_into_cart, text_of
from tests.embedded.harness import OSAKA

pytestmark = pytest.mark.browser

TEA, MONTHLY = "玉露 50g", "毎月のおたのしみ便"
THANKS = "ご注文ありがとうございました。"
TABS = 60
"""More than any page of the checkout has."""


def tab_to(page: Any, wanted: Any) -> None:
    for _ in range(TABS):
        if wanted.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def press_by_key(page: Any, name: str) -> None:
    tab_to(page, page.get_by_role("button", name=name, exact=True))
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_into(page: Any, label: str, text: str) -> None:
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def test_an_order_is_made_with_the_keyboard_alone(open_browser) -> None:
    page = open_browser()
    page.goto(f"/shop/{OSAKA}/")
    press_by_key(page, f"{TEA}をカートに入れる")
    press_by_key(page, "Amazon Pay")
    type_into(page, "Eメールアドレス", MARI)
    type_into(page, "パスワード", PASSWORD)
    press_by_key(page, "ログイン")
    press_by_key(page, f"{MEMBER}として続行")
    tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("ArrowDown")
    press_by_key(page, "続行")
    assert "京都府京都市下京区1" in text_of(page)
    type_into(page, "通信事項", "置き配でお願いします")
    press_by_key(page, "注文を確定する")
    assert THANKS in text_of(page)


def test_an_order_is_made_without_scripts(open_browser) -> None:
    page = open_browser(java_script_enabled=False)
    put_into_cart(page, OSAKA, TEA)
    page.get_by_label(f"{TEA}の数量").fill("2")
    press(page, "数量を変更する")
    go_to_amazon(page)
    press(page, "続行")
    page.get_by_role("link", name="お支払い方法を変更する").click()
    page.get_by_label("カード 末尾1111").check()
    press(page, "続行")
    press(page, "注文を確定する")
    assert THANKS in text_of(page)
    assert "5,000円" in text_of(page)


def test_a_subscription_needs_the_consent_to_be_charged_again(open_browser, world) -> None:
    world.merchant_edits(OSAKA, {"subscription": True})
    page = open_browser()
    put_into_cart(page, OSAKA, MONTHLY)
    go_to_amazon(page)
    press(page, "続行")
    assert page.get_by_role("heading", level=1).inner_text() == "Amazon Pay専用「お申込み手続き」"
    for text in ("お届けサイクル", "次回お届け予定日", "毎回のお支払い金額"):
        assert text in text_of(page)
    consent = page.get_by_role("checkbox", name="自動的に支払うことに同意する")
    assert not consent.is_checked()
    assert press(page, "申込みを確定する") == 422
    page.locator("#error-summary:focus").wait_for()
    consent.check()
    press(page, "申込みを確定する")
    assert THANKS in text_of(page)


def test_a_buyer_who_cancels_is_back_in_the_cart(open_browser) -> None:
    page = open_browser()
    put_into_cart(page, OSAKA, TEA)
    go_to_amazon(page)
    press(page, "キャンセル")
    alert = page.get_by_role("alert").inner_text()
    assert alert == "決済がキャンセルされました。もう一度お試しください。"
    assert page.get_by_text(TEA).first.is_visible()


def test_a_shop_that_closes_in_mid_checkout_takes_no_order(open_browser, world) -> None:
    page = open_browser()
    put_into_cart(page, OSAKA, TEA)
    go_to_amazon(page)
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    assert press(page, "続行") == 503
    assert "現在、閉店しております。" in text_of(page)
    assert "100000000004" not in str(world.changes(OSAKA))

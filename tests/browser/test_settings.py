"""Amazon設定 and what follows from it, as a merchant sees them."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.embedded.resources.screens.page_parts import PARTS
from tests.browser.people import (
    SETTINGS,
    fill_in,
    focused,
    press,
    put_into_cart,
    save,
    set_storefront,
    statuses,
    text_of,
)
from tests.embedded.harness import CLIENT, EMAIL, KOBE, KYOTO, OSAKA, OTHER_SELLER, PRE_SET, SELLER, TOKEN

pytestmark = pytest.mark.browser

SITE_URL = "https://ipn.platform.example/amazon-pay/osaka-books"
REFUSAL = "「利用設定」は「店舗閉店時」のみ変更できます。店舗を閉店してから設定してください。"


def settings(world, shop: str) -> dict[str, Any]:
    return dict(world.integration(shop)["amazonSettings"]["value"])


def row_of_amazon_pay(page: Any, shop: str) -> list[str]:
    """決済一覧: 利用設定, 通常販売, 予約販売, 定期・頒布会販売."""
    page.goto(f"/admin/shops/{shop}/payment-methods")
    return [text.partition("\n")[0] for text in page.locator("#amazon-pay td").all_inner_texts()[:4]]


def buttons_in_cart(page: Any, shop: str, product: str = "玉露 50g") -> int:
    """S1, with something in the cart."""
    put_into_cart(page, shop, product)
    return int(page.get_by_role("button", name="Amazon Pay", exact=True).count())


def test_w01_amazon_pay_is_turned_on_while_closed_and_everything_follows(sign_in, open_browser, world) -> None:
    """W1: refused while the shop is open; then closed, turned on, opened. 予約 and 定期 do not follow, the rest does."""
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    world.merchant_edits(OSAKA, {"useAmazon": False})
    page = sign_in(OSAKA)
    page.get_by_label("利用する").check()
    world.merchant_edits(OSAKA, {"storefront": "OPEN"})
    assert save(page) == 423
    assert page.locator("#use_amazon-error").inner_text() == REFUSAL
    assert page.get_by_label("利用する").is_disabled()
    assert row_of_amazon_pay(page, OSAKA) == ["利用しない", "利用しない", "利用する", "利用しない"]

    set_storefront(page, OSAKA, "閉店")
    page.goto(SETTINGS.format(OSAKA))
    page.get_by_label("利用する").check()
    save(page)
    assert statuses(page) == ["保存しました。決済一覧の「Amazon Pay」を「利用する」に変更しました。"]
    assert row_of_amazon_pay(page, OSAKA) == ["利用する", "利用する", "利用する", "利用しない"]
    page.goto(f"/admin/shops/{OSAKA}/amazon-pay")
    assert "通常販売\n利用する" in text_of(page).replace("\n\n", "\n")
    assert page.get_by_role("group", name="予約販売").get_by_label("利用する").is_checked()
    assert not page.get_by_role("group", name="定期・頒布会販売").get_by_label("利用する").is_checked()
    page.goto(f"/admin/shops/{OSAKA}/messages")
    assert page.get_by_text("出力中", exact=True).count() == len(PARTS)

    set_storefront(page, OSAKA, "開店")
    page.goto(SETTINGS.format(OSAKA))
    assert "Amazonボタン: 表示中" in text_of(page)
    assert buttons_in_cart(open_browser(), OSAKA) == 1


def test_w02_a_missing_item_leaves_the_site_without_a_button(sign_in, open_browser, world) -> None:
    """W2: 利用する with an item missing, which the contract accepts and this page does not."""
    world.merchant_edits(KYOTO, {"useAmazon": True, "sellerId": SELLER, "clientId": CLIENT, "mwsAuthToken": TOKEN})
    world.merchant_edits(KYOTO, {"storefront": "OPEN"})
    page = sign_in(KYOTO)
    banner = page.get_by_text("未設定の項目があるため、サイトにAmazonボタンは表示されません: ")
    assert banner.inner_text().endswith(": 通知メールアドレス")
    assert "Amazonボタン: 非表示（未設定の項目があります）" in text_of(page)
    shopper = open_browser()
    assert buttons_in_cart(shopper, KYOTO) == 0
    world.merchant_edits(KYOTO, {"notificationEmail": EMAIL})
    shopper.reload()
    assert buttons_in_cart(shopper, KYOTO) == 1


def test_a_blank_of_a_shop_in_use_is_refused(sign_in, world) -> None:
    world.merchant_edits(KYOTO, {"useAmazon": True, "storefront": "OPEN"})
    page = sign_in(KYOTO)
    assert save(page) == 422
    assert page.locator("#notification_email-error").inner_text() == "通知メールアドレスを入力してください。"


def test_w04_wrong_api_values_end_on_a_page_of_their_own(sign_in, world) -> None:
    """W4: nothing is stored, the token is in no page, and the way back shows the other values again."""
    page = sign_in(KYOTO)
    fill_in(page, client_id="wrong")
    page.locator("#mws_auth_token").fill(TOKEN)
    assert save(page) == 422
    assert page.get_by_role("heading", level=1).inner_text() == "エラー"
    assert "API設定に登録された値が正しくありません。" in text_of(page)
    assert "このClientIdはAmazonに登録されていません。" in text_of(page)
    assert TOKEN not in page.content()
    press(page, "入力画面に戻る")
    assert page.locator("#client_id").input_value() == "wrong"
    assert page.locator("#mws_auth_token").input_value() == ""
    assert TOKEN not in page.content()
    assert settings(world, KYOTO)["sellerId"] is None
    assert settings(world, KYOTO)["notificationEmail"] is None


def test_w05_a_pre_set_token_has_no_field_and_a_forged_one_is_refused(sign_in, world) -> None:
    """W5: the literal of the manual is plain text; a form with a token in it is refused."""
    before = settings(world, KOBE)
    page = sign_in(KOBE)
    assert page.get_by_text(PRE_SET).first.is_visible()
    assert page.locator("[name=mws_auth_token]").count() == 0
    page.evaluate(
        """token => document.querySelector('#seller_id').form.append(
            Object.assign(document.createElement('input'), {name: 'mws_auth_token', value: token}))""",
        TOKEN,
    )
    assert save(page) == 409
    assert (
        page.locator("#mws_auth_token-error").inner_text()
        == "あらかじめセットされています。削除や変更をしないでください。"
    )
    assert TOKEN not in page.content()
    assert settings(world, KOBE) == before


def test_w06_the_mail_address_is_saved_while_the_shop_is_open(sign_in, world) -> None:
    """W6: only 利用する waits for a closed shop, so the form of an open one does not post it."""
    page = sign_in(OSAKA)
    assert page.get_by_label("利用する").is_disabled()
    page.locator("#notification_email").fill("new@osaka-books.example")
    with page.expect_request(lambda request: request.method == "POST") as posted:
        save(page)
    assert "notification_email" in posted.value.post_data
    assert "use_" not in posted.value.post_data
    assert statuses(page) == ["保存しました。"]
    assert settings(world, OSAKA)["notificationEmail"] == "new@osaka-books.example"
    assert settings(world, OSAKA)["useAmazon"] is True


def test_w12_the_second_of_two_editors_sees_both_values(sign_in, world) -> None:
    """W12: nothing of the second one is stored."""
    first, second = sign_in(OSAKA), sign_in(OSAKA)
    second.locator("#notification_email").fill("second@osaka-books.example")
    save(second)
    first.locator("#notification_email").fill("first@osaka-books.example")
    first.locator("#seller_id").fill(SELLER)
    assert save(first) == 412
    alert = first.get_by_role("alert")
    assert "ほかの担当者が先に変更しました。最新の内容を確認し、もう一度入力してください。" in alert.inner_text()
    assert alert.locator("th").all_inner_texts()[:3] == ["項目", "あなたの入力", "現在の値"]
    rows = [row.inner_text().split("\t") for row in alert.locator("tbody tr").all()]
    assert ["通知メールアドレス", "first@osaka-books.example", "second@osaka-books.example"] in rows
    assert settings(world, OSAKA)["notificationEmail"] == "second@osaka-books.example"
    assert settings(world, OSAKA)["sellerId"] == OTHER_SELLER


def test_w13_a_full_width_at_sign_is_named_and_not_changed(sign_in, world) -> None:
    """W13: the focus goes to the summary, and from there to the field."""
    page = sign_in(KYOTO)
    page.locator("#notification_email").fill("pay＠kyoto-tea.example")
    assert save(page) == 422
    page.locator("#error-summary:focus").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#notification_email")
    assert focused(page) == "notification_email"
    text = page.locator("#notification_email-error").inner_text()
    assert text == "全角文字が含まれています。半角で入力してください（例: ＠ → @）。"
    assert page.locator("#notification_email").input_value() == "pay＠kyoto-tea.example"
    assert settings(world, KYOTO)["notificationEmail"] is None


def test_w15_the_platform_turns_amazon_pay_off(sign_in, open_browser, world) -> None:
    """W15: the button of S1 is gone, the row of 決済一覧 follows, the flag of 予約販売 is kept."""
    page, shopper = sign_in(OSAKA), open_browser()
    assert "Amazonボタン: 表示中" in text_of(page)
    assert buttons_in_cart(shopper, OSAKA) == 1
    world.platform_turns_off(OSAKA)
    shopper.reload()
    assert shopper.get_by_role("button", name="Amazon Pay", exact=True).count() == 0
    assert shopper.get_by_role("link", name="ご購入手続きへ").is_visible()
    page.reload()
    assert not page.get_by_label("利用する").is_checked()
    assert "Amazonボタン: 非表示" in text_of(page)
    assert row_of_amazon_pay(page, OSAKA) == ["利用しない", "利用しない", "利用する", "利用しない"]
    page.goto(f"/admin/shops/{OSAKA}/changes")
    assert "プラットフォーム" in page.locator("tbody tr").first.inner_text()


def test_a_token_that_is_set_is_changed_behind_a_button(sign_in, world) -> None:
    before = settings(world, OSAKA)["mwsAuthToken"]
    page = sign_in(OSAKA)
    assert page.locator("#mws_auth_token").is_hidden()
    page.get_by_role("button", name="変更する").click()
    assert focused(page) == "mws_auth_token"
    page.locator("#mws_auth_token").fill(TOKEN)
    save(page)
    assert statuses(page) == ["保存しました。"]
    assert settings(world, OSAKA)["mwsAuthToken"] != before
    assert TOKEN not in page.content()


def test_the_url_is_copied(sign_in) -> None:
    page = sign_in(OSAKA, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="コピー").click()
    page.get_by_text("コピーしました。").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == SITE_URL


def test_without_a_clipboard_the_url_is_selected(sign_in) -> None:
    page = sign_in(OSAKA)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.get_by_role("button", name="コピー").click()
    page.get_by_text("選択しました。コピーしてください。").wait_for()
    assert focused(page) == "site-url"
    assert page.evaluate("getSelection().toString()") == SITE_URL


def test_everything_works_without_scripts(sign_in, world) -> None:
    page = sign_in(OSAKA, java_script_enabled=False)
    page.locator("#mws_auth_token").fill(TOKEN)
    page.locator("#notification_email").fill(EMAIL)
    save(page)
    assert statuses(page) == ["保存しました。"]
    assert page.get_by_role("button", name="コピー").count() == 0


def test_a_page_is_used_with_the_keyboard_alone(sign_in, world) -> None:
    page = sign_in(KYOTO)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if focused(page) == "notification_email":
            break
    page.keyboard.type(EMAIL)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert statuses(page) == ["保存しました。"]
    assert settings(world, KYOTO)["notificationEmail"] == EMAIL

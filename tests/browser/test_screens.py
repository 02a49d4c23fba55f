"""People at the screens, in a real browser."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from reconciler.embedded.resources.screens.page_parts import PARTS
from tests.embedded.harness import CLIENT, COMPLETE, EMAIL, KOBE, KYOTO, OSAKA, PRE_SET, SELLER, TOKEN

pytestmark = pytest.mark.browser

SETTINGS = "/admin/shops/{}/amazon-settings"


def fill_in(page: Any, **entered: str) -> None:
    for field, value in ({"seller_id": SELLER, "client_id": CLIENT, "notification_email": EMAIL} | entered).items():
        page.locator(f"#{field}").fill(value)


def press(page: Any, name: str) -> None:
    """A button that leads to another page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def save(page: Any) -> None:
    press(page, "保存する")


def statuses(page: Any) -> list[str]:
    return [text for text in page.get_by_role("status").all_inner_texts() if text]


def test_a_shop_is_closed_turned_on_and_opened_again(sign_in, world) -> None:
    page = sign_in(OSAKA)
    assert page.get_by_label("利用する").is_disabled()
    page.goto(f"/admin/shops/{OSAKA}/storefront")
    page.get_by_label("閉店", exact=True).check()
    save(page)
    press(page, "閉店する")
    assert statuses(page) == ["保存しました。"]
    page.goto(SETTINGS.format(OSAKA))
    page.get_by_label("利用する").uncheck()
    save(page)
    assert statuses(page) == ["保存しました。決済一覧の「Amazon Pay」を「利用しない」に変更しました。"]
    page.get_by_label("利用する").check()
    save(page)
    page.goto(f"/admin/shops/{OSAKA}/payment-methods")
    row = page.locator("#amazon-pay").inner_text()
    assert "利用する" in row
    page.goto(f"/admin/shops/{OSAKA}/messages")
    assert page.get_by_text("出力中").count() == len(PARTS)
    page.goto(f"/admin/shops/{OSAKA}/storefront")
    page.get_by_label("開店", exact=True).check()
    save(page)
    found = world.integration(OSAKA)
    assert found["storefront"]["value"]["status"] == "OPEN"
    assert found["amazonPay"]["value"]["preOrder"] is True
    assert found["amazonSettings"]["value"]["buttonsVisible"] is True


def test_mail_is_saved_while_the_shop_is_open(sign_in, world) -> None:
    page = sign_in(OSAKA)
    page.locator("#notification_email").fill("new@osaka-books.example")
    save(page)
    assert statuses(page) == ["保存しました。"]
    assert world.integration(OSAKA)["amazonSettings"]["value"]["notificationEmail"] == "new@osaka-books.example"


def test_wrong_api_values_and_the_way_back(sign_in, world) -> None:
    page = sign_in(KYOTO)
    fill_in(page, client_id="wrong")
    page.locator("#mws_auth_token").fill(TOKEN)
    save(page)
    assert page.get_by_role("heading", level=1).inner_text() == "エラー"
    assert "このClientIdはAmazonに登録されていません。" in page.locator("main").inner_text()
    assert TOKEN not in page.content()
    press(page, "入力画面に戻る")
    assert page.locator("#client_id").input_value() == "wrong"
    assert page.locator("#mws_auth_token").input_value() == ""
    assert world.integration(KYOTO)["amazonSettings"]["value"]["sellerId"] is None


def test_the_focus_goes_to_the_summary_and_from_there_to_the_field(sign_in) -> None:
    page = sign_in(KYOTO)
    fill_in(page, notification_email="pay＠kyoto-tea.example")
    save(page)
    page.locator("#error-summary:focus").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#notification_email")
    assert page.evaluate("document.activeElement.id") == "notification_email"
    assert page.locator("#notification_email-error").inner_text().startswith("全角文字が含まれています。")


def test_a_token_that_is_set_is_changed_behind_a_button(sign_in, world) -> None:
    before = world.integration(OSAKA)["amazonSettings"]["value"]["mwsAuthToken"]
    page = sign_in(OSAKA)
    assert page.locator("#mws_auth_token").is_hidden()
    page.get_by_role("button", name="変更する").click()
    assert page.evaluate("document.activeElement.id") == "mws_auth_token"
    page.locator("#mws_auth_token").fill(TOKEN)
    save(page)
    assert statuses(page) == ["保存しました。"]
    assert world.integration(OSAKA)["amazonSettings"]["value"]["mwsAuthToken"] != before
    assert TOKEN not in page.content()


def test_a_pre_set_token_has_no_field(sign_in) -> None:
    page = sign_in(KOBE)
    assert page.get_by_text(PRE_SET).first.is_visible()
    assert page.locator("input[name=mws_auth_token]").count() == 0


def test_the_url_is_copied(sign_in) -> None:
    page = sign_in(OSAKA, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="コピー").click()
    page.get_by_text("コピーしました。").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "https://ipn.platform.example/amazon-pay/osaka-books"


def test_without_a_clipboard_the_url_is_selected(sign_in) -> None:
    page = sign_in(OSAKA)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.get_by_role("button", name="コピー").click()
    page.get_by_text("選択しました。コピーしてください。").wait_for()
    assert page.evaluate("document.activeElement.id") == "site-url"
    assert page.evaluate("getSelection().toString()") == "https://ipn.platform.example/amazon-pay/osaka-books"


def test_a_preview_opens_in_another_tab_and_leads_through_the_screens(sign_in, world) -> None:
    page = sign_in(KYOTO)
    before = world.changes(KYOTO)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="プレビュー", exact=True).click()
    shop = opened.value
    shop.get_by_text("プレビュー表示中です。注文は登録されません。").wait_for()
    shop.get_by_role("link", name="Amazon Pay", exact=True).click()
    shop.get_by_role("heading", name="Amazon Pay専用「ご注文手続き」", level=1).wait_for()
    shop.get_by_role("link", name="注文を確定する").click()
    shop.get_by_text("ご注文ありがとうございました。").wait_for()
    press(shop, "プレビューを終了")
    assert "現在、閉店しております。" in shop.locator("main").inner_text()
    assert world.changes(KYOTO) == before


def test_two_editors(sign_in, world) -> None:
    first, second = sign_in(OSAKA), sign_in(OSAKA)
    second.locator("#notification_email").fill("second@osaka-books.example")
    save(second)
    first.locator("#notification_email").fill("first@osaka-books.example")
    save(first)
    assert "ほかの担当者が先に変更しました。" in first.get_by_role("alert").inner_text()
    assert world.integration(OSAKA)["amazonSettings"]["value"]["notificationEmail"] == "second@osaka-books.example"


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
        if page.evaluate("document.activeElement.id") == "notification_email":
            break
    page.keyboard.type(EMAIL)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert statuses(page) == ["保存しました。"]
    assert world.integration(KYOTO)["amazonSettings"]["value"]["notificationEmail"] == EMAIL


def test_a_copied_url_is_registered_at_seller_central(sign_in, world) -> None:
    page = sign_in(OSAKA, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="コピー").click()
    page.get_by_text("コピーしました。").wait_for()
    page.get_by_role("link", name="インスタント通知設定").click()
    page.get_by_text("Add an IPN endpoint", exact=True).click()
    page.get_by_label("Add IPN endpoint URL").click()
    page.keyboard.press("Control+V")
    press(page, "更新")
    assert statuses(page) == ["更新しました。"]
    found = world.integration(OSAKA)
    urls = [each["url"] for each in found["ipnEndpoints"]["value"]["endpoints"]]
    assert found["amazonSettings"]["value"]["merchantSiteUrl"] in urls


def test_a_payment_fails_is_authorised_again_and_captured(sign_in) -> None:
    page = sign_in(OSAKA)
    order, seller = (
        f"/admin/shops/{OSAKA}/orders/100000000001",
        f"/admin/seller-central/{OSAKA}/transactions/100000000001",
    )
    page.goto(f"{seller}?environment=SANDBOX")
    page.get_by_label("結果").select_option("TransactionTimedOut")
    press(page, "変更する")
    page.goto(order)
    press(page, "再与信")
    assert statuses(page) == ["再与信を実行しました。"]
    page.goto(f"{seller}?environment=SANDBOX")
    press(page, "売上請求")
    assert statuses(page) == ["売上請求しました。"]
    page.goto(order)
    assert "売上請求" in page.locator("main").inner_text()


OF_A_SHOP = (
    "amazon-settings", "payment-methods", "amazon-pay", "storefront", "messages", "messages/AFTER_LOGIN", "orders",
    "orders?tab=unpaid", "orders/100000000001", "changes", "applications", "comparison",
)  # fmt: skip
OF_SELLER_CENTRAL = (
    "transactions?environment=SANDBOX", "transactions/100000000001?environment=SANDBOX", "endpoints", "integration",
)  # fmt: skip
OF_THE_PREVIEW = ("cart", "order", "subscription", "purchase-login", "after-login", "member-login", "complete")


def all_pages(page: Any, shop: str) -> list[str]:
    page.goto(SETTINGS.format(shop))
    page.locator("#preview").evaluate("form => { form.target = '_self'; }")
    press(page, "プレビュー")
    admin = [f"/admin/shops/{shop}/{place}" for place in OF_A_SHOP]
    seller = [f"/admin/seller-central/{shop}/{place}" for place in OF_SELLER_CENTRAL]
    return ["/admin/shops", "/admin/help/ids", *admin, *seller, *(f"/shop/{shop}/{place}" for place in OF_THE_PREVIEW)]


def violations(page: Any) -> list[tuple[str, str]]:
    """What axe finds: the rule, and the first element."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - installed for these tests only

    found = Axe().run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


def test_axe_finds_what_is_wrong(sign_in) -> None:
    page = sign_in()
    page.evaluate("document.querySelector('label').remove()")
    page.evaluate("document.querySelector('h1').style.color = '#dddddd'")
    assert {"color-contrast", "label"} <= {rule for rule, _ in violations(page)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_fits_its_window_and_is_accessible(sign_in, world, width: int, scheme: str) -> None:
    world.merchant_captures(OSAKA, "100000000001")
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    world.merchant_edits(OSAKA, {**COMPLETE, "ORDER_AREA.label": "Amazon Payで注文"})
    page = sign_in(width=width, color_scheme=scheme)
    for place in all_pages(page, OSAKA):
        page.goto(place)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
        assert violations(page) == [], place
        if folder := os.environ.get("RECONCILER_SCREENSHOTS"):
            name = place.strip("/").replace("/", "-").replace("?", "-")
            page.screenshot(path=str(Path(folder) / f"{name}-{width}-{scheme}.png"), full_page=True)

"""States of pages: a name, and what a person does to see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from reconciler.embedded.resources.received_mails import ReceivedMail, store_mail
from tests.browser.people import SETTINGS, agree, come_to_amazon, log_in_and_link, press
from tests.embedded.harness import KOBE, KYOTO, NARA, OSAKA, OTHER_SELLER


@dataclass(frozen=True, slots=True)
class State:
    """`reach` gets a page on which the merchant of `shop` is signed in, the world behind it, and the shop key."""

    name: str
    reach: Callable[[Any, Any, str], None]
    shop: str = OSAKA


EIGHT_HOURS: Final = 8 * 60 * 60
PREVIEW_MINUTES: Final = 30
FAILED: Final = ReceivedMail(
    sender_name="FutureShop2 Amazonセラーセントラル通知",
    sender="noreply@system.future-shop.net",
    recipient="pay@osaka-books.example",
    subject="Amazonペイメント処理失敗通知",
    body="店舗キー: osaka-books\n受注番号: 100000000001\nAmazon Payでのお支払いが失敗しました。",
)


def time_passes(world: Any, seconds: float) -> None:
    world._services.config.clock.advance(seconds)


def _save(page: Any) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="保存する", exact=True).click()


def _not_signed_in(page: Any, _world: Any, _shop: str) -> None:
    page.context.clear_cookies()
    page.goto("/admin/sign-in")
    page.get_by_label("アカウント").fill("hanako")
    page.get_by_label("パスワード").fill("wrong")
    with page.expect_navigation():
        page.get_by_role("button", name="ログイン").click()


def _session_ended(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/admin/shops/{shop}/amazon-settings")
    page.context.clear_cookies()
    _save(page)


def _session_expired(page: Any, world: Any, shop: str) -> None:
    page.goto(f"/admin/shops/{shop}/amazon-settings")
    time_passes(world, EIGHT_HOURS + 1)
    _save(page)


def _restored(page: Any, _world: Any, shop: str) -> None:
    _wrong_values(page, _world, shop)
    with page.expect_navigation():
        page.get_by_role("button", name="入力画面に戻る").click()


def _faults(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/admin/shops/{shop}/amazon-settings")
    page.locator("#seller_id").fill("amzn1.application-oa2-client.0123456789abcdef")
    page.locator("#client_id").fill("SANDBOX-0123456789")
    page.locator("#notification_email").fill("pay＠osaka-books.example")
    _save(page)


def _wrong_values(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/admin/shops/{shop}/amazon-settings")
    page.locator("#client_id").fill("wrong")
    _save(page)


def _two_editors(page: Any, world: Any, shop: str) -> None:
    page.goto(f"/admin/shops/{shop}/amazon-settings")
    world.merchant_edits(shop, {"notificationEmail": "another-editor@osaka-books.example"})
    page.locator("#notification_email").fill("mine@osaka-books.example")
    page.locator("#seller_id").fill("A1EXAMPLE234567")
    _save(page)


def _saved(page: Any, world: Any, shop: str) -> None:
    world.merchant_edits(shop, {"storefront": "CLOSED"})
    page.goto(f"/admin/shops/{shop}/amazon-settings")
    page.get_by_label("利用する").uncheck()
    _save(page)


def _incomplete(page: Any, world: Any, shop: str) -> None:
    """Of a shop with nothing set: an item that was set once cannot be emptied."""
    world.merchant_edits(shop, {"useAmazon": True})
    page.goto(f"/admin/shops/{shop}/amazon-settings")


def _revoked(page: Any, world: Any, shop: str) -> None:
    world.amazon_revokes(shop)
    page.goto(f"/admin/shops/{shop}/amazon-settings")


def _settings(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/admin/shops/{shop}/amazon-settings")


def _another_seller(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/admin/shops/{shop}/amazon-settings")
    for value in ("A1EXAMPLE234567", "A9EXAMPLE765432"):
        page.locator("#seller_id").fill(value)
        _save(page)


def _closing(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/admin/shops/{shop}/storefront")
    page.get_by_label("閉店", exact=True).check()
    _save(page)


def _faulty_message(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/admin/shops/{shop}/messages/AFTER_LOGIN")
    page.locator("#label").fill("長い" * 20)
    _save(page)


def _linted_message(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/admin/shops/{shop}/messages/AFTER_LOGIN")
    page.locator("#message").fill("アマゾンペイでお支払いいただけます。")
    _save(page)


def _failed_payment(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/admin/seller-central/{shop}/transactions/100000000001?environment=SANDBOX")
    page.get_by_label("結果").select_option("TransactionTimedOut")
    with page.expect_navigation():
        page.get_by_role("button", name="変更する").click()
    page.goto(f"/admin/shops/{shop}/orders/100000000001")


def _captured_payment(page: Any, world: Any, shop: str) -> None:
    world.merchant_captures(shop, "100000000001")
    page.goto(f"/admin/shops/{shop}/orders/100000000001")


def _no_endpoint(page: Any, world: Any, shop: str) -> None:
    world.merchant_removes_endpoint(OTHER_SELLER, "https://ipn.platform.example/osaka")
    page.goto(f"/admin/seller-central/{shop}/endpoints")


def _endpoint_refused(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/admin/seller-central/{shop}/endpoints")
    page.get_by_text("Add an IPN endpoint", exact=True).click()
    page.get_by_label("Add IPN endpoint URL").fill("ftp://ipn.platform.example")
    with page.expect_navigation():
        page.get_by_role("button", name="更新").click()


def _origins(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/admin/seller-central/{shop}/integration")
    for origin in ("https://www.osaka-books.example", "https://a-rather-long-name-of-a-shop.osaka-books.example:8443"):
        page.get_by_label("JavaScriptオリジン", exact=True).fill(origin)
        press(page, "追加する")


def _mails(page: Any, world: Any, shop: str) -> None:
    with world._services.database.writing() as connection:
        store_mail(connection, FAILED, "2026-04-01T09:00:00")
        store_mail(connection, replace(FAILED, subject="", sender_name=""), "2026-04-02T09:00:00")
    page.goto(f"/admin/seller-central/{shop}/mails")
    page.locator("summary").first.click()


def _no_seller(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/admin/seller-central/{shop}/endpoints")


def _closed_shop(page: Any, world: Any, shop: str) -> None:
    world.merchant_edits(shop, {"storefront": "CLOSED"})
    page.goto(f"/shop/{shop}/")


def _preview_expired(page: Any, world: Any, shop: str) -> None:
    world.merchant_edits(shop, {"storefront": "CLOSED"})
    page.goto(SETTINGS.format(shop))
    page.locator("#preview").evaluate("form => { form.target = '_self'; }")
    press(page, "プレビュー")
    time_passes(world, PREVIEW_MINUTES * 60 + 1)
    page.reload()


def _maintenance(page: Any, world: Any, shop: str) -> None:
    world.maintenance(True)
    page.goto(f"/admin/shops/{shop}/amazon-settings")


def _shop_maintenance(page: Any, world: Any, shop: str) -> None:
    world.maintenance(True)
    page.goto(f"/shop/{shop}/")


def _consent(page: Any, _world: Any, shop: str) -> None:
    come_to_amazon(page, shop)


def _after_login(page: Any, _world: Any, shop: str) -> None:
    come_to_amazon(page, shop)
    agree(page)


def _linked(page: Any, world: Any, shop: str) -> None:
    _after_login(page, world, shop)
    log_in_and_link(page)


def _login_link(page: Any, world: Any, shop: str) -> None:
    _linked(page, world, shop)
    page.goto(f"/shop/{shop}/login-link")


def _login_refused(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/shop/{shop}/member-login")
    press(page, "ログイン")


def _faulty_registration(page: Any, _world: Any, shop: str) -> None:
    page.goto(f"/shop/{shop}/register")
    press(page, "登録する")


STATES: Final = (
    State("amazon-consent", _consent),
    State("after-login", _after_login),
    State("mypage", _linked),
    State("login-link", _login_link),
    State("member-login-refused", _login_refused),
    State("register-faults", _faulty_registration),
    State("sign-in-refused", _not_signed_in),
    State("session-ended", _session_ended),
    State("session-expired", _session_expired),
    State("amazon-settings-faults", _faults),
    State("amazon-settings-error", _wrong_values),
    State("amazon-settings-again", _restored),
    State("amazon-settings-two-editors", _two_editors),
    State("amazon-settings-saved", _saved),
    State("amazon-settings-incomplete", _incomplete, KYOTO),
    State("amazon-settings-revoked", _revoked),
    State("amazon-settings-unset", _settings, KYOTO),
    State("amazon-settings-pre-set", _settings, KOBE),
    State("amazon-settings-another-seller", _another_seller, KOBE),
    State("amazon-settings-not-entitled", _settings, NARA),
    State("storefront-closing", _closing),
    State("message-faults", _faulty_message),
    State("message-saved-with-a-warning", _linted_message),
    State("order-failed", _failed_payment),
    State("order-paid", _captured_payment),
    State("seller-endpoints-none", _no_endpoint),
    State("seller-endpoints-refused", _endpoint_refused),
    State("seller-integration-origins", _origins),
    State("seller-mails-received", _mails),
    State("seller-none", _no_seller, KYOTO),
    State("closed-shop", _closed_shop),
    State("preview-expired", _preview_expired),
    State("maintenance", _maintenance),
    State("shop-maintenance", _shop_maintenance),
)

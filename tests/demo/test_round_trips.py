"""Backend, sidecar and command line as three processes, judged at the pages: what one of them does, the others show."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from tests.support.waiting import wait_until

JAPAN = timezone(timedelta(hours=9))
SHOP = "nara-brushes"
SANDBOX = "environment=SANDBOX"
SELLER = f"/admin/seller-central/{SHOP}"
SETTINGS = f"/admin/shops/{SHOP}/amazon-settings"


def test_a_change_by_hand_is_drift_with_its_author_and_an_apply_takes_it_back(demo, sign_in) -> None:
    applied = demo.reconciler("apply", SHOP, "--auto-approve")
    assert applied.returncode == 0, applied.stderr
    hanako = sign_in(SHOP)
    declared = hanako.opens(SETTINGS).form("/amazon-settings").value("notification_email")
    assert declared == "pay@nara-brushes.example"
    before = _minute()
    page = hanako.sends("/amazon-settings", notification_email="hanako@nara-brushes.example")
    assert page.statuses == ["保存しました。"]

    drifted = demo.reconciler("drift", SHOP, LANG="ja_JP.UTF-8")
    assert drifted.returncode == 2, drifted.stderr
    assert '現在の値: "hanako@nara-brushes.example"' in drifted.stdout
    changed = re.search(r"(20\d\d-\d\d-\d\d \d\d:\d\d) に花子 \(店舗担当者\) が変更", drifted.stdout)
    assert changed is not None, drifted.stdout
    assert before <= changed[1] <= _minute()

    applied = demo.reconciler("apply", SHOP, "--auto-approve")
    assert applied.returncode == 0, applied.stderr
    assert hanako.opens(SETTINGS).form("/amazon-settings").value("notification_email") == declared
    trail = hanako.opens(f"/admin/shops/{SHOP}/changes").text
    assert "花子" in trail
    assert "API" in trail
    assert demo.reconciler("drift", SHOP).returncode == 0


def test_a_capture_at_seller_central_makes_the_order_paid_through_the_sidecar(demo, sign_in) -> None:
    hanako = sign_in(SHOP)
    order = f"/admin/shops/{SHOP}/orders/100000000006"
    assert "未入金" in hanako.opens(order).lines
    hanako.opens(f"{SELLER}/transactions/100000000006?{SANDBOX}")
    page = hanako.sends("/100000000006/capture")
    assert page.statuses == ["売上請求しました。"]
    assert f"{demo.sidecar}/amazon-pay/{SHOP}" in page.lines
    assert any(line.startswith("HTTP 200（") for line in page.lines)

    wait_until(lambda: "入金済" in hanako.opens(order).lines)
    assert "Amazonからの入金通知により入金済みになりました。" in hanako.page.text

    def listed() -> str:
        """The order is paid a moment before the sidecar has stored that it did it."""
        return demo.reconciler("ipn", "list", "--find", "100000000006", "--kind", "PaymentCapture", "-o", "json").stdout

    wait_until(lambda: '"paid"' in listed())


def test_a_payment_that_fails_is_a_mail_to_the_shop_and_can_be_authorised_again(demo, sign_in) -> None:
    hanako = sign_in(SHOP)
    hanako.opens(f"{SELLER}/transactions/100000000007?{SANDBOX}")
    page = hanako.sends("/100000000007/simulate", outcome="InvalidPaymentMethod")
    assert any(line.startswith("HTTP 200（") for line in page.lines)

    def of_this_order() -> bool:
        return any("100000000007" in line for line in hanako.opens(f"{SELLER}/mails").lines)

    wait_until(of_this_order)
    assert "Amazonペイメント処理失敗通知" in hanako.page.lines
    assert "FutureShop2 Amazonセラーセントラル通知" in hanako.page.lines
    assert "noreply@system.future-shop.net" in hanako.page.lines
    assert "pay@nara-brushes.example" in hanako.page.lines
    page = hanako.opens(f"/admin/shops/{SHOP}/orders/100000000007")
    assert "再与信" in page.text
    assert hanako.sends("/authorisation").statuses == ["再与信を実行しました。"]


def test_a_test_notification_of_a_registered_endpoint_is_in_the_sidecars_list(demo, sign_in) -> None:
    hanako = sign_in(SHOP)
    assert f"{demo.sidecar}/amazon-pay/{SHOP}" in hanako.opens(SETTINGS).html
    hanako.opens(f"{SELLER}/endpoints?{SANDBOX}")
    page = hanako.sends("/endpoints/test")
    assert [status for status in page.statuses if status.startswith("HTTP 200（")], page.text
    wait_until(lambda: "sample" in demo.reconciler("ipn", "list").stdout)


def test_a_shop_that_starts_with_amazon_pay_is_on_by_its_pages(demo, sign_in) -> None:
    operator = sign_in()
    settings = "/admin/shops/kyoto-tea/amazon-settings"
    assert "表示中" not in operator.opens(settings).text
    applied = demo.reconciler("apply", "kyoto-tea", "--auto-approve")
    assert applied.returncode == 0, applied.stderr
    assert "表示中" in operator.opens(settings).text
    assert "利用する" in operator.opens("/admin/shops/kyoto-tea/payment-methods").lines
    endpoints = operator.opens(f"/admin/seller-central/kyoto-tea/endpoints?{SANDBOX}")
    assert f"{demo.sidecar}/amazon-pay/kyoto-tea" in endpoints.lines


def test_the_address_of_the_shops_is_an_allowed_javascript_origin(demo, sign_in) -> None:
    assert demo.backend in sign_in(SHOP).opens(f"{SELLER}/integration").lines


def _minute() -> str:
    """Now in Japan, as texts show it."""
    return datetime.now(UTC).astimezone(JAPAN).strftime("%Y-%m-%d %H:%M")

"""The practice Seller Central, beside the screens of the shop."""

from __future__ import annotations

import pytest

from tests.browser.people import press, statuses, text_of
from tests.embedded.harness import OSAKA

pytestmark = pytest.mark.browser

ORDER = f"/admin/shops/{OSAKA}/orders/100000000001"
TRANSACTION = f"/admin/seller-central/{OSAKA}/transactions/100000000001?environment=SANDBOX"


def test_a_copied_url_is_registered(sign_in, world) -> None:
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
    page.goto(TRANSACTION)
    page.get_by_label("結果").select_option("TransactionTimedOut")
    press(page, "変更する")
    page.goto(ORDER)
    press(page, "再与信")
    assert statuses(page) == ["再与信を実行しました。"]
    page.goto(TRANSACTION)
    press(page, "売上請求")
    assert statuses(page) == ["売上請求しました。"]
    page.goto(ORDER)
    assert "売上請求" in text_of(page)

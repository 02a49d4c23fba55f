"""プレビュー, in a tab of its own."""

from __future__ import annotations

import pytest

from tests.browser.people import press, text_of
from tests.embedded.harness import KYOTO

pytestmark = pytest.mark.browser


def test_w03_a_shop_that_is_closed_and_off_is_previewed_and_nothing_is_ordered(sign_in, world) -> None:
    """W3: from S1 to a sample thank-you page; no order, no change."""
    page = sign_in(KYOTO)
    before = world.changes(KYOTO)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="プレビュー", exact=True).click()
    shop = opened.value
    shop.get_by_text("プレビュー表示中です。注文は登録されません。（有効期限 09:30）").wait_for()
    shop.get_by_role("link", name="Amazon Pay", exact=True).click()
    shop.get_by_role("link", name="ログイン").click()
    shop.get_by_role("link", name="見本 太郎として続行").click()
    shop.get_by_role("link", name="続行", exact=True).click()
    shop.get_by_role("heading", name="Amazon Pay専用「ご注文手続き」", level=1).wait_for()
    shop.get_by_role("link", name="注文を確定する").click()
    shop.get_by_text("ご注文ありがとうございました。").wait_for()
    press(shop, "プレビューを終了")
    assert "現在、閉店しております。" in text_of(shop)
    page.goto(f"/admin/shops/{KYOTO}/orders")
    assert "該当する受注はありません。" in text_of(page)
    assert world.changes(KYOTO) == before

"""Members of the shop who sign in with Amazon."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.goods import MARI, PASSWORD
from tests.browser.people import agree, come_to_amazon, log_in_and_link, press, sign_in_at_amazon, statuses, text_of
from tests.embedded.harness import OSAKA

pytestmark = pytest.mark.browser

SHOP = f"/shop/{OSAKA}"


def heading(page: Any) -> str:
    return str(page.get_by_role("heading", level=1).inner_text())


def test_w10_a_member_links_an_amazon_account_and_then_comes_in_by_amazon_alone(open_browser) -> None:
    """W10: M0 at S6, P1, P2, S5, linked, マイページ; then L0 with one button, and a browser that knows nobody."""
    page = open_browser()
    come_to_amazon(page, OSAKA)
    agree(page)
    assert heading(page) == "会員ログイン"
    assert "このEメールアドレスのショップアカウントは既に存在しています。" in text_of(page)
    assert page.get_by_label("ログインID").input_value() == ""
    assert log_in_and_link(page, "a guess") == 422
    assert "ログインIDまたはパスワードが正しくありません。" in page.get_by_role("alert").inner_text()
    log_in_and_link(page)
    assert heading(page) == "マイページ"
    assert statuses(page) == ["Amazonアカウントと連携しました。"]
    page.get_by_role("link", name="ログイン連携").click()
    assert page.get_by_text("連携中", exact=True).is_visible()

    press(page, "ログアウト")
    page.goto(f"{SHOP}/member-login")
    press(page, "amazonでログイン")
    assert heading(page) == "マイページ"
    another = open_browser()
    another.goto(f"{SHOP}/member-login")
    press(another, "amazonでログイン")
    sign_in_at_amazon(another, MARI)
    assert heading(another) == "マイページ"


def test_a_link_is_taken_back(open_browser) -> None:
    page = open_browser()
    page.goto(f"{SHOP}/member-login")
    page.get_by_label("ログインID").fill("mari")
    page.get_by_label("パスワード").fill(PASSWORD)
    press(page, "ログイン")
    page.goto(f"{SHOP}/login-link")
    assert page.get_by_text("未連携", exact=True).is_visible()
    press(page, "連携する")
    sign_in_at_amazon(page, MARI)
    agree(page)
    assert page.get_by_text("連携中", exact=True).is_visible()
    press(page, "連携を解除する")
    assert page.get_by_text("未連携", exact=True).is_visible()

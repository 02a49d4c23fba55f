"""Backend, sidecar and command line as three processes, with the world of `make demo`: what one does, others show."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.browser.people import (
    SETTINGS,
    enter_admin,
    press,
    put_into_cart,
    reload_until,
    save,
    sign_in_at_amazon,
    statuses,
    text_of,
)
from tests.support.demo.started_demo import StartedDemo, started_demo

pytestmark = pytest.mark.browser

BRUSHES, LEMONS = "nara-brushes", "hiroshima-lemons"
PENDING = "100000000007"
"""An order of nara-brushes whose authorization Amazon has not decided."""
JAPAN = timezone(timedelta(hours=9))


@pytest.fixture(scope="module")
def demo(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedDemo]:
    """After the browser: without Chromium nothing is started."""
    with started_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
def hanako(demo: StartedDemo, open_page: Callable[..., Any]) -> Callable[..., Any]:
    def arrive(shop: str, **words: Any) -> Any:
        page = open_page(demo.backend, **words)
        enter_admin(page, shop, demo.password)
        return page

    return arrive


def test_w07_the_copied_url_is_registered_and_a_test_notification_arrives(demo, hanako) -> None:
    """W7: copied from Amazon設定, added at SC2, tested there; the sidecar lists it as `sample`."""
    page = hanako(LEMONS, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="コピー").click()
    page.get_by_text("コピーしました。").wait_for()
    url = page.evaluate("navigator.clipboard.readText()")
    assert url.startswith(demo.sidecar)
    page.goto(f"/admin/seller-central/{LEMONS}/endpoints?environment=SANDBOX")
    page.get_by_text("Add an IPN endpoint", exact=True).click()
    page.get_by_label("Add IPN endpoint URL").click()
    page.keyboard.press("Control+V")
    press(page, "更新")
    row = page.locator("tr").filter(has_text=url)
    with page.expect_navigation():
        row.get_by_role("button", name="テスト通知を送信").click()
    assert re.fullmatch(r"HTTP 200（[0-9.]+秒）", row.get_by_role("status").inner_text())
    listed = demo.reconciler("ipn", "list", "--standing", "sample", "-o", "json")
    assert listed.returncode == 0, listed.stderr
    assert len(json.loads(listed.stdout)["rows"]) == 1


def test_w08_an_order_is_captured_and_its_notification_makes_it_paid(demo, hanako, open_page) -> None:
    """W8: S1, Amazon, S2, 完了; 売上請求 at SC1; the sidecar makes it 入金済 at A6b."""
    buyer = open_page(demo.backend, width=360)
    put_into_cart(buyer, BRUSHES, "奈良筆 小筆")
    press(buyer, "Amazon Pay")
    sign_in_at_amazon(buyer, "haru@mail.example", demo.password)
    press(buyer, "鈴木 はるとして続行")
    press(buyer, "続行")
    assert "630-8213" in text_of(buyer)
    press(buyer, "注文を確定する")
    assert "ご注文ありがとうございました。" in text_of(buyer)
    number = buyer.get_by_text(re.compile(r"^1\d{11}$")).inner_text()
    page = hanako(BRUSHES)
    order = f"/admin/shops/{BRUSHES}/orders/{number}"
    page.goto(order)
    assert "未入金" in text_of(page)
    page.goto(f"/admin/seller-central/{BRUSHES}/transactions/{number}?environment=SANDBOX")
    press(page, "売上請求")
    assert statuses(page) == ["売上請求しました。"]
    page.goto(order)
    reload_until(page, page.get_by_text("Amazonからの入金通知により入金済みになりました。"))
    assert page.get_by_text("入金済", exact=True).first.is_visible()


def test_w09_a_declined_payment_ends_in_a_mail_at_seller_central(demo, hanako) -> None:
    """W9: with the manual's subject and sender, to 通知メールアドレス."""
    page = hanako(BRUSHES)
    page.goto(f"/admin/seller-central/{BRUSHES}/transactions/{PENDING}?environment=SANDBOX")
    page.get_by_label("結果").select_option("InvalidPaymentMethod")
    press(page, "変更する")
    assert statuses(page) == ["状態を変更しました。"]
    assert "HTTP 200（" in text_of(page)
    page.goto(f"/admin/seller-central/{BRUSHES}/mails")
    about = page.locator("section").filter(has=page.get_by_text(PENDING))
    reload_until(page, about)
    mail = about.first.text_content()
    assert "Amazonペイメント処理失敗通知" in mail
    assert "FutureShop2 Amazonセラーセントラル通知" in mail
    assert "noreply@system.future-shop.net" in mail
    assert "pay@nara-brushes.example" in mail
    page.goto(f"/admin/shops/{BRUSHES}/orders/{PENDING}")
    assert "オーソリ処理に失敗した" in text_of(page)


def test_w14_a_merchants_edit_is_drift_and_an_apply_takes_it_back(demo, hanako) -> None:
    """W14: `drift` names 店舗担当者 and the time in Japan; after `apply` the page shows what Git says."""
    assert demo.reconciler("apply", BRUSHES, "--auto-approve").returncode == 0
    page = hanako(BRUSHES)
    declared = page.locator("#notification_email").input_value()
    before = _minute()
    page.locator("#notification_email").fill("hanako@nara-brushes.example")
    save(page)
    assert statuses(page) == ["保存しました。"]

    drifted = demo.reconciler("drift", BRUSHES, LANG="ja_JP.UTF-8")
    assert drifted.returncode == 2, drifted.stderr
    assert '現在の値: "hanako@nara-brushes.example"' in drifted.stdout
    changed = re.search(r"(20\d\d-\d\d-\d\d \d\d:\d\d) に花子 \(店舗担当者\) が変更", drifted.stdout)
    assert changed is not None, drifted.stdout
    assert before <= changed[1] <= _minute()

    applied = demo.reconciler("apply", BRUSHES, "--auto-approve")
    assert applied.returncode == 0, applied.stderr
    page.goto(SETTINGS.format(BRUSHES))
    assert page.locator("#notification_email").input_value() == declared


def _minute() -> str:
    """Now in Japan, as texts show it."""
    return datetime.now(UTC).astimezone(JAPAN).strftime("%Y-%m-%d %H:%M")

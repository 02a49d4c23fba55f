"""What a person does on a page and sees there, in a few words each."""

from __future__ import annotations

import time
from typing import Any

from tests.browser.goods import MARI, MEMBER, PASSWORD
from tests.embedded.harness import CLIENT, EMAIL, SELLER

SETTINGS = "/admin/shops/{}/amazon-settings"


def enter_admin(page: Any, shop: str, password: str) -> None:
    """花子 of a shop; without a shop, an operator."""
    page.goto("/admin/sign-in")
    page.get_by_label("店舗キー").fill(shop)
    page.get_by_label("アカウント").fill("hanako" if shop else "operator")
    page.get_by_label("パスワード").fill(password)
    page.get_by_role("button", name="ログイン").click()
    page.wait_for_url("**/admin/shops**")


def press(page: Any, name: str) -> int:
    """A button that leads to another page. Returns the status of what came."""
    with page.expect_navigation() as going:
        page.get_by_role("button", name=name, exact=True).click()
    return int(going.value.status)


def save(page: Any) -> int:
    return press(page, "保存する")


def fill_in(page: Any, **entered: str) -> None:
    """Amazon設定, with valid values where nothing else is given. The token is not among them."""
    for field, value in ({"seller_id": SELLER, "client_id": CLIENT, "notification_email": EMAIL} | entered).items():
        page.locator(f"#{field}").fill(value)


def statuses(page: Any) -> list[str]:
    """What the page announces."""
    return [text for text in page.get_by_role("status").all_inner_texts() if text]


def reload_until(page: Any, wanted: Any, seconds: float = 60) -> None:
    """`wanted`, a locator: what another process does appears on the page sooner or later."""
    until = time.monotonic() + seconds
    while wanted.count() == 0:
        assert time.monotonic() < until, f"never on the page: {wanted}\n{text_of(page)}"
        page.wait_for_timeout(200)
        page.reload()


def text_of(page: Any) -> str:
    return str(page.locator("main").inner_text())


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id"))


def put_into_cart(page: Any, shop: str, product: str) -> None:
    page.goto(f"/shop/{shop}/")
    press(page, f"{product}をカートに入れる")


def go_to_amazon(page: Any) -> None:
    """From the cart to お届け先・お支払い方法, of a buyer that this shop does not know yet."""
    press(page, "Amazon Pay")
    sign_in_at_amazon(page, MARI)
    agree(page)


def set_storefront(page: Any, shop: str, label: str) -> None:
    """`label`: 開店 or 閉店. Closing asks once more."""
    page.goto(f"/admin/shops/{shop}/storefront")
    page.get_by_label(label, exact=True).check()
    save(page)
    if label == "閉店":
        press(page, "閉店する")
    assert statuses(page) == ["保存しました。"]


def come_to_amazon(page: Any, shop: str) -> None:
    """A member of the shop, from its login to the practice Amazon, for the first time."""
    page.goto(f"/shop/{shop}/member-login")
    press(page, "amazonでログイン")
    sign_in_at_amazon(page, MARI)


def sign_in_at_amazon(page: Any, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("Eメールアドレス").fill(email)
    page.get_by_label("パスワード").fill(password)
    press(page, "ログイン")


def agree(page: Any) -> None:
    press(page, f"{MEMBER}として続行")


def log_in_and_link(page: Any, password: str = PASSWORD) -> int:
    page.get_by_label("ログインID").fill("mari")
    page.get_by_label("パスワード").fill(password)
    return press(page, "ログインして連携する")

"""States of the pages on which shoppers buy, with the practice Amazon among them."""

from __future__ import annotations

from typing import Any, Final

from tests.browser.goods import PASSWORD
from tests.browser.people import enter_admin, go_to_amazon, press, put_into_cart
from tests.browser.states import State, time_passes

ORDER: Final = "100000000004"
"""The next number of the shop osaka-books."""
DAYS: Final = 24 * 60 * 60


def _shop_cart(page: Any, _world: Any, shop: str) -> None:
    put_into_cart(page, shop, "玉露 50g")


def _shop_cart_faults(page: Any, _world: Any, shop: str) -> None:
    put_into_cart(page, shop, "玉露 50g")
    page.get_by_label("玉露 50gの数量").fill("２")
    press(page, "数量を変更する")


def _shop_cart_mixed(page: Any, _world: Any, shop: str) -> None:
    put_into_cart(page, shop, "毎月のおたのしみ便")
    put_into_cart(page, shop, "玉露 50g")


def _shop_checkout_faults(page: Any, _world: Any, shop: str) -> None:
    put_into_cart(page, shop, "玉露 50g")
    page.goto(f"/shop/{shop}/checkout")
    page.get_by_label("氏名").fill("大阪 花")
    press(page, "注文を確定する")


def _amazon_payment(page: Any, _world: Any, shop: str) -> None:
    put_into_cart(page, shop, "玉露 50g")
    go_to_amazon(page)


def _shop_order(page: Any, world: Any, shop: str) -> None:
    _amazon_payment(page, world, shop)
    press(page, "続行")


def _shop_order_changed(page: Any, world: Any, shop: str) -> None:
    _shop_order(page, world, shop)
    world.merchant_sells(shop, "tea", name="玉露 50g", price=2600)
    press(page, "注文を確定する")


def _shop_declined(page: Any, world: Any, shop: str) -> None:
    _amazon_payment(page, world, shop)
    page.get_by_label("カード 末尾3434").check()
    press(page, "続行")
    press(page, "注文を確定する")


def _shop_application(page: Any, world: Any, shop: str) -> None:
    world.platform_entitles(shop, commerceCreator="RUNNING", subscriptionApplications=True)
    world.merchant_edits(shop, {"subscription": True})
    put_into_cart(page, shop, "毎月のおたのしみ便")
    go_to_amazon(page)
    press(page, "続行")
    press(page, "申込みを確定する")


def _shop_applied(page: Any, world: Any, shop: str) -> None:
    _shop_application(page, world, shop)
    page.get_by_label("自動的に支払うことに同意する").check()
    press(page, "申込みを確定する")


def _shop_purchase_login(page: Any, _world: Any, shop: str) -> None:
    put_into_cart(page, shop, "玉露 50g")
    page.goto(f"/shop/{shop}/purchase-login")


def _shop_complete(page: Any, world: Any, shop: str) -> None:
    _shop_order(page, world, shop)
    press(page, "注文を確定する")


def _order_contents(page: Any, world: Any, shop: str) -> None:
    _shop_complete(page, world, shop)
    page.goto(f"/admin/shops/{shop}/orders/{ORDER}")


def _order_on_hold(page: Any, world: Any, shop: str) -> None:
    _amazon_payment(page, world, shop)
    page.get_by_label("カード 末尾0701").check()
    press(page, "続行")
    press(page, "注文を確定する")
    time_passes(world, 31)
    assert world.amazon_settles() == 1
    page.goto(f"/admin/shops/{shop}/orders/{ORDER}")


def _order_expiring(page: Any, world: Any, shop: str) -> None:
    _shop_complete(page, world, shop)
    time_passes(world, 21 * DAYS)
    enter_admin(page, shop, PASSWORD)
    page.goto(f"/admin/shops/{shop}/orders/{ORDER}")


def _order_disputed(page: Any, world: Any, shop: str) -> None:
    _shop_complete(page, world, shop)
    world.amazon_disputes(shop, world.merchant_captures(shop, ORDER))
    world.amazon_turns(shop, world.order(shop, ORDER)["amazonOrderReferenceId"], "Closed")
    page.goto(f"/admin/shops/{shop}/orders/{ORDER}")


def _amazon_error(page: Any, world: Any, shop: str) -> None:
    put_into_cart(page, shop, "玉露 50g")
    world.amazon_revokes(shop)
    press(page, "Amazon Pay")


BUYING_STATES: Final = (
    State("shop-cart", _shop_cart),
    State("shop-cart-faults", _shop_cart_faults),
    State("shop-cart-mixed", _shop_cart_mixed),
    State("shop-checkout-faults", _shop_checkout_faults),
    State("shop-order", _shop_order),
    State("shop-order-changed", _shop_order_changed),
    State("shop-declined", _shop_declined),
    State("shop-application-without-consent", _shop_application),
    State("shop-application-complete", _shop_applied),
    State("shop-purchase-login", _shop_purchase_login),
    State("shop-complete", _shop_complete),
    State("order-contents", _order_contents),
    State("order-on-hold", _order_on_hold),
    State("order-expiring", _order_expiring),
    State("order-disputed", _order_disputed),
    State("amazon-payment", _amazon_payment),
    State("amazon-error-revoked", _amazon_error),
)

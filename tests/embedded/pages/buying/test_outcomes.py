"""What Amazon says to a payment, and what happened to the shop in between: what the buyer sees, what is ordered and charged."""

import asyncio
from dataclasses import replace
from typing import Any

import anyio
import pytest

from reconciler.embedded.pages.admin.order_history import AUTHORISE_AGAIN
from reconciler.embedded.pages.seller_central.pending import settle_pending
from reconciler.embedded.resources.seller_notices import NoticeResult
from reconciler.embedded.resources.shopping.checkouts import CHECKOUT_SECONDS
from tests.embedded.harness import OSAKA
from tests.support.waiting import until

NUMBER = "100000000004"
CART = f"/shop/{OSAKA}/cart"
DECLINED = "決済が失敗しました。他のお支払い方法を選択して再度お試しください。"
CANCELED = "決済がキャンセルされました。もう一度お試しください。"


@pytest.mark.parametrize(("card", "text"), [("3434", DECLINED), ("3064", CANCELED)])
def test_a_refused_payment_leads_back_to_the_cart(shopper, made, card, text) -> None:
    shopper.arrives(card)
    form = shopper.order_form
    page = shopper.confirms()
    assert (page.address, page.alerts) == (CART, [text])
    assert "玉露 50g" in page.text
    assert made() == (0, 0, 0)
    assert shopper.opens(CART).alerts == []
    assert shopper.posts(form.action, form.fields).alerts == [text]
    assert made() == (0, 0, 0)


def test_another_card_after_a_decline_makes_the_order(shopper, made) -> None:
    shopper.arrives("3434")
    shopper.confirms()
    shopper.goes_to_amazon()
    shopper.chooses("1111")
    assert NUMBER in shopper.confirms().text
    assert made() == (1, 1, 1)


def test_cancelling_at_amazon_leads_back_to_the_cart(shopper, made) -> None:
    shopper.puts("tea")
    shopper.goes_to_amazon()
    page = shopper.sends("/cancel")
    assert (page.address, page.alerts) == (CART, [CANCELED])
    assert made() == (0, 0, 0)


def test_a_pending_payment_is_an_order_and_declined_half_a_minute_later(shopper, world, app, clock, sign_in) -> None:
    announced: list[Any] = []

    async def notify(notice: Any, url: str) -> NoticeResult:
        announced.append((notice, url))
        return NoticeResult(status=200)

    services = app.state.services
    listening = replace(services, config=replace(services.config, notify=notify))
    shopper.arrives("0701")
    assert NUMBER in shopper.confirms().text
    order = world.order(OSAKA, NUMBER)
    assert order["status"] == "AWAITING_PAYMENT"
    clock.advance(29)
    assert asyncio.run(settle_pending(listening)) == 0
    clock.advance(1)
    assert asyncio.run(settle_pending(listening)) == 1
    assert asyncio.run(settle_pending(listening)) == 0
    [(notice, url)] = announced
    assert url == "https://ipn.platform.example/osaka"
    assert (notice.environment, notice.event.kind, notice.event.state) == ("PRODUCTION", "AUTHORIZATION", "Declined")
    assert notice.event.permission == order["amazonOrderReferenceId"]
    page = sign_in(OSAKA).opens(f"/admin/shops/{OSAKA}/orders/{NUMBER}")
    assert "保留" in page.text
    assert AUTHORISE_AGAIN in page.text
    assert "再与信" in page.text
    changes = sign_in(OSAKA).opens(f"/admin/shops/{OSAKA}/changes")
    assert f"受注管理>{NUMBER}のステータス" in changes.text


def test_a_backend_that_is_served_declines_by_itself(shopper, world, app, clock) -> None:
    shopper.arrives("0701")
    shopper.confirms()
    clock.advance(30)

    async def serve() -> None:
        async with app.router.lifespan_context(app):
            await until(lambda: world.order(OSAKA, NUMBER)["status"] == "ON_HOLD")

    anyio.run(serve)


def test_a_shop_that_closed_while_the_buyer_was_at_amazon_charges_nothing(shopper, world, clock, made) -> None:
    shopper.puts("tea")
    shopper.goes_to_amazon()
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    page = shopper.chooses()
    assert (page.status, page.address) == (503, f"/shop/{OSAKA}/order")
    assert "現在、閉店しております。" in page.text
    assert made() == (0, 0, 0)
    world.merchant_edits(OSAKA, {"storefront": "OPEN"})
    shopper.opens(CART)
    shopper.goes_to_amazon()
    assert "注文を確定する" in shopper.chooses().text


def test_a_shop_that_closed_before_the_confirmation_charges_nothing(shopper, world, clock, made) -> None:
    shopper.arrives()
    session = shopper.order_form.value("session")
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    page = shopper.confirms()
    assert (page.status, page.headers["retry-after"]) == (503, "3600")
    assert "現在、閉店しております。" in page.text
    assert made() == (0, 0, 0)
    world.merchant_edits(OSAKA, {"storefront": "OPEN"})
    assert "注文を確定する" in shopper.opens(f"/shop/{OSAKA}/order?session={session}").text
    clock.advance(CHECKOUT_SECONDS)
    page = shopper.opens(f"/shop/{OSAKA}/order?session={session}")
    assert page.address == CART
    assert made() == (0, 0, 0)


def test_values_that_were_revoked_end_at_amazons_error_page(shopper, world, made) -> None:
    shopper.arrives()
    world.amazon_revokes(OSAKA)
    page = shopper.confirms()
    assert page.status == 403
    assert "練習用 Amazon" in page.text
    assert "このショップではAmazonアカウントをご利用いただけません。" in page.text
    assert made() == (0, 0, 0)
    shopper.opens(CART)
    assert shopper.sends("/amazon-pay").status == 403
    world.amazon_restores(OSAKA)
    shopper.goes_to_amazon()
    shopper.chooses()
    assert NUMBER in shopper.confirms().text


def test_a_sale_type_that_was_switched_off_meanwhile_leads_back(shopper, world, made) -> None:
    shopper.arrives(product="early")
    world.merchant_edits(OSAKA, {"preOrder": False})
    page = shopper.confirms()
    assert page.address == CART
    [text] = page.alerts
    assert text == "現在のカートの内容では、Amazon Payでのお手続きができません。カートの内容をご確認ください。"
    assert made() == (0, 0, 0)


def test_a_checkout_that_ended_is_named_at_amazon_and_at_the_shop(shopper, clock) -> None:
    page = shopper.arrives()
    session = shopper.order_form.value("session")
    assert shopper.opens("/amazon/checkout/nothing").status == 404
    clock.advance(CHECKOUT_SECONDS)
    page = shopper.opens(f"/amazon/checkout/{session}")
    assert page.status == 404
    assert "このお支払い手続きは終了しています。ショップに戻り、もう一度お試しください。" in page.text

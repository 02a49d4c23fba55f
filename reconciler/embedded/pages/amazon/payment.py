"""P3 お届け先・お支払い方法: what a buyer chooses at the practice Amazon for a checkout of a shop.

In: the checkout that the shop started, and a buyer who is signed in. Out: the choice, kept with the checkout, and the way back
to the shop, with a code that identifies the browser. Nothing is charged here: the shop confirms. Who cannot pay here sees
Amazon's error page.
"""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from reconciler.embedded.pages.amazon.visit import (
    AmazonGuest,
    AmazonPost,
    AmazonVisit,
    Errand,
    amazon_error,
    require_buyer,
    require_merchant,
)
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.visit import PageRefused
from reconciler.embedded.resources.shopping import amazon_codes, checkouts
from reconciler.embedded.resources.shopping.amazon_buyers import AmazonBuyer
from reconciler.embedded.resources.shopping.amazon_payments import CARDS
from reconciler.embedded.resources.shopping.checkouts import Checkout

router = APIRouter(prefix="/checkout/{checkout_id}")

HEADING: Final = N_("お届け先・お支払い方法")

CARD_NOTES: Final[Mapping[str, str]] = {
    "1111": N_("承認されます"),
    "3434": N_("拒否されます"),
    "3064": N_("お客様がキャンセルします"),
    "0701": N_("保留になり、30秒後に拒否されます"),
}


@router.get("")
async def show_payment_choice(guest: AmazonVisit, checkout_id: str) -> Response:
    with guest.services.reading() as connection:
        checkout, buyer = _errand(connection, guest, checkout_id)
    return _page(guest, checkout, buyer)


@router.post("")
async def post_payment_choice(guest: AmazonPost, checkout_id: str) -> Response:
    """The address alone is kept and shown again; with 続行 the buyer goes back to the shop."""
    with guest.services.database.writing() as connection:
        checkout, buyer = _errand(connection, guest, checkout_id)
        address, card = _chosen(buyer, guest.form.text("address")), guest.form.text("card")
        going_on = guest.form.text("step") == "continue"
        if address is None or (going_on and card not in CARDS):
            return _page(guest, checkout, buyer, _("お届け先とお支払い方法を選択してください。"))
        kept = card if card in CARDS else checkout.card
        checkouts.choose_payment(connection, checkout_id, buyer.buyer_id, address, kept)
        checkout = _open_checkout(connection, guest, checkout_id)
        if not going_on:
            return _page(guest, checkout, buyer)
        merchant = require_merchant(connection, guest, checkout.shop_key)
        code = amazon_codes.issue_code(connection, "pay", merchant, buyer.buyer_id, guest.services.now())
    return guest.redirect(f"{_shop_address(checkout)}&code={code}")


@router.post("/cancel")
async def cancel_payment_choice(guest: AmazonPost, checkout_id: str) -> Response:
    with guest.services.database.writing() as connection:
        checkout = _open_checkout(connection, guest, checkout_id)
        checkouts.cancel_checkout(connection, checkout_id)
    return guest.redirect(_shop_address(checkout))


def _errand(connection: Connection, guest: AmazonGuest, checkout_id: str) -> tuple[Checkout, AmazonBuyer]:
    checkout = _open_checkout(connection, guest, checkout_id)
    merchant, buyer = require_buyer(connection, guest, Errand(shop_key=checkout.shop_key, checkout=checkout_id))
    if merchant.seller_id != checkout.seller_id:
        raise amazon_error()
    return checkout, buyer


def _open_checkout(connection: Connection, guest: AmazonGuest, checkout_id: str) -> Checkout:
    found = checkouts.find_checkout(connection, checkout_id)
    if found is None or not found.open_at(guest.services.now()) or found.seller_id == checkouts.NO_SELLER:
        text = _("このお支払い手続きは終了しています。ショップに戻り、もう一度お試しください。")
        raise PageRefused(404, _("お支払い手続き"), text)
    return found


def _chosen(buyer: AmazonBuyer, text: str) -> tuple[str, ...] | None:
    number = int(text) if text.isdecimal() and text.isascii() and len(text) <= len("99") else -1
    return buyer.addresses[number] if 0 <= number < len(buyer.addresses) else None


def _shop_address(checkout: Checkout) -> str:
    screen = "subscription" if checkout.basket.applied_for else "order"
    return f"/shop/{checkout.shop_key}/{screen}?session={checkout.checkout_id}"


def _page(guest: AmazonGuest, checkout: Checkout, buyer: AmazonBuyer, problem: str = "") -> Response:
    return guest.page(
        "amazon/payment.jinja",
        _(HEADING),
        422 if problem else 200,
        preview=None,
        action=f"/amazon/checkout/{checkout.checkout_id}",
        shop_key=checkout.shop_key,
        amount=checkout.amount,
        problem=problem,
        addresses=buyer.addresses,
        cards=CARD_NOTES,
        chosen_address=checkout.address or (buyer.addresses[0] if buyer.addresses else ()),
        chosen_card=checkout.card or next(iter(CARD_NOTES)),
    )

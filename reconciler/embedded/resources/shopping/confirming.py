"""注文を確定する: from a checkout to an order, or to the reason why there is none. All of it within one write transaction.

In: what the shopper saw and entered. Out: a `Confirmation`. The shop's row is locked first, so that of several presses, tabs and
closings one is first; the second one finds what the first one did. Nothing is charged without an order.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, select

from reconciler.embedded.resources import amazon_settings, orders, storefront
from reconciler.embedded.resources.shopping import carts, checkouts
from reconciler.embedded.resources.shopping.amazon_buttons import shows_amazon
from reconciler.embedded.resources.shopping.amazon_payments import CARDS, authorise, new_permission_id
from reconciler.embedded.resources.shopping.basket import Basket
from reconciler.embedded.resources.shopping.checkouts import Checkout, NewCheckout
from reconciler.embedded.resources.shopping.merchants import find_accepted_merchant
from reconciler.embedded.resources.shopping.order_details import OrderDetails, add_details
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.shop_tables import amazon_buyers
from reconciler.embedded.storage.tables import amazon_settings as settings
from reconciler.embedded.storage.tables import shops
from reconciler.lib.frozen_class import frozen

OrderOutcome = Literal["PLACED", "DECLINED", "CANCELED", "CHANGED", "CLOSED", "REFUSED", "UNAVAILABLE", "LAPSED"]


@frozen
class OrderAttempt:
    """`fingerprint`: of the basket that the shopper saw."""

    shop_key: str
    session_id: int
    checkout_id: str
    fingerprint: str
    delivery_time: str = ""
    request: str = ""


@frozen
class Confirmation:
    """CHANGED: the goods or a price are not those that the shopper saw; UNAVAILABLE: this cart cannot be ordered in this way;
    REFUSED: Amazon does not accept the shop's values; LAPSED: the checkout is unknown, cancelled or too old.
    """

    outcome: OrderOutcome
    order_no: str | None = None


MemberOf = Callable[[AuditedTransaction, Checkout], int | None]
"""Who of the shop's members orders; may make one."""


def confirm_with_amazon(
    edit: AuditedTransaction, attempt: OrderAttempt, now: datetime, member_of: MemberOf
) -> Confirmation:
    if _closed(edit.connection, attempt.shop_key):
        return Confirmation(outcome="CLOSED")
    checkout = checkouts.find_checkout(edit.connection, attempt.checkout_id)
    if checkout is None or not _is_mine(checkout, attempt):
        return Confirmation(outcome="LAPSED")
    if checkout.order_no is not None:
        return Confirmation(outcome="PLACED", order_no=checkout.order_no)
    basket = carts.get_basket(edit.connection, attempt.session_id)
    refused = _amazon_refusal(edit.connection, checkout, basket, now)
    if refused is not None:
        return Confirmation(outcome=refused)
    if basket.fingerprint() != attempt.fingerprint:
        return Confirmation(outcome="CHANGED")
    outcome = CARDS[checkout.card or ""]
    if outcome in ("DECLINED", "CANCELED"):
        checkouts.cancel_checkout(edit.connection, checkout.checkout_id)
        return Confirmation(outcome="DECLINED" if outcome == "DECLINED" else "CANCELED")
    details = _amazon_details(edit.connection, checkout, attempt, basket)
    details = replace(details, member_id=member_of(edit, checkout))
    return _place_paid(edit, attempt, checkout, details)


def confirm_ordinary(
    edit: AuditedTransaction, attempt: OrderAttempt, now: datetime, details: OrderDetails
) -> Confirmation:
    """代金引換: the basket of `details` is replaced by that of the cart."""
    if _closed(edit.connection, attempt.shop_key):
        return Confirmation(outcome="CLOSED")
    known = checkouts.find_checkout(edit.connection, attempt.checkout_id)
    if known is not None:
        mine = _is_mine(known, attempt) and known.order_no is not None
        return Confirmation(outcome="PLACED", order_no=known.order_no) if mine else Confirmation(outcome="LAPSED")
    basket = carts.get_basket(edit.connection, attempt.session_id)
    if basket.fault is not None:
        return Confirmation(outcome="UNAVAILABLE")
    if basket.fingerprint() != attempt.fingerprint:
        return Confirmation(outcome="CHANGED")
    new = NewCheckout(
        shop_key=attempt.shop_key,
        session_id=attempt.session_id,
        seller_id=checkouts.NO_SELLER,
        environment="PRODUCTION",
        basket=basket,
    )
    checkouts.start_checkout(edit.connection, new, now, checkout_id=attempt.checkout_id)
    order_no = orders.place(edit, attempt.shop_key, basket.order_type, str(basket.total), None)
    return _finish(edit, attempt, order_no, replace(details, basket=basket))


def amazon_offered(connection: Connection, shop_key: str, basket: Basket) -> bool:
    """Rule of the button in the cart: this basket, at this moment."""
    orderable = basket.fault is None and not basket.exceeds_ceiling
    return orderable and shows_amazon(connection, shop_key, basket.sale_types)


def _closed(connection: Connection, shop_key: str) -> bool:
    """Locks the shop."""
    return bool(storefront.get(connection, shop_key)[shops.c.storefront_status] != "OPEN")


def _is_mine(checkout: Checkout, attempt: OrderAttempt) -> bool:
    return (checkout.shop_key, checkout.session_id) == (attempt.shop_key, attempt.session_id)


def _amazon_refusal(
    connection: Connection, checkout: Checkout, basket: Basket, now: datetime
) -> Literal["LAPSED", "REFUSED", "UNAVAILABLE"] | None:
    row = amazon_settings.get(connection, checkout.shop_key)
    chosen = checkout.buyer_id is not None and checkout.card in CARDS
    if not checkout.open_at(now) or not chosen or row[settings.c.seller_id] != checkout.seller_id:
        return "LAPSED"
    if find_accepted_merchant(connection, checkout.shop_key, None) is None:
        return "REFUSED"
    return None if amazon_offered(connection, checkout.shop_key, basket) else "UNAVAILABLE"


def _amazon_details(connection: Connection, checkout: Checkout, attempt: OrderAttempt, basket: Basket) -> OrderDetails:
    found = select(amazon_buyers).where(amazon_buyers.c.buyer_id == checkout.buyer_id)
    buyer = connection.execute(found).mappings().one()
    return OrderDetails(
        basket=basket,
        buyer_name=buyer["name"],
        buyer_email=buyer["email"],
        address=checkout.address,
        delivery_time=attempt.delivery_time,
        request=attempt.request,
    )


def _place_paid(
    edit: AuditedTransaction, attempt: OrderAttempt, checkout: Checkout, details: OrderDetails
) -> Confirmation:
    basket, total = details.basket, str(details.basket.total)
    permission = new_permission_id(edit.connection, checkout.environment, recurring=basket.applied_for)
    order_no = orders.place(edit, checkout.shop_key, basket.order_type, total, permission)
    authorise(edit, checkout.shop_key, permission, order_no, total, pending=CARDS[checkout.card or ""] == "PENDING")
    checkouts.update_basket(edit.connection, checkout.checkout_id, basket)
    return _finish(edit, attempt, order_no, details)


def _finish(edit: AuditedTransaction, attempt: OrderAttempt, order_no: str, details: OrderDetails) -> Confirmation:
    add_details(edit.connection, attempt.shop_key, order_no, details)
    checkouts.complete_checkout(edit.connection, attempt.checkout_id, order_no)
    carts.empty_cart(edit.connection, attempt.session_id)
    return Confirmation(outcome="PLACED", order_no=order_no)

"""Checkouts: one attempt of a shopper to order, from the button to the order. Each leads to one order at most.

In: a shop's session and a basket. Out: a `Checkout`. Amazon's checkout sessions are these; an ordinary checkout has no seller.
A checkout ends after 24 hours in any state; then its goods are neither ordered nor paid.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from reconciler.embedded.contract.responses import Environment, OrderType
from reconciler.embedded.contract.times import stamp
from reconciler.embedded.resources.shopping.basket import Basket
from reconciler.embedded.storage import rows
from reconciler.embedded.storage.shop_tables import checkout_sessions
from reconciler.embedded.storage.tables import ipn_endpoints
from reconciler.lib.frozen_class import frozen

CheckoutState = Literal["Open", "Completed", "Canceled"]
CHECKOUT_SECONDS: Final = 24 * 3600
NO_SELLER: Final = ""
"""Of an ordinary checkout, which Amazon does not know."""

_C = checkout_sessions.c


@frozen
class Checkout:
    """`seller_id`: who is paid at Amazon. `address` and `card` are what the buyer chose there."""

    checkout_id: str
    shop_key: str
    session_id: int
    seller_id: str
    environment: Environment
    order_type: OrderType
    state: CheckoutState
    amount: str
    basket: Basket
    buyer_id: int | None
    address: tuple[str, ...]
    card: str | None
    order_no: str | None
    expires_at: int

    def open_at(self, now: datetime) -> bool:
        return self.state == "Open" and self.expires_at > int(now.timestamp())


@frozen
class NewCheckout:
    shop_key: str
    session_id: int
    seller_id: str
    environment: Environment
    basket: Basket


def start_checkout(connection: Connection, new: NewCheckout, now: datetime, *, checkout_id: str | None = None) -> str:
    """Its id; `checkout_id` is one that a form was given before. Lapsed ones without an order are removed on the occasion."""
    lapsed = (_C.expires_at <= int(now.timestamp()), _C.order_no.is_(None))
    connection.execute(delete(checkout_sessions).where(*lapsed))
    made = checkout_id or str(uuid.uuid4())
    values: dict[str, Any] = {
        "checkout_session_id": made,
        "shop_key": new.shop_key,
        "session_id": new.session_id,
        "seller_id": new.seller_id,
        "environment": new.environment,
        "order_type": new.basket.order_type,
        "state": "Open",
        "amount": str(new.basket.total),
        "items": new.basket.items(),
        "created_at": stamp(now),
        "expires_at": int(now.timestamp()) + CHECKOUT_SECONDS,
    }
    connection.execute(insert(checkout_sessions).values(**values, address=[]))
    return made


def find_checkout(connection: Connection, checkout_id: str) -> Checkout | None:
    """Locked until the end of a transaction that writes."""
    row = rows.first(connection, select(checkout_sessions).where(_C.checkout_session_id == checkout_id), {})
    return None if row is None else _checkout(row)


def choose_payment(
    connection: Connection, checkout_id: str, buyer_id: int, address: Sequence[str], card: str | None
) -> None:
    """What the buyer chose at Amazon."""
    _update(connection, checkout_id, {"buyer_id": buyer_id, "address": list(address), "card": card})


def update_basket(connection: Connection, checkout_id: str, basket: Basket) -> None:
    """What is ordered now, after the cart or a price changed."""
    values = {"items": basket.items(), "amount": str(basket.total), "order_type": basket.order_type}
    _update(connection, checkout_id, values)


def cancel_checkout(connection: Connection, checkout_id: str) -> None:
    _update(connection, checkout_id, {"state": "Canceled"})


def complete_checkout(connection: Connection, checkout_id: str, order_no: str) -> None:
    _update(connection, checkout_id, {"state": "Completed", "order_no": order_no})


def payment_environment(connection: Connection, seller_id: str) -> Environment:
    """Amazon's environment of a seller's new payments: production, unless only the test environment has endpoints [?]."""
    c = ipn_endpoints.c
    used = set(connection.execute(select(c.environment).where(c.seller_id == seller_id).distinct()).scalars())
    return "SANDBOX" if used == {"SANDBOX"} else "PRODUCTION"


def _update(connection: Connection, checkout_id: str, values: Mapping[str, Any]) -> None:
    connection.execute(update(checkout_sessions).where(_C.checkout_session_id == checkout_id).values(**values))


def _checkout(row: RowMapping) -> Checkout:
    return Checkout(
        checkout_id=row[_C.checkout_session_id],
        shop_key=row[_C.shop_key],
        session_id=row[_C.session_id],
        seller_id=row[_C.seller_id],
        environment=cast(Environment, row[_C.environment]),
        order_type=cast(OrderType, row[_C.order_type]),
        state=cast(CheckoutState, row[_C.state]),
        amount=row[_C.amount],
        basket=Basket.of_items(row[_C["items"]]),
        buyer_id=row[_C.buyer_id],
        address=tuple(row[_C.address] or ()),
        card=row[_C.card],
        order_no=row[_C.order_no],
        expires_at=row[_C.expires_at],
    )

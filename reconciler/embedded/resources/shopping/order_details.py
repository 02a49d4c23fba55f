"""What an order of the shop's own pages holds beside the contract's order: goods, who ordered, where to send them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from reconciler.embedded.resources.shopping.basket import Basket
from reconciler.embedded.storage.shop_tables import order_details
from reconciler.lib.frozen_class import frozen

_C = order_details.c


@frozen
class OrderDetails:
    """`address` are the lines of お届け先; `member_id`: of a member of the shop."""

    basket: Basket
    buyer_name: str
    buyer_email: str
    address: Sequence[str]
    delivery_time: str = ""
    request: str = ""
    member_id: int | None = None


def add_details(connection: Connection, shop_key: str, order_no: str, details: OrderDetails) -> None:
    connection.execute(insert(order_details).values(details_row(shop_key, order_no, details)))


def details_row(shop_key: str, order_no: str, details: OrderDetails) -> dict[str, Any]:
    return {
        "shop_key": shop_key,
        "order_no": order_no,
        "items": details.basket.items(),
        "buyer_name": details.buyer_name,
        "buyer_email": details.buyer_email,
        "address": list(details.address),
        "delivery_time": details.delivery_time,
        "request": details.request,
        "member_id": details.member_id,
    }


def find_details(connection: Connection, shop_key: str, order_no: str) -> OrderDetails | None:
    """None: an order that was not placed on the shop's pages."""
    found = select(order_details).where(_C.shop_key == shop_key, _C.order_no == order_no)
    row = connection.execute(found).mappings().first()
    if row is None:
        return None
    return OrderDetails(
        basket=Basket.of_items(row[_C["items"]]),
        buyer_name=row[_C.buyer_name],
        buyer_email=row[_C.buyer_email],
        address=tuple(row[_C.address]),
        delivery_time=row[_C.delivery_time],
        request=row[_C.request],
        member_id=row[_C.member_id],
    )

"""The orders of a member, newest first."""

from sqlalchemy import Connection, select

from reconciler.embedded.storage.shop_tables import order_details
from reconciler.embedded.storage.tables import orders
from reconciler.lib.frozen_class import frozen

_D = order_details.c
_O = orders.c


@frozen
class MemberOrder:
    """`ordered_at` is a stamp of the platform."""

    order_no: str
    ordered_at: str | None
    total: str


def list_member_orders(connection: Connection, shop_key: str, member_id: int) -> list[MemberOrder]:
    joined = order_details.join(orders, (_O.shop_key == _D.shop_key) & (_O.order_no == _D.order_no))
    statement = select(_O.order_no, _O.ordered_at, _O.total_amount).select_from(joined)
    mine = statement.where(_D.shop_key == shop_key, _D.member_id == member_id).order_by(_O.order_no.desc())
    return [MemberOrder(order_no=no, ordered_at=at, total=total) for no, at, total in connection.execute(mine)]

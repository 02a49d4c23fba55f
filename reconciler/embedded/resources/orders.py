"""Orders, as far as payment goes: find the order of a payment, mark it 入金済み; and a new order of the shop's own pages.

`status` and payment are separate axes. A cancelled order is not marked; an order that is paid already stays as it is.
Capture, refund and everything else about an order is not here.
"""

from collections.abc import Sequence
from typing import Final, Literal

from sqlalchemy import Connection, RowMapping, func, insert, not_, or_, select, update

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.requests import PaymentPost
from reconciler.embedded.contract.responses import OrderResponse, OrderStatus, OrderType, PaymentStatus
from reconciler.embedded.resources.charges import SANDBOX_LETTERS
from reconciler.embedded.storage import rows
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.tables import orders
from reconciler.lib.frozen_class import frozen

_C = orders.c
_REFERENCE = _C.amazon_order_reference_id
_FIRST_NUMBER: Final = 100_000_000_001


@frozen
class OrderQuery:
    shop_key: str
    reference_id: str | None = None
    payment_status: PaymentStatus | None = None
    after: str | None = None
    limit: int = 100


@frozen
class OrderCondition:
    """`paid_at`: with Amazon Pay, in this environment of Amazon. `text`: a number, or part of Amazon's id."""

    status: OrderStatus | None = None
    payment_status: PaymentStatus | None = None
    paid_at: Literal["Live", "Sandbox"] | None = None
    text: str = ""


def to_response(row: RowMapping) -> OrderResponse:
    return {
        "orderNo": row[_C.order_no],
        "shopKey": row[_C.shop_key],
        "type": row[_C.type],
        "status": row[_C.status],
        "paymentStatus": row[_C.payment_status],
        "receiptDate": row[_C.receipt_date],
        "amazonOrderReferenceId": row[_C.amazon_order_reference_id],
        "totalAmount": row[_C.total_amount],
        "currency": row[_C.currency],
        "version": str(row[_C.version]),
    }


def find(connection: Connection, query: OrderQuery) -> list[OrderResponse]:
    """Up to one order more than the limit, in the order of their numbers."""
    wanted = [_C.shop_key == query.shop_key]
    if query.reference_id is not None:
        wanted.append(_C.amazon_order_reference_id == query.reference_id)
    if query.payment_status is not None:
        wanted.append(_C.payment_status == query.payment_status)
    if query.after is not None:
        wanted.append(_C.order_no > query.after)
    statement = select(orders).where(*wanted).order_by(_C.order_no).limit(query.limit + 1)
    return [to_response(row) for row in connection.execute(statement).mappings()]


def get(connection: Connection, shop_key: str, order_no: str) -> OrderResponse:
    statement = select(orders).where(_C.shop_key == shop_key, _C.order_no == order_no)
    row = rows.first(connection, statement, {})
    if row is None:
        raise Problem("NOT_FOUND", "the shop has no order with this number")
    return to_response(row)


def newest(
    connection: Connection, shop_key: str, condition: OrderCondition, *, before: str | None, limit: int
) -> list[OrderResponse]:
    """For the screens: up to one order more than the limit, from the greatest number that is less than `before`."""
    wanted = [_C.shop_key == shop_key]
    if condition.status is not None:
        wanted.append(_C.status == condition.status)
    if condition.payment_status is not None:
        wanted.append(_C.payment_status == condition.payment_status)
    if condition.paid_at is not None:
        sandbox = or_(*map(_REFERENCE.startswith, SANDBOX_LETTERS))
        wanted += [_REFERENCE.is_not(None), sandbox if condition.paid_at == "Sandbox" else not_(sandbox)]
    if condition.text:
        wanted.append(or_(_C.order_no == condition.text, _REFERENCE.contains(condition.text, autoescape=True)))
    if before is not None:
        wanted.append(_C.order_no < before)
    statement = select(orders).where(*wanted).order_by(_C.order_no.desc()).limit(limit + 1)
    return [to_response(row) for row in connection.execute(statement).mappings()]


def ordered_at(connection: Connection, shop_key: str, numbers: Sequence[str]) -> dict[str, str | None]:
    """When orders were placed; None in a database of an older version. Only the screens show it."""
    found = select(_C.order_no, _C.ordered_at).where(_C.shop_key == shop_key, _C.order_no.in_(numbers))
    return {row[0]: row[1] for row in connection.execute(found)}


def mark_paid(
    edit: AuditedTransaction, shop_key: str, order_no: str, body: PaymentPost, *, if_match: str | None = None
) -> bool:
    """Mark the order as paid; answers whether that changed it."""
    order = get(edit.connection, shop_key, order_no)
    etags.require_match(if_match, order["version"])
    if order["status"] == "CANCELLED":
        raise Problem("ORDER_CANCELLED", "a cancelled order cannot be marked as paid")
    if order["paymentStatus"] == "RECEIVED":
        return False
    statement = update(orders).where(_C.shop_key == shop_key, _C.order_no == order_no)
    paid = {"payment_status": "RECEIVED", "receipt_date": body["receiptDate"], "version": _C.version + 1}
    edit.connection.execute(statement.values(paid))
    edit.record(shop_key, "orders", f"{order_no}.paymentStatus", ("NOTRECEIVED", "RECEIVED"))
    edit.record(shop_key, "orders", f"{order_no}.receiptDate", (order["receiptDate"], body["receiptDate"]))
    return True


def place(edit: AuditedTransaction, shop_key: str, order_type: OrderType, total: str, reference: str | None) -> str:
    """A new order of now, not paid; its number has 12 digits. The caller holds the lock of the shop."""
    values = {
        "shop_key": shop_key,
        "order_no": _next_number(edit.connection, shop_key),
        "type": order_type,
        "status": "PREORDER" if order_type == "PREORDER" else "AWAITING_PAYMENT",
        "payment_status": "NOTRECEIVED",
        "amazon_order_reference_id": reference,
        "total_amount": total,
        "currency": "JPY",
        "ordered_at": edit.at,
        "version": 1,
    }
    edit.connection.execute(insert(orders).values(**values))
    return str(values["order_no"])


def put_on_hold(edit: AuditedTransaction, shop_key: str, order_no: str) -> None:
    """保留: of an order whose authorization failed after it was placed."""
    before = get(edit.connection, shop_key, order_no)["status"]
    if before in ("AWAITING_PAYMENT", "PREORDER"):
        found = (_C.shop_key == shop_key, _C.order_no == order_no)
        edit.connection.execute(update(orders).where(*found).values(status="ON_HOLD", version=_C.version + 1))
        edit.record(shop_key, "orders", f"{order_no}.status", (before, "ON_HOLD"))


def _next_number(connection: Connection, shop_key: str) -> str:
    twelve = (_C.shop_key == shop_key, func.length(_C.order_no) == 12, _C.order_no >= str(_FIRST_NUMBER))
    greatest = connection.execute(select(func.max(_C.order_no)).where(*twelve, _C.order_no < ":")).scalar()
    return str(_FIRST_NUMBER if greatest is None else int(greatest) + 1)

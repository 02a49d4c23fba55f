"""運用>受注管理: the list of orders with its three tabs, one order, and 入金済み by hand.

In: a visit. Out: pages from `orders`, `charges` and the trail; `orders.mark_paid` for what is checked.
"""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages.admin.order_history import authorise_again, payment_alerts, payment_history
from reconciler.embedded.pages.admin.words import ORDER_STATUS, ORDER_TYPE, PAYMENT
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.menu import ORDERS, address_of
from reconciler.embedded.pages.notices import announce_change
from reconciler.embedded.pages.visit import ShopPost, ShopVisit, Visit
from reconciler.embedded.resources import orders
from reconciler.embedded.resources.shopping.order_details import find_details

router = APIRouter(prefix=f"/shops/{{shop_key}}/{ORDERS.place}")

TABS: Final = {"all": N_("すべて"), "unpaid": N_("通常処理中/未入金"), "unsent": N_("通常処理中/未発送")}
_PAGE: Final = 50


@router.get("")
async def show_orders(visit: ShopVisit, tab: str = "all", after: str = "") -> Response:
    tab = tab if tab in TABS else "all"
    with visit.reading() as connection:
        found = orders.newest(connection, visit.shop_key, _condition(tab), before=after or None, limit=_PAGE)
        placed = orders.ordered_at(connection, visit.shop_key, [order["orderNo"] for order in found])
    return visit.page(
        "admin/orders.jinja",
        ORDERS,
        tabs=TABS,
        tab=tab,
        orders=found[:_PAGE],
        placed=placed,
        next_after=found[_PAGE - 1]["orderNo"] if len(found) > _PAGE else None,
        types=ORDER_TYPE,
        statuses=ORDER_STATUS,
        payments=PAYMENT,
    )


@router.post("/paid")
async def mark_orders_paid(visit: ShopPost) -> Response:
    """All that were checked, or none: an order that cannot be marked keeps the others as they are."""
    address = f"{address_of(visit.shop_key, ORDERS)}?tab=unpaid"
    numbers = visit.form.lists.get("order", ())
    if not numbers:
        return visit.redirect(address, _("受注を選択してください。"))
    try:
        changed = _mark(visit, numbers)
    except Problem as problem:
        if problem.code not in ("NOT_FOUND", "ORDER_CANCELLED"):
            raise
        return visit.redirect(address, _("入金済みにできない受注が含まれています。変更していません。"))
    return visit.redirect(address, _("{count}件の受注を入金済みにしました。", count=changed))


@router.get("/{order_no}")
async def show_order(visit: ShopVisit, order_no: str) -> Response:
    with visit.reading() as connection:
        order = orders.get(connection, visit.shop_key, order_no)
        placed = orders.ordered_at(connection, visit.shop_key, [order_no])[order_no]
        history = payment_history(connection, visit.shop_key, order)
        alerts = payment_alerts(connection, visit.shop_key, order, visit.services.now())
        details = find_details(connection, visit.shop_key, order_no)
    return visit.page(
        "admin/order.jinja",
        ORDERS,
        order=order,
        placed=placed,
        history=history,
        alerts=alerts,
        details=details,
        types=ORDER_TYPE,
        statuses=ORDER_STATUS,
        payments=PAYMENT,
    )


@router.post("/{order_no}/paid")
async def mark_order_paid(visit: ShopPost, order_no: str) -> Response:
    address = address_of(visit.shop_key, ORDERS, order_no)
    try:
        changed = _mark(visit, [order_no])
    except Problem as problem:
        if problem.code != "ORDER_CANCELLED":
            raise
        return visit.redirect(address, _("注文取消の受注は入金済みにできません。"))
    return visit.redirect(address, _("入金済みにしました。") if changed else _("すでに入金済みです。"))


@router.post("/{order_no}/authorisation")
async def post_authorisation(visit: ShopPost, order_no: str) -> Response:
    address = address_of(visit.shop_key, ORDERS, order_no)
    try:
        with visit.editing() as edit:
            charge_id = authorise_again(edit, visit.shop_key, orders.get(edit.connection, visit.shop_key, order_no))
    except Problem as problem:
        if problem.code != "VALIDATION_ERROR":
            raise
        return visit.redirect(address, _("この受注は、現在の状態では再与信できません。"))
    await announce_change(visit.services, visit.shop_key, charge_id)
    return visit.redirect(address, _("再与信を実行しました。"))


def _mark(visit: Visit, numbers: Sequence[str]) -> int:
    with visit.editing() as edit:
        paid: Any = {"paymentStatus": "RECEIVED", "receiptDate": edit.at}
        return sum(orders.mark_paid(edit, visit.shop_key, number, paid) for number in numbers)


def _condition(tab: str) -> orders.OrderCondition:
    if tab == "unpaid":
        return orders.OrderCondition(status="AWAITING_PAYMENT", payment_status="NOTRECEIVED")
    if tab == "unsent":
        return orders.OrderCondition(status="AWAITING_PAYMENT", payment_status="RECEIVED")
    return orders.OrderCondition()

"""取引管理: the payments of the shop's orders, what the merchant does with them, and what Amazon can be made to do."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Final, Literal

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from reconciler.embedded.actors import seller_desk
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import OrderResponse
from reconciler.embedded.pages.admin.order_history import HistoryRow, payment_history
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.notices import announce_change
from reconciler.embedded.pages.seller_central.frame import address_at, environment_of, page_path, seller_page
from reconciler.embedded.pages.visit import ShopPost, ShopVisit, Visit
from reconciler.embedded.resources import orders
from reconciler.embedded.storage.audited_write import AMAZON, AuditedTransaction
from reconciler.lib.frozen_class import frozen

router = APIRouter(prefix="/seller-central/{shop_key}/transactions")

STATES: Final = {
    "AuthorizationInitiated": N_("オーソリ処理中"),
    "Authorized": N_("オーソリ済み"),
    "CaptureInitiated": N_("売上請求処理中"),
    "Captured": N_("売上請求済み"),
    "Canceled": N_("取消"),
    "Declined": N_("失敗"),
}
SIMULATIONS: Final = {
    "Authorized": N_("オーソリ成功"),
    "InvalidPaymentMethod": N_("オーソリ失敗 (InvalidPaymentMethod)"),
    "AmazonRejected": N_("オーソリ失敗 (AmazonRejected)"),
    "ProcessingFailure": N_("オーソリ失敗 (ProcessingFailure)"),
    "TransactionTimedOut": N_("オーソリ失敗 (TransactionTimedOut)"),
    "CaptureFailed": N_("売上請求失敗"),
    "Expired": N_("期限切れにする"),
    "Chargeback": N_("チャージバック"),
    "Closed": N_("お支払いの許可を終了する"),
}
REFUSED: Final = N_("現在の状態では、この操作はできません。")
_PAGE: Final = 50


@frozen
class SellerTransaction:
    """`state` is that of the newest charge, None without one."""

    order: OrderResponse
    state: str | None
    authorised: str | None
    captured: str | None

    @property
    def word(self) -> str:
        return "–" if self.state is None else _(STATES[self.state])


@router.get("")
async def show_transactions(visit: ShopVisit, key: str = "", after: str = "") -> Response:
    """Of the environment that is shown; other orders were not paid with Amazon Pay."""
    at: Literal["Live", "Sandbox"] = "Sandbox" if environment_of(visit) == "SANDBOX" else "Live"
    wanted = orders.OrderCondition(paid_at=at, text=key.strip())
    with visit.reading() as connection:
        found = orders.newest(connection, visit.shop_key, wanted, before=after or None, limit=_PAGE)
        rows = [_transaction(connection, order) for order in found[:_PAGE]]
    next_after = found[_PAGE - 1]["orderNo"] if len(found) > _PAGE else None
    return seller_page(visit, "transactions", rows=rows, key=key, next_after=next_after)


@router.get("/{order_no}")
async def show_transaction(visit: ShopVisit, order_no: str) -> Response:
    return _page(visit, order_no)


@router.post("/{order_no}/capture")
async def post_capture(visit: ShopPost, order_no: str) -> Response:
    amount, fault = _amount(visit, order_no, "capture_amount", seller_desk.capturable, N_("売上請求"))
    if fault is not None:
        return fault
    return await _act(visit, order_no, partial(seller_desk.capture_payment, amount=amount), _("売上請求しました。"))


@router.post("/{order_no}/cancel")
async def post_cancellation(visit: ShopPost, order_no: str) -> Response:
    return await _act(visit, order_no, seller_desk.cancel_payment, _("取り消しました。"))


@router.post("/{order_no}/refund")
async def post_refund(visit: ShopPost, order_no: str) -> Response:
    amount, fault = _amount(visit, order_no, "amount", seller_desk.refundable, N_("返金"))
    if fault is not None:
        return fault
    return await _act(visit, order_no, partial(seller_desk.refund_payment, amount=str(amount)), _("返金しました。"))


@router.post("/{order_no}/simulate")
async def post_simulation(visit: ShopPost, order_no: str) -> Response:
    """Amazon's act, and recorded as such."""
    act = seller_desk.SIMULATIONS.get(visit.form.text("outcome"))
    if act is None:
        raise Problem("NOT_FOUND", "no such outcome")
    with visit.services.editing(AMAZON) as edit:
        changed = _attempt(edit, visit, order_no, act)
    return await _announced(visit, order_no, changed, _("状態を変更しました。"))


Act = Callable[[AuditedTransaction, OrderResponse], str]
"""Answers the id of the object that it changed at Amazon."""


async def _act(visit: Visit, order_no: str, act: Act, done: str) -> Response:
    with visit.editing() as edit:
        changed = _attempt(edit, visit, order_no, act)
    return await _announced(visit, order_no, changed, done)


def _attempt(edit: AuditedTransaction, visit: Visit, order_no: str, act: Act) -> str | None:
    """None: Amazon refuses it in the present state. Nothing was written then."""
    order = orders.get(edit.connection, visit.shop_key, order_no)
    try:
        return act(edit, order)
    except Problem as problem:
        if problem.code != "VALIDATION_ERROR":
            raise
        return None


async def _announced(visit: Visit, order_no: str, changed: str | None, done: str) -> Response:
    """The act is stored: what the endpoints answer changes nothing in it, and is shown on the next page."""
    address = address_at(visit, "transactions", order_no)
    if changed is None:
        return visit.redirect(address, _(REFUSED))
    outcomes = await announce_change(visit.services, visit.shop_key, changed)
    shown = {"notified": [[each.url, each.text] for each in outcomes]}
    return visit.redirect(address, done, draft={"address": page_path(visit, "transactions", order_no), "fields": shown})


def _amount(
    visit: Visit, order_no: str, field: str, most: Callable[[Connection, OrderResponse], Decimal], act: str
) -> tuple[Decimal, Response | None]:
    """Of a form, all of it without the field; a page in the place of an amount that cannot be had."""
    with visit.reading() as connection:
        limit = most(connection, orders.get(connection, visit.shop_key, order_no))
    typed = visit.form.values.get(field, f"{limit:f}").replace(",", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 12):
        return Decimal(0), _page(visit, order_no, 422, {field: _("金額を半角数字で入力してください。")})
    if limit > 0 and not 0 < int(typed) <= limit:
        text = _("{act}できる金額は{limit}円までです。", act=_(act), limit=f"{limit:,}")
        return Decimal(0), _page(visit, order_no, 422, {field: text})
    return Decimal(typed), None


def _page(visit: Visit, order_no: str, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    with visit.reading() as connection:
        order = orders.get(connection, visit.shop_key, order_no)
        if order["amazonOrderReferenceId"] is None:
            raise Problem("NOT_FOUND", "the order was not paid with Amazon Pay")
        transaction = _transaction(connection, order)
        history: list[HistoryRow] = payment_history(connection, visit.shop_key, order)
        capturable = seller_desk.capturable(connection, order)
        refundable = seller_desk.refundable(connection, order)
    usual = {"capture_amount": f"{capturable:f}", "amount": f"{refundable:f}"}
    words: Mapping[str, Any] = {
        "transaction": transaction,
        "rows": None,
        "history": history,
        "capturable": int(capturable),
        "refundable": int(refundable),
        "amounts": usual | {name: visit.form.values[name] for name in usual if name in visit.form.values},
        "errors": errors or {},
        "labels": {"capture_amount": _("売上請求額"), "amount": _("返金額")},
        "simulations": SIMULATIONS,
        "notified": visit.draft.get("notified"),
    }
    return seller_page(visit, "transactions", status, **words)


def _transaction(connection: Connection, order: OrderResponse) -> SellerTransaction:
    newest = seller_desk.newest_charge(connection, order)
    if newest is None:
        return SellerTransaction(order=order, state=None, authorised=None, captured=None)
    captured = seller_desk.captured_amount(connection, order)
    return SellerTransaction(
        order=order,
        state=newest["statusDetails"]["state"],
        authorised=newest["chargeAmount"]["amount"],
        captured=f"{captured:f}" if captured else None,
    )

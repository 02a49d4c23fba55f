"""取引管理: the payments of the shop's orders, what the merchant does with them, and what Amazon can be made to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from reconciler.embedded.actors import seller_desk
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import OrderResponse
from reconciler.embedded.pages.admin.order_history import HistoryRow, payment_history
from reconciler.embedded.pages.seller_central.frame import address_at, environment_of, seller_page
from reconciler.embedded.pages.visit import ShopPost, ShopVisit, Visit
from reconciler.embedded.resources import charges, orders
from reconciler.embedded.storage.audited_write import AMAZON, AuditedTransaction

router = APIRouter(prefix="/seller-central/{shop_key}/transactions")

STATES: Final = {
    "AuthorizationInitiated": "オーソリ処理中",
    "Authorized": "オーソリ済み",
    "CaptureInitiated": "売上請求処理中",
    "Captured": "売上請求済み",
    "Canceled": "取消",
    "Declined": "失敗",
}
SIMULATIONS: Final = {
    "Authorized": "オーソリ成功",
    "InvalidPaymentMethod": "オーソリ失敗 (InvalidPaymentMethod)",
    "AmazonRejected": "オーソリ失敗 (AmazonRejected)",
    "ProcessingFailure": "オーソリ失敗 (ProcessingFailure)",
    "TransactionTimedOut": "オーソリ失敗 (TransactionTimedOut)",
    "CaptureFailed": "売上請求失敗",
    "Expired": "期限切れにする",
}
REFUSED: Final = "現在の状態では、この操作はできません。"
_LIMIT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerTransaction:
    """`state` is that of the newest charge, None without one."""

    order: OrderResponse
    state: str | None
    authorised: str | None
    captured: str | None

    @property
    def word(self) -> str:
        return "–" if self.state is None else STATES[self.state]


@router.get("")
async def show_transactions(visit: ShopVisit, key: str = "") -> Response:
    with visit.reading() as connection:
        found = orders.newest(connection, visit.shop_key, orders.OrderCondition(), before=None, limit=_LIMIT)
        mine = [order for order in found if _is_here(visit, order) and _matches(order, key.strip())]
        rows = [_transaction(connection, order) for order in mine]
    return seller_page(visit, "transactions", rows=rows, key=key)


@router.get("/{order_no}")
async def show_transaction(visit: ShopVisit, order_no: str) -> Response:
    return _page(visit, order_no)


@router.post("/{order_no}/capture")
async def post_capture(visit: ShopPost, order_no: str) -> Response:
    return _act(visit, order_no, seller_desk.capture_payment, "売上請求しました。")


@router.post("/{order_no}/cancel")
async def post_cancellation(visit: ShopPost, order_no: str) -> Response:
    return _act(visit, order_no, seller_desk.cancel_payment, "取り消しました。")


@router.post("/{order_no}/refund")
async def post_refund(visit: ShopPost, order_no: str) -> Response:
    amount = visit.form.text("amount").replace(",", "")
    if not (amount.isascii() and amount.isdigit() and len(amount) <= 12):
        return _page(visit, order_no, 422, {"amount": "金額を半角数字で入力してください。"})
    with visit.reading() as connection:
        most = seller_desk.refundable(connection, orders.get(connection, visit.shop_key, order_no))
    if not 0 < int(amount) <= most:
        return _page(visit, order_no, 422, {"amount": f"返金できる金額は{most:,}円までです。"})
    return _act(visit, order_no, lambda edit, order: seller_desk.refund_payment(edit, order, amount), "返金しました。")


@router.post("/{order_no}/simulate")
async def post_simulation(visit: ShopPost, order_no: str) -> Response:
    """Amazon's act, and recorded as such."""
    outcome = seller_desk.OUTCOMES.get(visit.form.text("outcome"))
    if outcome is None:
        raise Problem("NOT_FOUND", "no such outcome")
    with visit.services.editing(AMAZON) as edit:
        done = _attempt(edit, visit, order_no, lambda edit, order: seller_desk.simulate_outcome(edit, order, outcome))
    return visit.redirect(_address(visit, order_no), "状態を変更しました。" if done else REFUSED)


Act = Callable[[AuditedTransaction, OrderResponse], None]


def _act(visit: Visit, order_no: str, act: Act, done: str) -> Response:
    with visit.editing() as edit:
        accepted = _attempt(edit, visit, order_no, act)
    return visit.redirect(_address(visit, order_no), done if accepted else REFUSED)


def _attempt(edit: AuditedTransaction, visit: Visit, order_no: str, act: Act) -> bool:
    """False: Amazon refuses it in the present state. Nothing was written then."""
    order = orders.get(edit.connection, visit.shop_key, order_no)
    try:
        act(edit, order)
    except Problem as problem:
        if problem.code != "VALIDATION_ERROR":
            raise
        return False
    return True


def _page(visit: Visit, order_no: str, status: int = 200, errors: dict[str, str] | None = None) -> Response:
    with visit.reading() as connection:
        order = orders.get(connection, visit.shop_key, order_no)
        if order["amazonOrderReferenceId"] is None:
            raise Problem("NOT_FOUND", "the order was not paid with Amazon Pay")
        transaction = _transaction(connection, order)
        history: list[HistoryRow] = payment_history(connection, visit.shop_key, order)
        most = seller_desk.refundable(connection, order)
    return seller_page(
        visit,
        "transactions",
        status,
        transaction=transaction,
        rows=None,
        history=history,
        refundable=int(most),
        amount=visit.form.values.get("amount", str(int(most))),
        errors=errors or {},
        labels={"amount": "返金額"},
        simulations=SIMULATIONS,
    )


def _transaction(connection: Connection, order: OrderResponse) -> SellerTransaction:
    newest = seller_desk.newest_charge(connection, order)
    if newest is None:
        return SellerTransaction(order=order, state=None, authorised=None, captured=None)
    captured = newest["captureAmount"]
    return SellerTransaction(
        order=order,
        state=newest["statusDetails"]["state"],
        authorised=newest["chargeAmount"]["amount"],
        captured=None if captured is None else captured["amount"],
    )


def _is_here(visit: Visit, order: OrderResponse) -> bool:
    """Orders of the environment that is shown; others were not paid with Amazon Pay."""
    reference = order["amazonOrderReferenceId"]
    if reference is None:
        return False
    shown = "Sandbox" if environment_of(visit) == "SANDBOX" else "Live"
    return charges.release_environment(reference) == shown


def _matches(order: OrderResponse, key: str) -> bool:
    return key in ("", order["orderNo"]) or key in (order["amazonOrderReferenceId"] or "")


def _address(visit: Visit, order_no: str) -> str:
    return address_at(visit, "transactions", order_no)

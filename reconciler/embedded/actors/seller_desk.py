"""Payments of an order at Seller Central: what the merchant does there, and what Amazon can be made to do.

In: an edit and an order. Out: charges and refunds, changed; the order stays as it is. Raises Problem where Amazon would refuse.
This backend sends no notification of it: `reconciler ipn simulate` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, select

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import ChargeResponse, ChargeState, OrderResponse
from reconciler.embedded.resources import charges
from reconciler.embedded.resources import payment_objects as objects
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.tables import refunds

_OPEN: Final = ("AuthorizationInitiated", "Authorized", "CaptureInitiated")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedOutcome:
    """`of`: the state in which the newest charge must be; None: a new charge is made."""

    state: ChargeState
    reason: str | None = None
    of: ChargeState | None = None


OUTCOMES: Final[Mapping[str, SimulatedOutcome]] = {
    "Authorized": SimulatedOutcome(state="Authorized"),
    "InvalidPaymentMethod": SimulatedOutcome(state="Declined", reason="InvalidPaymentMethod"),
    "AmazonRejected": SimulatedOutcome(state="Declined", reason="AmazonRejected"),
    "ProcessingFailure": SimulatedOutcome(state="Declined", reason="ProcessingFailure"),
    "TransactionTimedOut": SimulatedOutcome(state="Declined", reason="TransactionTimedOut"),
    "CaptureFailed": SimulatedOutcome(state="Declined", reason="AmazonRejected", of="Authorized"),
    "Expired": SimulatedOutcome(state="Canceled", reason="ExpiredUnused", of="Authorized"),
}


def capture_payment(edit: AuditedTransaction, order: OrderResponse) -> None:
    """売上請求: of the authorization, or, without one, of the whole order."""
    newest = newest_charge(edit.connection, order)
    if newest is None or newest["statusDetails"]["state"] in ("Declined", "Canceled"):
        _create(edit, order, "Captured", None)
    elif newest["statusDetails"]["state"] == "Authorized":
        _turn(edit, order, newest, "Captured", None)
    else:
        raise Problem("VALIDATION_ERROR", "nothing is left to capture")


def cancel_payment(edit: AuditedTransaction, order: OrderResponse) -> None:
    """取消: of an authorization that was not captured."""
    _turn(edit, order, _in_state(edit, order, "Authorized"), "Canceled", "SellerCanceled")


def refund_payment(edit: AuditedTransaction, order: OrderResponse, amount: str) -> None:
    """返金: of what was captured and not refunded yet."""
    charge = _in_state(edit, order, "Captured")
    if not 0 < Decimal(amount) <= refundable(edit.connection, order):
        raise Problem("VALIDATION_ERROR", "the amount exceeds what was captured and not refunded")
    values = {
        "refund_id": objects.next_id(edit.connection, objects.REFUND, charge["chargeId"]),
        "shop_key": order["shopKey"],
        "charge_id": charge["chargeId"],
        "amount": amount,
        "currency": order["currency"],
        "state": "Refunded",
    }
    objects.create(edit, objects.REFUND, values)


def simulate_outcome(edit: AuditedTransaction, order: OrderResponse, outcome: SimulatedOutcome) -> None:
    if outcome.of is not None:
        _turn(edit, order, _in_state(edit, order, outcome.of), outcome.state, outcome.reason)
        return
    newest = newest_charge(edit.connection, order)
    if newest is not None and newest["statusDetails"]["state"] in (*_OPEN, "Captured"):
        raise Problem("VALIDATION_ERROR", "the order has a charge already")
    _create(edit, order, outcome.state, outcome.reason)


def newest_charge(connection: Connection, order: OrderResponse) -> ChargeResponse | None:
    reference = _reference(order)
    found = charges.of_permission(connection, order["shopKey"], reference)
    return found[-1] if found else None


def refundable(connection: Connection, order: OrderResponse) -> Decimal:
    charge = newest_charge(connection, order)
    if charge is None or charge["captureAmount"] is None:
        return Decimal(0)
    mine = refunds.c.charge_id == charge["chargeId"]
    amounts = connection.execute(select(refunds.c.amount).where(mine)).scalars().all()
    return Decimal(charge["captureAmount"]["amount"]) - sum(map(Decimal, amounts), Decimal(0))


def _reference(order: OrderResponse) -> str:
    reference = order["amazonOrderReferenceId"]
    if reference is None:
        raise Problem("NOT_FOUND", "the order was not paid with Amazon Pay")
    return reference


def _in_state(edit: AuditedTransaction, order: OrderResponse, state: ChargeState) -> ChargeResponse:
    charge = newest_charge(edit.connection, order)
    if charge is None or charge["statusDetails"]["state"] != state:
        raise Problem("VALIDATION_ERROR", f"the order has no charge in state {state}")
    return charge


def _turn(
    edit: AuditedTransaction, order: OrderResponse, charge: ChargeResponse, state: ChargeState, reason: str | None
) -> None:
    row = charges.get(edit.connection, order["shopKey"], charge["chargeId"])
    charges.set_state(edit, row, state, reason)


def _create(edit: AuditedTransaction, order: OrderResponse, state: ChargeState, reason: str | None) -> None:
    reference = _reference(order)
    values = {
        "charge_id": charges.next_id(edit.connection, reference),
        "shop_key": order["shopKey"],
        "charge_permission_id": reference,
        "state": state,
        "reason_code": reason,
        "charge_amount": order["totalAmount"],
        "capture_amount": order["totalAmount"] if state == "Captured" else None,
        "currency": order["currency"],
    }
    charges.create(edit, values)

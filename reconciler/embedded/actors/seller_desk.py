"""Payments of an order at Seller Central: what the merchant does there, and what Amazon can be made to do.

In: an edit and an order. Out: a charge, refund, dispute or charge permission, changed, and its id; the order stays as it is.
Raises Problem where Amazon would refuse. No notification is sent from here: pages do that once the edit is stored.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Final

from sqlalchemy import Connection, select

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import ChargeResponse, ChargeState, OrderResponse
from reconciler.embedded.resources import charges
from reconciler.embedded.resources import payment_objects as objects
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.tables import charge_permissions, disputes, refunds
from reconciler.lib.frozen_class import frozen

_OPEN: Final = ("AuthorizationInitiated", "Authorized", "CaptureInitiated")


@frozen
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


def capture_payment(edit: AuditedTransaction, order: OrderResponse, amount: Decimal | None = None) -> str:
    """売上請求: of the authorization, or, without one, of the order; of all that is left by default."""
    most = capturable(edit.connection, order)
    wanted = most if amount is None else amount
    if not 0 < wanted <= most:
        raise Problem("VALIDATION_ERROR", "so much is not left to capture")
    newest = newest_charge(edit.connection, order)
    if newest is None or newest["statusDetails"]["state"] != "Authorized":
        return _create(edit, order, "Captured", None, wanted)
    row = charges.get(edit.connection, order["shopKey"], newest["chargeId"])
    charges.set_state(edit, row, "Captured", None, captured=format(wanted, "f"))
    return newest["chargeId"]


def cancel_payment(edit: AuditedTransaction, order: OrderResponse) -> str:
    """取消: of an authorization that was not captured."""
    return _turn(edit, order, _in_state(edit, order, "Authorized"), "Canceled", "SellerCanceled")


def refund_payment(edit: AuditedTransaction, order: OrderResponse, amount: str) -> str:
    """返金: of one charge, of what was captured and not refunded yet."""
    charge, most = _refundable_charge(edit.connection, order)
    if charge is None or not 0 < Decimal(amount) <= most:
        raise Problem("VALIDATION_ERROR", "the amount exceeds what was captured and not refunded")
    return _create_object(edit, objects.REFUND, order, charge, {"amount": amount, "state": "Refunded"})


def dispute_payment(edit: AuditedTransaction, order: OrderResponse) -> str:
    """チャージバック: the buyer disputes what was captured."""
    charge = next((each for each in _captured(edit.connection, order)), None)
    if charge is None or _is_disputed(edit.connection, charge):
        raise Problem("VALIDATION_ERROR", "the order has no charge that can be disputed")
    money = charge["captureAmount"] or charge["chargeAmount"]
    values = {"amount": money["amount"], "filing_reason": "ProductNotReceived", "state": "ActionRequired"}
    return _create_object(edit, objects.DISPUTE, order, charge, values)


def close_permission(edit: AuditedTransaction, order: OrderResponse) -> str:
    """Amazon ends what the order can be charged by."""
    if _is_closed(edit.connection, order):
        raise Problem("VALIDATION_ERROR", "it is closed already")
    objects.set_state(edit, order["shopKey"], _reference(order), "Closed", "AmazonClosed")
    return _reference(order)


def simulate_outcome(edit: AuditedTransaction, order: OrderResponse, outcome: SimulatedOutcome) -> str:
    if outcome.of is not None:
        return _turn(edit, order, _in_state(edit, order, outcome.of), outcome.state, outcome.reason)
    newest = newest_charge(edit.connection, order)
    if newest is not None and newest["statusDetails"]["state"] == "AuthorizationInitiated":
        return _turn(edit, order, newest, outcome.state, outcome.reason)
    if newest is not None and newest["statusDetails"]["state"] in (*_OPEN, "Captured"):
        raise Problem("VALIDATION_ERROR", "the order has a charge already")
    if _is_closed(edit.connection, order):
        raise Problem("VALIDATION_ERROR", "the charge permission of the order is closed")
    return _create(edit, order, outcome.state, outcome.reason, Decimal(order["totalAmount"]))


SIMULATIONS: Final[Mapping[str, Callable[[AuditedTransaction, OrderResponse], str]]] = {
    **{name: partial(simulate_outcome, outcome=outcome) for name, outcome in OUTCOMES.items()},
    "Chargeback": dispute_payment,
    "Closed": close_permission,
}
"""What Amazon and the buyer can be made to do, by a name."""


def newest_charge(connection: Connection, order: OrderResponse) -> ChargeResponse | None:
    reference = _reference(order)
    found = charges.of_permission(connection, order["shopKey"], reference)
    return found[-1] if found else None


def capturable(connection: Connection, order: OrderResponse) -> Decimal:
    """What 売上請求 may take: of an authorization, or of the order what was not captured yet."""
    newest = newest_charge(connection, order)
    state = None if newest is None else newest["statusDetails"]["state"]
    if state in ("AuthorizationInitiated", "CaptureInitiated") or _is_closed(connection, order):
        return Decimal(0)
    if newest is not None and state == "Authorized":
        return Decimal(newest["chargeAmount"]["amount"])
    return max(Decimal(order["totalAmount"]) - captured_amount(connection, order), Decimal(0))


def captured_amount(connection: Connection, order: OrderResponse) -> Decimal:
    money = (each["captureAmount"] or each["chargeAmount"] for each in _captured(connection, order))
    return sum((Decimal(each["amount"]) for each in money), Decimal(0))


def refundable(connection: Connection, order: OrderResponse) -> Decimal:
    """What one 返金 may return."""
    return _refundable_charge(connection, order)[1]


def _refundable_charge(connection: Connection, order: OrderResponse) -> tuple[ChargeResponse | None, Decimal]:
    """The newest charge with something left."""
    for charge in _captured(connection, order):
        money = charge["captureAmount"] or charge["chargeAmount"]
        mine = (refunds.c.charge_id == charge["chargeId"], refunds.c.state != "Declined")
        amounts = connection.execute(select(refunds.c.amount).where(*mine)).scalars().all()
        left = Decimal(money["amount"]) - sum(map(Decimal, amounts), Decimal(0))
        if left > 0:
            return charge, left
    return None, Decimal(0)


def _captured(connection: Connection, order: OrderResponse) -> Iterator[ChargeResponse]:
    """The newest first."""
    found = charges.of_permission(connection, order["shopKey"], _reference(order))
    return (each for each in reversed(found) if each["statusDetails"]["state"] == "Captured")


def _is_disputed(connection: Connection, charge: ChargeResponse) -> bool:
    mine = (disputes.c.charge_id == charge["chargeId"], disputes.c.state.in_(("ActionRequired", "UnderReview")))
    return connection.execute(select(disputes.c.dispute_id).where(*mine)).first() is not None


def _is_closed(connection: Connection, order: OrderResponse) -> bool:
    column = charge_permissions.c
    mine = (column.shop_key == order["shopKey"], column.charge_permission_id == _reference(order))
    return connection.execute(select(column.state).where(*mine)).scalar() == "Closed"


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
) -> str:
    row = charges.get(edit.connection, order["shopKey"], charge["chargeId"])
    charges.set_state(edit, row, state, reason)
    return charge["chargeId"]


def _create(
    edit: AuditedTransaction, order: OrderResponse, state: ChargeState, reason: str | None, amount: Decimal
) -> str:
    reference, text = _reference(order), format(amount, "f")
    charge_id = charges.next_id(edit.connection, reference)
    values = {
        "charge_id": charge_id,
        "shop_key": order["shopKey"],
        "charge_permission_id": reference,
        "state": state,
        "reason_code": reason,
        "charge_amount": text,
        "capture_amount": text if state == "Captured" else None,
        "currency": order["currency"],
    }
    charges.create(edit, values)
    return charge_id


def _create_object(
    edit: AuditedTransaction,
    kind: objects.PaymentObjectKind,
    order: OrderResponse,
    charge: ChargeResponse,
    values: dict[str, str],
) -> str:
    object_id = objects.next_id(edit.connection, kind, charge["chargeId"])
    of_charge = {
        kind.id.name: object_id,
        "shop_key": order["shopKey"],
        "charge_id": charge["chargeId"],
        "currency": order["currency"],
    }
    objects.create(edit, kind, of_charge | values)
    return object_id

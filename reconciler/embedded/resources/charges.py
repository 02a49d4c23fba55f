"""Charges as Amazon Pay knows them: the state of payments at Amazon, independent of the platform's orders.

Read by the contract, changed only by the merchant's capture in Seller Central and by Amazon. The charges of 定期 have ids of
their own, which do not start with the id of their charge permission.
 Nothing here touches an order:
a client that learns of a captured charge marks the order as 入金済み.
"""

from typing import Any, Final, Literal

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import ChargeResponse, ChargeState, Money
from reconciler.embedded.contract.times import amazon_stamp, days_after
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.tables import charges

_C = charges.c
SANDBOX_LETTERS: Final = ("S", "C")
_AUTHORIZATIONS = ("AuthorizationInitiated", "Authorized")

LAPSES_AFTER = 30
"""Days until Amazon cancels an authorization that was not captured."""


def to_response(row: RowMapping) -> ChargeResponse:
    number = row[_C.merchant_reference_id]
    return {
        "chargeId": row[_C.charge_id],
        "chargePermissionId": row[_C.charge_permission_id],
        "chargeAmount": _money(row, row[_C.charge_amount]),
        "captureAmount": None if row[_C.capture_amount] is None else _money(row, row[_C.capture_amount]),
        "statusDetails": {
            "state": row[_C.state],
            "reasonCode": row[_C.reason_code],
            "reasonDescription": None,
            "lastUpdatedTimestamp": amazon_stamp(row[_C.updated_at]),
        },
        "creationTimestamp": amazon_stamp(row[_C.created_at]),
        "expirationTimestamp": amazon_stamp(days_after(row[_C.created_at], LAPSES_AFTER))
        if row[_C.state] in _AUTHORIZATIONS
        else None,
        "merchantMetadata": None if number is None else {"merchantReferenceId": number},
        "releaseEnvironment": release_environment(row[_C.charge_permission_id]),
    }


def release_environment(object_id: str) -> Literal["Live", "Sandbox"]:
    """S and C (agreements) are Amazon's sandbox."""
    return "Sandbox" if object_id.startswith(SANDBOX_LETTERS) else "Live"


def get(connection: Connection, shop_key: str, charge_id: str) -> RowMapping:
    found = connection.execute(select(charges).where(_C.shop_key == shop_key, _C.charge_id == charge_id))
    row = found.mappings().first()
    if row is None:
        raise Problem("NOT_FOUND", "the seller of this shop has no charge with this id")
    return row


def of_permission(connection: Connection, shop_key: str, permission: str) -> list[ChargeResponse]:
    """Those of a charge permission, or of the order reference that their ids start with; oldest first."""
    own = _C.charge_id.startswith(f"{permission}-C", autoescape=True)
    wanted = (_C.shop_key == shop_key, or_(_C.charge_permission_id == permission, own))
    found = connection.execute(select(charges).where(*wanted).order_by(_C.created_at, _C.charge_id))
    return [to_response(row) for row in found.mappings()]


def next_id(connection: Connection, permission: str) -> str:
    """As Amazon numbers them: the order reference, and a number of six digits."""
    count = select(func.count()).select_from(charges).where(_C.charge_permission_id == permission)
    return f"{permission}-C{connection.execute(count).scalar_one() + 1:06}"


def create(edit: AuditedTransaction, values: dict[str, Any]) -> None:
    """`values` are the columns but for the times."""
    if edit.connection.execute(select(_C.charge_id).where(_C.charge_id == values["charge_id"])).first() is not None:
        raise Problem("NOT_FOUND", "a charge with this id already exists")
    edit.connection.execute(insert(charges).values(**values, created_at=edit.at, updated_at=edit.at))
    edit.record(values["shop_key"], "charges", f"{values['charge_id']}.state", (None, values["state"]))


def set_state(
    edit: AuditedTransaction, row: RowMapping, state: ChargeState, reason: str | None, *, captured: str | None = None
) -> None:
    """The charge goes into another state; what was authorised is captured whole, or `captured` of it."""
    whole = row[_C.capture_amount] or (row[_C.charge_amount] if state == "Captured" else None)
    values = {"state": state, "reason_code": reason, "capture_amount": captured or whole, "updated_at": edit.at}
    edit.connection.execute(update(charges).where(_C.charge_id == row[_C.charge_id]).values(**values))
    edit.record(row[_C.shop_key], "charges", f"{row[_C.charge_id]}.state", (row[_C.state], state))


def _money(row: RowMapping, amount: str) -> Money:
    return {"amount": amount, "currencyCode": row[_C.currency]}

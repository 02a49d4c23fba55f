"""Refunds, disputes and charge permissions as Amazon Pay knows them.

Read by the contract, changed only by the merchant's refund in Seller Central and by Amazon. Nothing here touches a charge or an
order.
"""

from typing import Any, Final, cast, get_args

from sqlalchemy import Column, Connection, RowMapping, Table, func, insert, select, update

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import (
    ChargePermissionResponse,
    DisputeResponse,
    DisputeState,
    Money,
    PermissionReason,
    PermissionState,
    RefundResponse,
    RefundState,
)
from reconciler.embedded.contract.times import amazon_stamp, days_after
from reconciler.embedded.resources.charges import release_environment
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.tables import charge_permissions, disputes, refunds
from reconciler.lib.frozen_class import frozen

ANSWER_WITHIN: Final = 11
"""Days that Amazon gives a merchant to answer a chargeback."""


@frozen(kw_only=False)
class PaymentObjectKind:
    """`letter` is that of its ids, empty where the id is the permission itself."""

    name: str
    table: Table
    letter: str
    states: tuple[str, ...]

    @property
    def id(self) -> Column[Any]:
        return next(iter(self.table.primary_key.columns))


REFUND: Final = PaymentObjectKind("refunds", refunds, "R", get_args(RefundState))
DISPUTE: Final = PaymentObjectKind("disputes", disputes, "B", get_args(DisputeState))
PERMISSION: Final = PaymentObjectKind("chargePermissions", charge_permissions, "", get_args(PermissionState))


def kind_of(object_id: str) -> PaymentObjectKind:
    """Raises Problem for an id of another form."""
    letter = object_id.split("-")[3][:1] if object_id.count("-") == 3 else ""
    found = next((kind for kind in (REFUND, DISPUTE, PERMISSION) if kind.letter == letter), None)
    if found is None:
        raise Problem("NOT_FOUND", "Amazon has no object with an id of this form")
    return found


def get(connection: Connection, kind: PaymentObjectKind, shop_key: str, object_id: str) -> RowMapping:
    wanted = select(kind.table).where(kind.table.c.shop_key == shop_key, kind.id == object_id)
    row = connection.execute(wanted).mappings().first()
    if row is None:
        raise Problem("NOT_FOUND", "this shop's seller has no such object of this id")
    return row


def next_id(connection: Connection, kind: PaymentObjectKind, charge_id: str) -> str:
    """As Amazon numbers them: the order reference of the charge, the letter, and six digits."""
    first = f"{charge_id.rpartition('-')[0]}-{kind.letter}"  # shared by all charges of the order reference
    count = select(func.count()).select_from(kind.table).where(kind.id.startswith(first, autoescape=True))
    return f"{first}{connection.execute(count).scalar_one() + 1:06}"


def create(edit: AuditedTransaction, kind: PaymentObjectKind, values: dict[str, Any]) -> None:
    """`values` are the columns but for the times."""
    object_id = values[kind.id.name]
    edit.connection.execute(insert(kind.table).values(**values, created_at=edit.at, updated_at=edit.at))
    edit.record(values["shop_key"], kind.name, f"{object_id}.state", (None, values["state"]))


def set_state(edit: AuditedTransaction, shop_key: str, object_id: str, state: str, reason: str | None) -> None:
    """The object goes into another state; a permission is made where it was not known."""
    kind = kind_of(object_id)
    if state not in kind.states:
        raise Problem("VALIDATION_ERROR", f"the states are {', '.join(kind.states)}")
    where = (kind.table.c.shop_key == shop_key, kind.id == object_id)
    before = edit.connection.execute(select(kind.table.c.state).where(*where)).scalar()
    if before is None and kind is PERMISSION:
        create(edit, kind, new_permission(shop_key, object_id) | {"state": state, "reason_code": reason})
        return
    get(edit.connection, kind, shop_key, object_id)
    values = {"state": state, "reason_code": reason, "updated_at": edit.at}
    edit.connection.execute(update(kind.table).where(*where).values(**values))
    edit.record(shop_key, kind.name, f"{object_id}.state", (before, state))


def new_permission(shop_key: str, permission: str) -> dict[str, Any]:
    """B and C are the ids of agreements, which 定期 has."""
    kind = "Recurring" if permission.startswith(("B", "C")) else "OneTime"
    return {"charge_permission_id": permission, "shop_key": shop_key, "type": kind}


def refund_response(row: RowMapping) -> RefundResponse:
    column = refunds.c
    return {
        "refundId": row[column.refund_id],
        "chargeId": row[column.charge_id],
        "refundAmount": _money(row, refunds),
        "statusDetails": {
            "state": cast(RefundState, row[column.state]),
            "reasonCode": row[column.reason_code],
            "reasonDescription": None,
            "lastUpdatedTimestamp": amazon_stamp(row[column.updated_at]),
        },
        "creationTimestamp": amazon_stamp(row[column.created_at]),
        "releaseEnvironment": release_environment(row[column.refund_id]),
    }


def dispute_response(row: RowMapping) -> DisputeResponse:
    column = disputes.c
    return {
        "disputeId": row[column.dispute_id],
        "chargeId": row[column.charge_id],
        "disputeType": "Chargeback",
        "disputeAmount": _money(row, disputes),
        "filingReason": row[column.filing_reason],
        "statusDetails": {
            "state": cast(DisputeState, row[column.state]),
            "reasonCode": row[column.reason_code],
            "reasonDescription": None,
            "lastUpdatedTimestamp": amazon_stamp(row[column.updated_at]),
        },
        "merchantResponseDeadline": amazon_stamp(days_after(row[column.created_at], ANSWER_WITHIN)),
        "creationTimestamp": amazon_stamp(row[column.created_at]),
        "releaseEnvironment": release_environment(row[column.dispute_id]),
    }


def permission_response(row: RowMapping) -> ChargePermissionResponse:
    column = charge_permissions.c
    code = row[column.reason_code]
    reasons: list[PermissionReason] = [{"reasonCode": code, "reasonDescription": None}] if code else []
    return {
        "chargePermissionId": row[column.charge_permission_id],
        "chargePermissionType": row[column.type],
        "statusDetails": {
            "state": cast(PermissionState, row[column.state]),
            "reasons": reasons or None,
            "lastUpdatedTimestamp": amazon_stamp(row[column.updated_at]),
        },
        "creationTimestamp": amazon_stamp(row[column.created_at]),
        "releaseEnvironment": release_environment(row[column.charge_permission_id]),
    }


def _money(row: RowMapping, table: Table) -> Money:
    return {"amount": row[table.c.amount], "currencyCode": row[table.c.currency]}

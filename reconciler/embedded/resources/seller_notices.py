"""What Amazon notifies the endpoints of a seller of: one object in its present state, or a test.

In: the id of a charge, refund, dispute or charge permission. Out: an `AmazonEvent`, in words of this backend. How a notification
is written, signed and sent is not known here: who serves the backend supplies that as a `Notify`.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from sqlalchemy import Connection, RowMapping

from reconciler.embedded.contract.responses import Environment
from reconciler.embedded.contract.times import JAPAN, moment_of
from reconciler.embedded.resources import audit, charges
from reconciler.embedded.resources import payment_objects as objects
from reconciler.embedded.storage.tables import charge_permissions
from reconciler.embedded.storage.tables import charges as charge_rows
from reconciler.lib.frozen_class import frozen

AmazonEventKind = Literal["AUTHORIZATION", "CAPTURE", "REFUND", "CHARGEBACK", "PERMISSION"]

_BEFORE_CAPTURE: Final = ("AuthorizationInitiated", "Authorized", "Canceled")


@frozen
class AmazonEvent:
    """`state` and `reason` are words of Amazon's newer API. `permission`: the order reference or agreement."""

    kind: AmazonEventKind
    id: str
    permission: str
    state: str
    reason: str | None
    at: datetime
    amount: str | None = None
    currency: str | None = None


@frozen
class SellerNotice:
    """`event` None: a test notification."""

    seller_id: str
    environment: Environment
    event: AmazonEvent | None


class NotSent(StrEnum):
    """Why an endpoint received nothing, or its answer is not known."""

    OTHER_MACHINE = "other-machine"
    NO_ANSWER = "no-answer"
    NO_SENDER = "no-sender"
    NO_TOPIC = "no-topic"
    NO_FOLDER = "no-folder"
    FOLDER_NOT_WRITABLE = "folder-not-writable"
    REAL_BACKEND = "real-backend"
    NOT_INSTALLED = "not-installed"


@frozen
class NoticeResult:
    """The status of the endpoint's answer and the seconds until it; or why there is none."""

    status: int | None = None
    seconds: float = 0.0
    not_sent: NotSent | None = None


Notify = Callable[[SellerNotice, str], Awaitable[NoticeResult]]
"""Sends a notice to the endpoint at a URL. It raises nothing, and it ends within seconds."""


def event_of(connection: Connection, shop_key: str, object_id: str) -> AmazonEvent:
    """The object as it is now. Raises Problem where this shop's seller has none of this id."""
    if "-C" in object_id:
        return _of_charge(connection, charges.get(connection, shop_key, object_id))
    kind = objects.kind_of(object_id)
    row = objects.get(connection, kind, shop_key, object_id)
    if kind is objects.PERMISSION:
        return _event("PERMISSION", row, object_id, row[charge_permissions.c.charge_permission_id])
    named: AmazonEventKind = "REFUND" if kind is objects.REFUND else "CHARGEBACK"
    charge = charges.get(connection, shop_key, row["charge_id"])
    permission = charge[charge_rows.c.charge_permission_id]
    return _event(named, row, object_id, permission, amount=row["amount"], currency=row["currency"])


def _of_charge(connection: Connection, row: RowMapping) -> AmazonEvent:
    column = charge_rows.c
    kind: AmazonEventKind = "AUTHORIZATION" if _is_authorization(connection, row) else "CAPTURE"
    return _event(
        kind,
        row,
        row[column.charge_id],
        row[column.charge_permission_id],
        amount=row[column.capture_amount] or row[column.charge_amount],
        currency=row[column.currency],
    )


def _is_authorization(connection: Connection, row: RowMapping) -> bool:
    """A charge that was declined says only by what it was before whether the authorization failed or the capture."""
    column = charge_rows.c
    if row[column.state] != "Declined":
        return row[column.state] in _BEFORE_CAPTURE
    turn = audit.last_of(connection, row[column.shop_key], "charges", f"{row[column.charge_id]}.state")
    before = None if turn is None else turn["from"]
    return before in (None, "AuthorizationInitiated")


def _event(
    kind: AmazonEventKind,
    row: RowMapping,
    object_id: str,
    permission: str,
    *,
    amount: str | None = None,
    currency: str | None = None,
) -> AmazonEvent:
    return AmazonEvent(
        kind=kind,
        id=object_id,
        permission=permission,
        state=row["state"],
        reason=row["reason_code"],
        at=moment_of(row["updated_at"]).replace(tzinfo=JAPAN),
        amount=amount,
        currency=currency,
    )

"""Payments that a buyer allows at the practice Amazon: the charge permission and its first authorization.

In: a checkout at Amazon that is confirmed. Out: the ids that Amazon would give, with the letter of the environment: P and B in
production, S and C (agreements) in the test environment. An order carries the id of its charge permission. As at Amazon, the
charges of 定期 have an order reference of their own.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, Select, and_, select

from reconciler.embedded.contract.responses import Environment
from reconciler.embedded.contract.times import stamp
from reconciler.embedded.resources import charges, orders
from reconciler.embedded.resources import payment_objects as objects
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.shop_tables import checkout_sessions
from reconciler.embedded.storage.tables import charge_permissions
from reconciler.embedded.storage.tables import charges as charge_rows
from reconciler.lib.frozen_class import frozen

CardOutcome = Literal["AUTHORIZED", "DECLINED", "CANCELED", "PENDING"]
CARDS: Final[Mapping[str, CardOutcome]] = {
    "1111": "AUTHORIZED",
    "3434": "DECLINED",
    "3064": "CANCELED",
    "0701": "PENDING",
}
"""Amazon's test cards, by their last digits, and what happens to a payment with each."""
PENDING_CARD: Final = "0701"
PENDING_SECONDS: Final = 30
PENDING_REASON: Final = "SoftDeclined"
"""Of a pending payment that is declined in the end [?]: 再与信 is possible."""


@frozen
class DeclinedLater:
    """A charge that was pending when its order was placed, and was declined then."""

    shop_key: str
    seller_id: str
    environment: Environment
    charge_id: str


def new_permission_id(connection: Connection, environment: Environment, *, recurring: bool) -> str:
    """A new one: no permission and no charge has it."""
    letters = ("B", "P") if environment == "PRODUCTION" else ("C", "S")
    while True:
        made = f"{letters[0] if recurring else letters[1]}03-{_seven_digits()}-{_seven_digits()}"
        c = charge_permissions.c
        if connection.execute(select(c.charge_permission_id).where(c.charge_permission_id == made)).first() is None:
            return made


def authorise(
    edit: AuditedTransaction, shop_key: str, permission_id: str, order_no: str, amount: str, *, pending: bool
) -> str:
    """The permission, and an authorization of the whole amount; its id."""
    permission = objects.new_permission(shop_key, permission_id)
    objects.create(edit, objects.PERMISSION, permission | {"state": "Chargeable", "reason_code": None})
    reference = permission_id
    if permission["type"] == "Recurring":
        environment: Environment = "PRODUCTION" if permission_id.startswith("B") else "SANDBOX"
        reference = new_permission_id(edit.connection, environment, recurring=False)
    charge_id = f"{reference}-C000001"
    values = {
        "charge_id": charge_id,
        "shop_key": shop_key,
        "charge_permission_id": permission_id,
        "state": "AuthorizationInitiated" if pending else "Authorized",
        "charge_amount": amount,
        "currency": "JPY",
        "merchant_reference_id": order_no,
    }
    charges.create(edit, values)
    return charge_id


def decline_pending(edit: AuditedTransaction, now: datetime) -> list[DeclinedLater]:
    """Decline the payments that have been pending for thirty seconds; their orders become 保留."""
    declined = []
    c, s = charge_rows.c, checkout_sessions.c
    for row in edit.connection.execute(_due(now).with_for_update()).mappings().all():
        charges.set_state(edit, row, "Declined", PENDING_REASON)
        orders.put_on_hold(edit, row[c.shop_key], row[c.merchant_reference_id])
        declined.append(
            DeclinedLater(
                shop_key=row[c.shop_key],
                seller_id=row[s.seller_id],
                environment=row[s.environment],
                charge_id=row[c.charge_id],
            )
        )
    return declined


def has_due(connection: Connection, now: datetime) -> bool:
    """Is there anything for `decline_pending`? Asked first, so that nothing is locked for nothing."""
    return connection.execute(_due(now).limit(1)).first() is not None


def _due(now: datetime) -> Select[Any]:
    c, s = charge_rows.c, checkout_sessions.c
    mine = and_(c.merchant_reference_id == s.order_no, c.shop_key == s.shop_key)
    since = stamp(now - timedelta(seconds=PENDING_SECONDS))
    wanted = (s.card == PENDING_CARD, c.state == "AuthorizationInitiated", c.created_at <= since)
    found = select(charge_rows, s.seller_id, s.environment).select_from(charge_rows.join(checkout_sessions, mine))
    return found.where(*wanted).order_by(c.charge_id)


def _seven_digits() -> str:
    return f"{secrets.randbelow(10_000_000):07}"

"""What became of an order's payment, as 受注詳細 shows it: a history, and alerts.

In: an order. Out: rows from its charges and refunds at Amazon and from the trail of the order; alerts for what needs a person.
Which texts the platform shows is documented for failed authorisations only; the other sentences are ours [?].
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, and_, or_, select

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import ChargeResponse, OrderResponse
from reconciler.embedded.contract.times import days_after, moment_of, stamp
from reconciler.embedded.pages.admin.words import PAYMENT_STATE
from reconciler.embedded.pages.formats import page_day
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.resources import audit, charges
from reconciler.embedded.resources import payment_objects as objects
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.tables import charges as charge_rows
from reconciler.lib.frozen_class import frozen

CHANGE_METHOD: Final = N_(
    "オーソリ処理に失敗しました。 この支払方法では、販売を継続できないため、決済方法を変更してください。"
)
AUTHORISE_AGAIN: Final = N_(
    "オーソリ処理に失敗したため、再与信が必要です。 「入金状況」の上に表示された「再与信」ボタンから実行してください。"
)
_PERMANENT: Final = frozenset({"HardDeclined", "AmazonRejected"})
_WARN_FROM_DAY: Final = 20


@frozen
class HistoryRow:
    at: str
    kind: str
    amount: str
    state: str
    source: str


@frozen
class PaymentAlerts:
    """`expiry`: of an authorisation that was not captured, from day 20."""

    texts: tuple[str, ...]
    expiry: str | None
    can_authorise: bool
    by_notification: bool


def payment_history(connection: Connection, shop_key: str, order: OrderResponse) -> list[HistoryRow]:
    """Oldest first."""
    found = [row for charge in _rows_of(connection, shop_key, order) for row in _of_charge(connection, charge)]
    paid = audit.last_of(connection, shop_key, "orders", f"{order['orderNo']}.paymentStatus")
    if paid is not None:
        source = _("通知") if paid["actorType"] == "CLIENT" else _("手動")
        found.append(
            HistoryRow(at=paid["at"], kind=_("入金"), amount=order["totalAmount"], state=_("入金済"), source=source)
        )
    return sorted(found, key=lambda row: row.at)


def payment_alerts(connection: Connection, shop_key: str, order: OrderResponse, now: datetime) -> PaymentAlerts:
    paid = audit.last_of(connection, shop_key, "orders", f"{order['orderNo']}.paymentStatus")
    declined = _declined(connection, shop_key, order)
    texts = [*_failed(declined), *_disputed(connection, shop_key, order), *_closed(connection, shop_key, order)]
    return PaymentAlerts(
        texts=tuple(texts),
        expiry=_expiry(connection, shop_key, order, now),
        can_authorise=declined is not None and not _is_permanent(declined),
        by_notification=paid is not None and paid["actorType"] == "CLIENT",
    )


def authorise_again(edit: AuditedTransaction, shop_key: str, order: OrderResponse) -> str:
    """再与信: another authorisation of the same amount. Out: its charge id."""
    declined = _declined(edit.connection, shop_key, order)
    if declined is None or _is_permanent(declined):
        raise Problem("VALIDATION_ERROR", "no authorisation of this order can be repeated")
    permission = declined["chargePermissionId"]
    charge_id = charges.next_id(edit.connection, permission)
    values = {"charge_id": charge_id, "shop_key": shop_key}
    values |= {"charge_permission_id": permission, "charge_amount": declined["chargeAmount"]["amount"]}
    charges.create(edit, {**values, "currency": declined["chargeAmount"]["currencyCode"], "state": "Authorized"})
    return charge_id


def _is_permanent(charge: ChargeResponse) -> bool:
    return charge["statusDetails"]["reasonCode"] in _PERMANENT


def _declined(connection: Connection, shop_key: str, order: OrderResponse) -> ChargeResponse | None:
    """The newest charge, if it was declined."""
    reference = order["amazonOrderReferenceId"]
    found = [] if reference is None else charges.of_permission(connection, shop_key, reference)
    return found[-1] if found and found[-1]["statusDetails"]["state"] == "Declined" else None


def _failed(declined: ChargeResponse | None) -> Iterator[str]:
    if declined is not None:
        yield _(CHANGE_METHOD if _is_permanent(declined) else AUTHORISE_AGAIN)


def _disputed(connection: Connection, shop_key: str, order: OrderResponse) -> Iterator[str]:
    column = objects.DISPUTE.table.c
    mine = column.charge_id.in_([charge["charge_id"] for charge in _rows_of(connection, shop_key, order)])
    found = select(column.created_at).where(column.shop_key == shop_key, mine, column.state == "ActionRequired")
    for created in connection.execute(found.order_by(column.created_at)).scalars():
        deadline = days_after(created, objects.ANSWER_WITHIN)
        yield _("チャージバックの申立てがあります。回答期限: {day}", day=page_day(deadline))


def _closed(connection: Connection, shop_key: str, order: OrderResponse) -> Iterator[str]:
    column = objects.PERMISSION.table.c
    mine = (column.shop_key == shop_key, column.charge_permission_id == order["amazonOrderReferenceId"])
    if connection.execute(select(column.state).where(*mine)).scalar() == "Closed":
        yield _("Amazon側でお支払いの許可が終了しています。以後の売上請求はできません。")


def _expiry(connection: Connection, shop_key: str, order: OrderResponse, now: datetime) -> str | None:
    rows = _rows_of(connection, shop_key, order)
    if not rows or rows[-1]["state"] != "Authorized":
        return None
    end, today = days_after(rows[-1]["created_at"], charges.LAPSES_AFTER), stamp(now)
    left = (moment_of(end).date() - moment_of(today).date()).days
    if left > charges.LAPSES_AFTER - _WARN_FROM_DAY or left < 0:
        return None
    return _("オーソリの有効期限: {day}（残り {left}日）", day=page_day(end), left=left)


def _rows_of(connection: Connection, shop_key: str, order: OrderResponse) -> list[dict[str, str]]:
    """The charges of the order, oldest first. Orders of 定期 share a permission: a charge may say which of them it is of."""
    reference, column = order["amazonOrderReferenceId"], charge_rows.c
    if reference is None:
        return []
    number = column.merchant_reference_id
    own = column.charge_id.startswith(f"{reference}-C", autoescape=True)
    shared = and_(column.charge_permission_id == reference, or_(number.is_(None), number == order["orderNo"]))
    found = select(charge_rows).where(column.shop_key == shop_key, or_(own, shared))
    rows = connection.execute(found.order_by(column.created_at, column.charge_id)).mappings()
    return [dict(row) for row in rows]


def _of_charge(connection: Connection, charge: dict[str, str]) -> Iterator[HistoryRow]:
    authorised = "Authorized" if charge["state"] in ("Captured", "CaptureInitiated") else charge["state"]
    yield _amazon_row(charge["created_at"], _("オーソリ"), charge["charge_amount"], authorised)
    if charge["state"] in ("Captured", "CaptureInitiated"):
        amount = charge["capture_amount"] or charge["charge_amount"]
        yield _amazon_row(charge["updated_at"], _("売上請求"), amount, charge["state"])
    column = objects.REFUND.table.c
    made = select(objects.REFUND.table).where(column.charge_id == charge["charge_id"]).order_by(column.created_at)
    for row in connection.execute(made).mappings():
        yield _amazon_row(row["updated_at"], _("返金"), row["amount"], row["state"])


def _amazon_row(at: str, kind: str, amount: str, state: str) -> HistoryRow:
    return HistoryRow(at=at, kind=kind, amount=amount, state=_(PAYMENT_STATE.get(state, state)), source=_("照合"))

"""What became of an order's payment, as 受注詳細 shows it: a history, and alerts.

In: an order. Out: rows from its charges and refunds at Amazon and from the trail of the order; alerts for what needs a person.
Which texts the platform shows is documented for failed authorisations only; the other sentences are ours [?].
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Table, select

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import ChargeResponse, OrderResponse
from reconciler.embedded.contract.times import FORMAT, days_after, stamp
from reconciler.embedded.pages.admin.words import PAYMENT_STATE
from reconciler.embedded.resources import audit, charges
from reconciler.embedded.resources import payment_objects as objects
from reconciler.embedded.storage.audited_write import AuditedTransaction
from reconciler.embedded.storage.tables import charges as charge_rows

CHANGE_METHOD: Final = (
    "オーソリ処理に失敗しました。 この支払方法では、販売を継続できないため、決済方法を変更してください。"
)
AUTHORISE_AGAIN: Final = (
    "オーソリ処理に失敗したため、再与信が必要です。 「入金状況」の上に表示された「再与信」ボタンから実行してください。"
)
_PERMANENT: Final = frozenset({"HardDeclined", "AmazonRejected"})
_WARN_FROM_DAY: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    at: str
    kind: str
    amount: str
    state: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
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
        source = "通知" if paid["actorType"] == "CLIENT" else "手動"
        found.append(HistoryRow(at=paid["at"], kind="入金", amount=order["totalAmount"], state="入金済", source=source))
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


def authorise_again(edit: AuditedTransaction, shop_key: str, order: OrderResponse) -> None:
    """再与信: another authorisation of the same amount."""
    declined = _declined(edit.connection, shop_key, order)
    if declined is None or _is_permanent(declined):
        raise Problem("NOT_FOUND", "no authorisation of this order can be repeated")
    permission = declined["chargePermissionId"]
    values = {"charge_id": charges.next_id(edit.connection, permission), "shop_key": shop_key}
    values |= {"charge_permission_id": permission, "charge_amount": declined["chargeAmount"]["amount"]}
    charges.create(edit, {**values, "currency": declined["chargeAmount"]["currencyCode"], "state": "Authorized"})


def _is_permanent(charge: ChargeResponse) -> bool:
    return charge["statusDetails"]["reasonCode"] in _PERMANENT


def _declined(connection: Connection, shop_key: str, order: OrderResponse) -> ChargeResponse | None:
    """The newest charge, if it was declined."""
    reference = order["amazonOrderReferenceId"]
    found = [] if reference is None else charges.of_permission(connection, shop_key, reference)
    return found[-1] if found and found[-1]["statusDetails"]["state"] == "Declined" else None


def _failed(declined: ChargeResponse | None) -> Iterator[str]:
    if declined is not None:
        yield CHANGE_METHOD if _is_permanent(declined) else AUTHORISE_AGAIN


def _disputed(connection: Connection, shop_key: str, order: OrderResponse) -> Iterator[str]:
    for row in _of_order(connection, objects.DISPUTE.table, shop_key, order):
        if row["state"] == "ActionRequired":
            deadline = days_after(row["created_at"], objects.ANSWER_WITHIN)
            yield f"チャージバックの申立てがあります。回答期限: {_day(deadline)}"


def _closed(connection: Connection, shop_key: str, order: OrderResponse) -> Iterator[str]:
    column = objects.PERMISSION.table.c
    mine = (column.shop_key == shop_key, column.charge_permission_id == order["amazonOrderReferenceId"])
    if connection.execute(select(column.state).where(*mine)).scalar() == "Closed":
        yield "Amazon側でお支払いの許可が終了しています。以後の売上請求はできません。"


def _expiry(connection: Connection, shop_key: str, order: OrderResponse, now: datetime) -> str | None:
    rows = _rows_of(connection, shop_key, order)
    if not rows or rows[-1]["state"] != "Authorized":
        return None
    end, today = days_after(rows[-1]["created_at"], charges.LAPSES_AFTER), stamp(now)
    left = (_moment(end).date() - _moment(today).date()).days
    if left > charges.LAPSES_AFTER - _WARN_FROM_DAY or left < 0:
        return None
    return f"オーソリの有効期限: {_day(end)}（残り {left}日）"


def _rows_of(connection: Connection, shop_key: str, order: OrderResponse) -> list[dict[str, str]]:
    """The charges of the order, oldest first."""
    return _of_order(connection, charge_rows, shop_key, order)


def _of_order(connection: Connection, table: Table, shop_key: str, order: OrderResponse) -> list[dict[str, str]]:
    reference, column = order["amazonOrderReferenceId"], table.c
    if reference is None:
        return []
    mine = column.charge_id.startswith(f"{reference}-C", autoescape=True)
    found = select(table).where(column.shop_key == shop_key, mine).order_by(column.created_at, column.charge_id)
    return [dict(row) for row in connection.execute(found).mappings()]


def _of_charge(connection: Connection, charge: dict[str, str]) -> Iterator[HistoryRow]:
    authorised = "Authorized" if charge["state"] in ("Captured", "CaptureInitiated") else charge["state"]
    yield _amazon_row(charge["created_at"], "オーソリ", charge["charge_amount"], authorised)
    if charge["state"] in ("Captured", "CaptureInitiated"):
        amount = charge["capture_amount"] or charge["charge_amount"]
        yield _amazon_row(charge["updated_at"], "売上請求", amount, charge["state"])
    column = objects.REFUND.table.c
    made = select(objects.REFUND.table).where(column.charge_id == charge["charge_id"]).order_by(column.created_at)
    for row in connection.execute(made).mappings():
        yield _amazon_row(row["updated_at"], "返金", row["amount"], row["state"])


def _amazon_row(at: str, kind: str, amount: str, state: str) -> HistoryRow:
    return HistoryRow(at=at, kind=kind, amount=amount, state=PAYMENT_STATE.get(state, state), source="照合")


def _moment(text: str) -> datetime:
    return datetime.strptime(text, FORMAT)  # noqa: DTZ007 - the platform's times carry no zone


def _day(text: str) -> str:
    return _moment(text).strftime("%Y/%m/%d")

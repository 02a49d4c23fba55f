"""The worker's queue: the messages that are due, the known captures, and the outcome of each, written completely or not at all.

Two workers at once do no harm here: a message is settled once, and of a capture the newest state stays, in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    or_,
    select,
    update,
)

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.inbox_tables import (
    ipn_captures,
    ipn_mails,
    ipn_objects,
    ipn_reminders,
)
from reconciler.adapters.store.db.run_tables import insert
from reconciler.adapters.store.inbox.io import InboxReader, InboxWriter
from reconciler.adapters.store.inbox.rows import fact_from_row, message_from_row, object_from_row
from reconciler.adapters.store.inbox.work_statements import (
    ELSEWHERE,
    FACTS,
    MESSAGES,
    SOONEST,
    due_statement,
    end_statement,
    new_statement,
)
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports.inbox import (
    Completion,
    InboxMessage,
    MailState,
    MessageStatus,
    PendingMail,
)
from reconciler.ports.payments import CaptureState, ObjectKind, ObjectState
from reconciler.ports.runtime import Clock

_PAGE: Final = 64
"""Messages: in one look there is room for fewer, and most are each of a lane of their own."""

_Result = tuple[CaptureState | None, PendingMail | None, ObjectState | None]


class StoreWorkQueue:
    """Implements ports.inbox.Desk. `clock` says since when a mail is owed."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._clock = clock
        self._reads = InboxReader(store)
        self._settlements: InboxWriter[tuple[int, Completion], bool] = InboxWriter(store, _settle)
        self._findings: InboxWriter[tuple[_Result, datetime], None] = InboxWriter(store, _learn)
        self._reminders: InboxWriter[_Reminder, bool] = InboxWriter(store, _remind)

    async def due(
        self, now: datetime, *, limit: int, without: Sequence[str] = (), without_shops: Sequence[ShopKey] = ()
    ) -> Sequence[InboxMessage]:
        wanted = _Due(now, limit, without, without_shops)
        return await self._reads.read(lambda connection: _due(connection, wanted))

    async def next_due(self) -> datetime | None:
        return await self._reads.read(lambda connection: connection.execute(SOONEST).scalar())

    async def facts(self, shop: ShopKey, *references: str) -> Sequence[CaptureState]:
        wanted = {"of_shop": shop, "references": references}
        return await self._reads.read(
            lambda connection: [fact_from_row(row) for row in connection.execute(FACTS, wanted).mappings().all()]
        )

    async def objects(self, shop: ShopKey, *references: str) -> Sequence[ObjectState]:
        known = ipn_objects.c
        of_them = or_(known.reference.in_(references), known.permission.in_(references))
        return await self._objects(known.shop == shop, of_them)

    async def unsettled_objects(self, shop: ShopKey, kind: ObjectKind, states: Sequence[str]) -> Sequence[ObjectState]:
        known = ipn_objects.c
        return await self._objects(known.shop == shop, known.kind == kind, known.state.in_(states))

    async def _objects(self, *where: ColumnElement[bool]) -> Sequence[ObjectState]:
        wanted = select(ipn_objects).where(*where).order_by(ipn_objects.c.object_id)
        return await self._reads.read(
            lambda connection: [object_from_row(row) for row in connection.execute(wanted).mappings().all()]
        )

    async def completed_for_other_shop(self, message_id: str, shop: ShopKey) -> bool:
        wanted = {"of_message": message_id, "not_of_shop": shop}
        return await self._reads.read(lambda connection: connection.execute(ELSEWHERE, wanted).first() is not None)

    async def complete(self, number: int, settlement: Completion) -> bool:
        return await self._settlements.write((number, settlement))

    async def record_fact(
        self, fact: CaptureState | None, mail: PendingMail | None = None, known: ObjectState | None = None
    ) -> None:
        await self._findings.write(((fact, mail, known), self._clock.now()))

    async def remind(self, known: ObjectState, moment: datetime, mail: PendingMail | None) -> bool:
        return await self._reminders.write(_Reminder(known, moment, mail, self._clock.now()))


@frozen(kw_only=False)
class _Due:
    now: datetime
    limit: int
    without: Sequence[str]
    without_shops: Sequence[ShopKey]


@frozen(kw_only=False)
class _Reminder:
    known: ObjectState
    moment: datetime
    mail: PendingMail | None
    at: datetime


def _remind(connection: Connection, reminders: Sequence[_Reminder]) -> Sequence[bool]:
    return [_reminded(connection, reminder) for reminder in reminders]


def _reminded(connection: Connection, reminder: _Reminder) -> bool:
    row = {"shop": reminder.known.shop, "object_id": reminder.known.what.id, "moment": reminder.moment}
    once = insert(connection.dialect.name, ipn_reminders).on_conflict_do_nothing().returning(ipn_reminders.c.moment)
    if connection.execute(once, row).first() is None:
        return False
    if reminder.mail is not None:
        _owe(connection, reminder.mail, reminder.at)
    return True


def _due(connection: Connection, due: _Due) -> Sequence[InboxMessage]:
    numbers = _oldest_of_lanes(connection, due)
    rows = connection.execute(MESSAGES, {"numbers": numbers}).mappings() if numbers else ()
    return [message_from_row(row) for row in rows]


def _oldest_of_lanes(connection: Connection, due: _Due) -> list[int]:
    """As many as are wanted, by number. What waits is read in its order, and only as far as that takes."""
    oldest: dict[str, int] = {}
    after = 0
    while len(oldest) < due.limit:
        lanes = [*due.without, *oldest]
        values: dict[str, Any] = {"now": due.now, "after": after, "most": _PAGE}
        values |= {"lanes": lanes} if lanes else {}
        values |= {"shops": due.without_shops} if due.without_shops else {}
        statement = due_statement(without_lanes=bool(lanes), without_shops=bool(due.without_shops))
        page = connection.execute(statement, values).all()
        for number, lane in page:
            oldest.setdefault(lane, number)
        if len(page) < _PAGE:
            break
        after = page[-1].number
    return list(oldest.values())[: due.limit]


def _settle(connection: Connection, settlements: Sequence[tuple[int, Completion]]) -> Sequence[bool]:
    return [_end(connection, number, settlement) for number, settlement in settlements]


def _end(connection: Connection, number: int, settlement: Completion) -> bool:
    values: dict[str, Any] = {
        "of_number": number,
        "standing": settlement.status,
        "reason": settlement.reason,
        "due": settlement.next_try,
        "order": settlement.order,
        "settled": settlement.at if settlement.status is MessageStatus.DONE else None,
        "tried": int(settlement.status is MessageStatus.PARKED),
        "mailed": None if settlement.mail is None else settlement.mail.event,
    }
    if settlement.known is not None:
        said = settlement.known.said
        values |= {"state": said.state, "code": said.code, "amount": said.amount, "currency": said.currency}
    if connection.execute(end_statement(with_object=settlement.known is not None), values).rowcount == 0:
        return False
    _record_result(connection, (settlement.fact, settlement.mail, settlement.known), settlement.at)
    return True


def _learn(connection: Connection, findings: Sequence[tuple[_Result, datetime]]) -> Sequence[None]:
    for result, at in findings:
        _record_result(connection, result, at)
    return [None] * len(findings)


def _record_result(connection: Connection, result: _Result, at: datetime) -> None:
    of_capture, of_mail, of_object = result
    if of_object is not None:
        _keep_object(connection, of_object)
    if of_capture is not None:
        _remember(connection, of_capture)
    if of_mail is not None:
        _owe(connection, of_mail, at)


def _remember(connection: Connection, state: CaptureState) -> None:
    known = ipn_captures.c
    row = _fact_row(state)
    if connection.execute(new_statement(connection.dialect.name, ipn_captures), row).rowcount == 1:
        return
    own = (known.shop == state.shop, known.capture == state.capture)
    stored = connection.execute(select(ipn_captures).where(*own).with_for_update()).mappings().one()
    connection.execute(update(ipn_captures).where(*own).values(_fact_row(state.after(fact_from_row(stored)))))


def _fact_row(state: CaptureState) -> dict[str, Any]:
    names = (column.name for column in ipn_captures.columns)
    return {name: state.order if name == "order_number" else getattr(state, name) for name in names}


def _keep_object(connection: Connection, state: ObjectState) -> None:
    known = ipn_objects.c
    own = (known.shop == state.shop, known.object_id == state.what.id)
    if connection.execute(new_statement(connection.dialect.name, ipn_objects), _object_row(state)).rowcount == 1:
        return
    stored = connection.execute(select(ipn_objects).where(*own).with_for_update()).mappings().one()
    connection.execute(update(ipn_objects).where(*own).values(_object_row(state.after(object_from_row(stored)))))


def _object_row(state: ObjectState) -> dict[str, Any]:
    what = state.what
    return {
        "shop": state.shop,
        "object_id": what.id,
        "kind": what.kind,
        "reference": what.reference,
        "permission": what.permission,
        "state": what.state,
        "code": what.reason,
        "amount": what.amount,
        "currency": what.currency,
        "updated": what.updated,
        "deadline": what.deadline,
        "order_number": state.order,
        "source": state.source,
    }


def _owe(connection: Connection, mail: PendingMail, at: datetime) -> None:
    """Once per event and shop: another shop's event does not replace a mail of this one."""
    row = {
        "event": mail.event,
        "shop": mail.shop,
        "receiver": mail.to,
        "subject": mail.subject,
        "text": mail.text,
        "state": MailState.OWED,
        "since": at,
        "created": at,
        "order_number": mail.order,
    }
    own = (ipn_mails.c.event, ipn_mails.c.shop)
    connection.execute(insert(connection.dialect.name, ipn_mails).on_conflict_do_nothing(index_elements=own), row)

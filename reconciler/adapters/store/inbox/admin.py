"""The inbox for operators: search, show, count, replay, park. Bodies are read only entry by entry, and those
of refused messages never.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, delete, func, or_, select, update

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.inbox_tables import DUE_NOW, ipn_mails, ipn_messages, ipn_quarantine
from reconciler.adapters.store.inbox.copies import count_copies, count_matching_copies, find_copies, refused_topics
from reconciler.adapters.store.inbox.io import InboxReader, InboxWriter, stored_columns
from reconciler.adapters.store.inbox.known_objects import find_captures, find_objects
from reconciler.adapters.store.inbox.mail_queries import (
    count_mails,
    dismiss,
    find_mail,
    find_mails,
    mails_of_events,
    resend,
    resend_undelivered,
)
from reconciler.adapters.store.inbox.rows import message_from_row
from reconciler.adapters.store.inbox.work_statements import OPEN
from reconciler.core.values import ShopKey
from reconciler.ports.inbox import (
    Dismissal,
    InboxMessage,
    MailState,
    MessageStatus,
    OutboxMail,
)
from reconciler.ports.inbox_admin import InboxFilter, InboxStats, MailFilter
from reconciler.ports.payments import CaptureState, ObjectState
from reconciler.ports.quarantine import QuarantinedMessage, QuarantineFilter

_WORKED_ON = (*OPEN, MessageStatus.DONE)

_Move = tuple[int, Sequence[MessageStatus], dict[str, Any]]


class StoreInboxAdmin:
    """Implements ports.inbox.Catalogue."""

    def __init__(self, store: Store) -> None:
        self._reads = InboxReader(store)
        self._moves: InboxWriter[_Move, bool] = InboxWriter(store, _move)
        self._forgotten: InboxWriter[int, bool] = InboxWriter(store, _forget)
        self._resends: InboxWriter[tuple[int, datetime], bool] = InboxWriter(store, resend)
        self._resends_of_many: InboxWriter[tuple[ShopKey | None, datetime], Sequence[int]] = InboxWriter(
            store, resend_undelivered
        )
        self._dismissals: InboxWriter[tuple[int, Dismissal, datetime], bool] = InboxWriter(store, dismiss)

    async def entries(self, wanted: InboxFilter) -> Sequence[InboxMessage]:
        def listed(connection: Connection) -> Sequence[InboxMessage]:
            columns = stored_columns(connection, ipn_messages, without=["body"])
            chosen = select(*columns).where(*_conditions(wanted, columns))
            newest = chosen.order_by(ipn_messages.c.number.desc()).limit(wanted.limit)
            return _with_mails(connection, connection.execute(newest).mappings().all())

        return await self._reads.read(listed)

    async def count_entries(self, wanted: InboxFilter) -> int:
        def counted(connection: Connection) -> int:
            conditions = _conditions(wanted, stored_columns(connection, ipn_messages, without=["body"]))
            return connection.execute(select(func.count()).select_from(ipn_messages).where(*conditions)).scalar_one()

        return await self._reads.read(counted)

    async def entry(self, number: int) -> InboxMessage | None:
        def one(connection: Connection) -> InboxMessage | None:
            columns = stored_columns(connection, ipn_messages)
            wanted = select(*columns).where(ipn_messages.c.number == number)
            return next(iter(_with_mails(connection, connection.execute(wanted).mappings().all())), None)

        return await self._reads.read(one)

    async def newest_by_kind(self) -> Sequence[InboxMessage]:
        message = ipn_messages.c
        newest = select(func.max(message.number)).group_by(message.kind)

        def found(connection: Connection) -> Sequence[InboxMessage]:
            columns = stored_columns(connection, ipn_messages)
            wanted = select(*columns).where(message.number.in_(newest)).order_by(message.number)
            return [message_from_row(row) for row in connection.execute(wanted).mappings()]

        return await self._reads.read(found)

    async def known(self, shop: ShopKey, reference: str) -> tuple[Sequence[CaptureState], Sequence[ObjectState]]:
        return await self._reads.read(
            lambda connection: (find_captures(connection, shop, reference), find_objects(connection, shop, reference))
        )

    async def replay(self, number: int) -> bool:
        fresh = {"standing": MessageStatus.WAITING, "tries": 0, "reason": None, "due": DUE_NOW, "settled": None}
        return await self._moves.write((number, _WORKED_ON, fresh))

    async def park(self, number: int, reason: str, at: datetime) -> bool:
        aside = {"standing": MessageStatus.PARKED, "reason": reason, "due": None, "settled": at}
        return await self._moves.write((number, OPEN, aside))

    async def quarantined(self, wanted: QuarantineFilter) -> Sequence[QuarantinedMessage]:
        return await self._reads.read(lambda connection: find_copies(connection, wanted))

    async def count_quarantined(self, wanted: QuarantineFilter) -> int:
        return await self._reads.read(lambda connection: count_matching_copies(connection, wanted))

    async def copy_body(self, number: int) -> bytes | None:
        wanted = select(ipn_quarantine.c.body).where(ipn_quarantine.c.number == number)
        return await self._reads.read(lambda connection: connection.execute(wanted).scalar())

    async def forget_copy(self, number: int) -> bool:
        return await self._forgotten.write(number)

    async def mails(self, wanted: MailFilter) -> Sequence[OutboxMail]:
        return await self._reads.read(lambda connection: find_mails(connection, wanted))

    async def count_mails(self, wanted: MailFilter) -> int:
        return await self._reads.read(lambda connection: count_mails(connection, wanted))

    async def mail(self, number: int) -> OutboxMail | None:
        return await self._reads.read(lambda connection: find_mail(connection, number))

    async def resend(self, number: int, at: datetime) -> bool:
        return await self._resends.write((number, at))

    async def resend_undelivered(self, shop: ShopKey | None, at: datetime) -> Sequence[int]:
        return await self._resends_of_many.write((shop, at))

    async def dismiss(self, number: int, dismissal: Dismissal, at: datetime) -> bool:
        return await self._dismissals.write((number, dismissal, at))

    async def counts(self) -> InboxStats:
        return await self._reads.read(_counts)


def _with_mails(connection: Connection, rows: Sequence[RowMapping]) -> Sequence[InboxMessage]:
    """Each message with the mail about it."""
    events = sorted({row["mail_event"] for row in rows if row.get("mail_event") is not None})
    mails = mails_of_events(connection, events)
    return [
        replace(message_from_row(row), mail=mails.get((ShopKey(row["shop"]), row.get("mail_event") or "")))
        for row in rows
    ]


def _conditions(wanted: InboxFilter, columns: Sequence[Column[Any]]) -> Iterator[ColumnElement[bool]]:
    message = ipn_messages.c
    if wanted.shop is not None:
        yield message.shop == wanted.shop
    if wanted.status is not None:
        yield message.standing == wanted.status
    if wanted.reason is not None:
        yield or_(*(column == wanted.reason for column in columns if column.name in {"reason", "code"}))
    if wanted.kind is not None:
        yield message.kind == wanted.kind
    if wanted.since is not None:
        yield message.received >= wanted.since
    if wanted.until is not None:
        yield message.received < wanted.until
    if wanted.words is not None:
        of_reference = message.object_id.startswith(f"{wanted.words}-", autoescape=True)
        yield or_(*(_is(column, wanted.words) for column in _IDS), of_reference)
    if wanted.before is not None:
        yield message.number < wanted.before


_IDS = (ipn_messages.c.message_id, ipn_messages.c.object_id, ipn_messages.c.lane, ipn_messages.c.order_number)


def _is(column: Column[Any], words: str) -> ColumnElement[bool]:
    matched: ColumnElement[bool] = column == words
    return matched


def _move(connection: Connection, moves: Sequence[_Move]) -> Sequence[bool]:
    message = ipn_messages.c
    return [
        connection.execute(
            update(ipn_messages).where(message.number == number, message.standing.in_(standings)).values(values)
        ).rowcount
        == 1
        for number, standings, values in moves
    ]


def _forget(connection: Connection, numbers: Sequence[int]) -> Sequence[bool]:
    gone = delete(ipn_quarantine)
    return [connection.execute(gone.where(ipn_quarantine.c.number == number)).rowcount == 1 for number in numbers]


def _counts(connection: Connection) -> InboxStats:
    message = ipn_messages.c
    return InboxStats(
        messages={MessageStatus(name): count for name, count in _many(connection, message.standing)},
        parked=dict(_many(connection, message.reason, message.standing == MessageStatus.PARKED)),
        refused=count_copies(connection),
        refused_topics=refused_topics(connection),
        mails={MailState(name): count for name, count in _many(connection, ipn_mails.c.state)},
        waiting_since=_waiting_since(connection),
        last_received=_last_received(connection),
        last_processed=_last_processed(connection),
    )


def _waiting_since(connection: Connection) -> dict[ShopKey, datetime]:
    """Of the oldest one of each shop, by number: the order of arrival."""
    message = ipn_messages.c
    oldest = select(func.min(message.number)).where(message.standing == MessageStatus.WAITING).group_by(message.shop)
    found = select(message.shop, message.received).where(message.number.in_(oldest))
    return {ShopKey(shop): at for shop, at in connection.execute(found)}


def _last_received(connection: Connection) -> dict[ShopKey, datetime]:
    """The last one of a shop that was no sample, by number: the order of arrival."""
    message = ipn_messages.c
    last = select(func.max(message.number)).where(message.arrived_as != MessageStatus.SAMPLE).group_by(message.shop)
    found = select(message.shop, message.received).where(message.number.in_(last))
    return {ShopKey(shop): at for shop, at in connection.execute(found)}


def _last_processed(connection: Connection) -> dict[ShopKey, datetime]:
    message = ipn_messages.c
    found = select(message.shop, func.max(message.settled)).where(message.settled.is_not(None)).group_by(message.shop)
    return {ShopKey(shop): at for shop, at in connection.execute(found)}


def _many(connection: Connection, by: Column[Any], *where: ColumnElement[bool]) -> Sequence[tuple[str, int]]:
    counted = select(by, func.count()).where(*where).group_by(by).order_by(by)
    return [(name, count) for name, count in connection.execute(counted)]

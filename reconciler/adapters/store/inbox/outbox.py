"""The mails that are owed, and how far each one came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.inbox_tables import ipn_mails
from reconciler.adapters.store.inbox.io import InboxReader, InboxWriter
from reconciler.adapters.store.inbox.rows import mail_from_row
from reconciler.core.values import ShopKey
from reconciler.ports.inbox import MailState, OutboxMail


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    number: int
    was: MailState
    state: MailState
    at: datetime
    next_try: datetime | None


class StoreOutbox:
    """Implements ports.inbox.Outbox."""

    def __init__(self, store: Store) -> None:
        self._reads = InboxReader(store)
        self._marks: InboxWriter[_Mark, bool] = InboxWriter(store, _mark)

    async def due(self, now: datetime, *, limit: int) -> Sequence[OutboxMail]:
        return await self._reads.read(lambda connection: _due(connection, now, limit))

    async def mark(
        self, number: int, state: MailState, at: datetime, *, was: MailState, next_try: datetime | None = None
    ) -> bool:
        return await self._marks.write(_Mark(number=number, was=was, state=state, at=at, next_try=next_try))

    async def sent_since(self, shop: ShopKey, since: datetime) -> int:
        of = ipn_mails.c
        gone = of.state.in_([MailState.SENDING, MailState.SENT])
        counted = select(func.count()).select_from(ipn_mails).where(of.shop == shop, of.since >= since, gone)
        return await self._reads.read(lambda connection: connection.execute(counted).scalar_one())


def _due(connection: Connection, now: datetime, limit: int) -> Sequence[OutboxMail]:
    of = ipn_mails.c
    owed = (of.state == MailState.OWED) & or_(of.next_try.is_(None), of.next_try <= now)
    released = (of.state == MailState.HELD) & (of.next_try <= now)
    wanted = select(ipn_mails).where(or_(owed, released)).order_by(of.number).limit(limit)
    return [mail_from_row(row) for row in connection.execute(wanted).mappings()]


def _mark(connection: Connection, marks: Sequence[_Mark]) -> Sequence[bool]:
    return [_marked(connection, mark) for mark in marks]


def _marked(connection: Connection, mark: _Mark) -> bool:
    of = ipn_mails.c
    values: dict[str, Any] = {"state": mark.state, "since": mark.at, "next_try": mark.next_try}
    if mark.state is MailState.OWED and mark.next_try is not None:
        values["tries"] = of.tries + 1
    stood = update(ipn_mails).where(of.number == mark.number, of.state == mark.was)
    return connection.execute(stood.values(values)).rowcount == 1

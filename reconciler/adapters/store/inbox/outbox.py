"""The mails that are due, and how far each one came.

An address that may have a mail already is `doubtful`: nothing but an operator's request sends it there again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, func, or_, select, update

from reconciler.adapters.store.db.database import Store
from reconciler.adapters.store.db.inbox_tables import ipn_mails
from reconciler.adapters.store.inbox.io import InboxReader, InboxWriter
from reconciler.adapters.store.inbox.rows import mail_from_row
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports.inbox import UNDELIVERED, MailState, OutboxMail
from reconciler.ports.mailer import MailReply

_PASSED_ON: Final = (MailState.SENDING, MailState.SENT, MailState.UNKNOWN)


@frozen
class _Mark:
    number: int
    was: MailState
    state: MailState
    at: datetime
    next_try: datetime | None
    reply: MailReply | None


@frozen
class _NewAddress:
    shop: ShopKey
    old: str
    new: str
    at: datetime


class StoreOutbox:
    """Implements ports.inbox.Outbox."""

    def __init__(self, store: Store) -> None:
        self._reads = InboxReader(store)
        self._marks: InboxWriter[_Mark, bool] = InboxWriter(store, _mark)
        self._addresses: InboxWriter[_NewAddress, int] = InboxWriter(store, _readdress)
        self._redirections: InboxWriter[tuple[int, str, MailState], bool] = InboxWriter(store, _redirect)

    async def due(self, now: datetime, *, limit: int) -> Sequence[OutboxMail]:
        of = ipn_mails.c
        owed = (of.state == MailState.OWED) & or_(of.next_try.is_(None), of.next_try <= now)
        released = (of.state == MailState.HELD) & (of.next_try <= now)
        return await self._mails(select(ipn_mails).where(or_(owed, released)).order_by(of.number).limit(limit))

    async def mark(
        self,
        number: int,
        state: MailState,
        at: datetime,
        *,
        was: MailState,
        next_try: datetime | None = None,
        reply: MailReply | None = None,
    ) -> bool:
        return await self._marks.write(
            _Mark(number=number, was=was, state=state, at=at, next_try=next_try, reply=reply)
        )

    async def interrupted(self, before: datetime) -> Sequence[OutboxMail]:
        of = ipn_mails.c
        wanted = select(ipn_mails).where(of.state == MailState.SENDING, of.since < before).order_by(of.number)
        return await self._mails(wanted)

    async def undelivered_addresses(self) -> Sequence[tuple[ShopKey, str]]:
        of = ipn_mails.c
        wanted = select(of.shop, of.receiver).where(of.state.in_(UNDELIVERED)).distinct().order_by(of.shop, of.receiver)
        return await self._reads.read(
            lambda connection: [(ShopKey(shop), to) for shop, to in connection.execute(wanted)]
        )

    async def readdress(self, shop: ShopKey, old: str, new: str, at: datetime) -> int:
        return await self._addresses.write(_NewAddress(shop=shop, old=old, new=new, at=at))

    async def redirect(self, number: int, new: str, *, was: MailState) -> bool:
        return await self._redirections.write((number, new, was))

    async def sent_since(self, shop: ShopKey, since: datetime) -> int:
        of = ipn_mails.c
        gone = of.state.in_(_PASSED_ON)
        counted = select(func.count()).select_from(ipn_mails).where(of.shop == shop, of.since >= since, gone)
        return await self._reads.read(lambda connection: connection.execute(counted).scalar_one())

    async def _mails(self, wanted: Select[Any]) -> Sequence[OutboxMail]:
        return await self._reads.read(
            lambda connection: [mail_from_row(row) for row in connection.execute(wanted).mappings()]
        )


def _mark(connection: Connection, marks: Sequence[_Mark]) -> Sequence[bool]:
    return [_marked(connection, mark) for mark in marks]


def _marked(connection: Connection, mark: _Mark) -> bool:
    of = ipn_mails.c
    values: dict[str, Any] = {"state": mark.state, "since": mark.at, "next_try": mark.next_try}
    if _ends_attempt(mark):
        values["tries"] = of.tries + 1
    if mark.reply is not None:
        reply = mark.reply
        values |= {"problem": reply.problem, "code": reply.code, "answer": reply.text}
    if mark.state is MailState.UNKNOWN:
        values["doubtful"] = func.trim(of.doubtful + " " + of.receiver)
    stood = update(ipn_mails).where(of.number == mark.number, of.state == mark.was)
    return connection.execute(stood.values(values)).rowcount == 1


def _ends_attempt(mark: _Mark) -> bool:
    if mark.state is MailState.OWED:
        return mark.next_try is not None
    if mark.state in (MailState.SENT, MailState.UNKNOWN):
        return mark.was is MailState.SENDING
    return mark.state is MailState.FAILED


def _readdress(connection: Connection, changes: Sequence[_NewAddress]) -> Sequence[int]:
    return [_readdressed(connection, change) for change in changes]


def _readdressed(connection: Connection, change: _NewAddress) -> int:
    of = ipn_mails.c
    stuck = (of.shop == change.shop, of.receiver == change.old, of.state.in_(UNDELIVERED))
    rows = connection.execute(select(of.number, of.doubtful).where(*stuck).with_for_update()).mappings().all()
    numbers = [row["number"] for row in rows if not _may_have(row, change.new)]
    for number in numbers:
        again = update(ipn_mails).where(of.number == number)
        connection.execute(again.values({**due_again(change.at), "receiver": change.new}))
    return len(numbers)


def due_again(at: datetime) -> dict[str, Any]:
    """Of a mail that is due as if it had never been tried."""
    nothing = dict.fromkeys(("next_try", "problem", "code", "answer", "dismissed_by", "dismissed_because"))
    return {"state": MailState.OWED, "since": at, "tries": 0, **nothing}


def _redirect(connection: Connection, changes: Sequence[tuple[int, str, MailState]]) -> Sequence[bool]:
    of = ipn_mails.c
    return [
        connection.execute(update(ipn_mails).where(of.number == number, of.state == was).values(receiver=new)).rowcount
        == 1
        for number, new, was in changes
    ]


def _may_have(row: RowMapping, address: str) -> bool:
    return address in row["doubtful"].split()

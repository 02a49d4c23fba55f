"""The mails as operators see and resend them. A store of an earlier version is read as it is: what is not in it is not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select, update

from reconciler.adapters.store.db.inbox_tables import ipn_mails
from reconciler.adapters.store.db.portions import portions
from reconciler.adapters.store.inbox.io import stored_columns
from reconciler.adapters.store.inbox.outbox import due_again
from reconciler.adapters.store.inbox.rows import mail_from_row
from reconciler.core.values import ShopKey
from reconciler.ports.inbox import UNDELIVERED, Dismissal, MailState, OutboxMail
from reconciler.ports.inbox_admin import MailFilter

_RESENDABLE: Final = tuple(state for state in MailState if state is not MailState.SENDING)
_DISMISSABLE: Final = (MailState.OWED, MailState.HELD, *UNDELIVERED)


def find_mails(connection: Connection, wanted: MailFilter) -> Sequence[OutboxMail]:
    columns = stored_columns(connection, ipn_mails)
    if wanted.order is not None and ipn_mails.c.order_number not in columns:
        return []
    newest = select(*columns).where(*_conditions(wanted)).order_by(ipn_mails.c.number.desc()).limit(wanted.limit)
    return [mail_from_row(row) for row in connection.execute(newest).mappings()]


def count_mails(connection: Connection, wanted: MailFilter) -> int:
    if wanted.order is not None and ipn_mails.c.order_number not in stored_columns(connection, ipn_mails):
        return 0
    return connection.execute(select(func.count()).select_from(ipn_mails).where(*_conditions(wanted))).scalar_one()


def find_mail(connection: Connection, number: int) -> OutboxMail | None:
    wanted = select(*stored_columns(connection, ipn_mails)).where(ipn_mails.c.number == number)
    row = connection.execute(wanted).mappings().one_or_none()
    return None if row is None else mail_from_row(row)


def mails_of_events(connection: Connection, events: Sequence[str]) -> dict[tuple[ShopKey, str], OutboxMail]:
    """By shop and event."""
    if not events:
        return {}
    found: dict[tuple[ShopKey, str], OutboxMail] = {}
    columns = stored_columns(connection, ipn_mails)
    for some in portions(events):
        for row in connection.execute(select(*columns).where(ipn_mails.c.event.in_(some))).mappings():
            mail = mail_from_row(row)
            found[mail.mail.shop, mail.mail.event] = mail
    return found


def resend(connection: Connection, requests: Sequence[tuple[int, datetime]]) -> Sequence[bool]:
    return [_resent(connection, number, at) for number, at in requests]


def resend_undelivered(
    connection: Connection, requests: Sequence[tuple[ShopKey | None, datetime]]
) -> Sequence[Sequence[int]]:
    return [
        [
            mail.number
            for mail in reversed(find_mails(connection, MailFilter(shop=shop, states=UNDELIVERED, limit=_ALL)))
            if _resent(connection, mail.number, at)
        ]
        for shop, at in requests
    ]


_ALL: Final = 1_000_000


def _resent(connection: Connection, number: int, at: datetime) -> bool:
    """An operator asks for it: also where the address may have it."""
    of = ipn_mails.c
    again = update(ipn_mails).where(of.number == number, of.state.in_(_RESENDABLE))
    return connection.execute(again.values({**due_again(at), "doubtful": ""})).rowcount == 1


def dismiss(connection: Connection, requests: Sequence[tuple[int, Dismissal, datetime]]) -> Sequence[bool]:
    of = ipn_mails.c
    return [
        connection.execute(
            update(ipn_mails)
            .where(of.number == number, of.state.in_(_DISMISSABLE))
            .values(
                state=MailState.DISMISSED,
                since=at,
                next_try=None,
                dismissed_by=dismissal.by,
                dismissed_because=dismissal.reason,
            )
        ).rowcount
        == 1
        for number, dismissal, at in requests
    ]


def _conditions(wanted: MailFilter) -> Iterator[ColumnElement[bool]]:
    of = ipn_mails.c
    if wanted.shop is not None:
        yield of.shop == wanted.shop
    if wanted.order is not None:
        yield of.order_number == wanted.order
    if wanted.states is not None:
        yield of.state.in_(wanted.states)
    if wanted.before is not None:
        yield of.number < wanted.before

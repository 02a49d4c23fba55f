"""The statements of the worker's queue, each made once: to make one costs more than to run it, and a message needs several."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import BindParameter, Executable, Integer, Select, Table, Update, bindparam, func, or_, select, update

from reconciler.adapters.store.db.inbox_tables import DUE_NOW, ipn_captures, ipn_messages
from reconciler.adapters.store.db.run_tables import insert
from reconciler.ports.inbox import MessageStatus

OPEN: Final = (MessageStatus.WAITING, MessageStatus.PARKED)

_message, _capture = ipn_messages.c, ipn_captures.c
_REFERENCES: Final[BindParameter[Any]] = bindparam("references", expanding=True)
SOONEST: Final[Select[Any]] = select(func.min(_message.due)).where(_message.due > DUE_NOW)
FACTS: Final[Select[Any]] = (
    select(ipn_captures)
    .where(_capture.shop == bindparam("of_shop"))
    .where(or_(_capture.reference.in_(_REFERENCES), _capture.permission.in_(_REFERENCES)))
    .order_by(_capture.capture)
)
MESSAGES: Final[Select[Any]] = (
    select(ipn_messages).where(_message.number.in_(bindparam("numbers", expanding=True))).order_by(_message.number)
)
ELSEWHERE: Final[Select[Any]] = (
    select(_message.number)
    .where(_message.message_id == bindparam("of_message"), _message.shop != bindparam("not_of_shop"))
    .where(_message.standing == MessageStatus.DONE, _message.order_number.is_not(None))
    .limit(1)
)


@cache
def due_statement(*, without_lanes: bool, without_shops: bool) -> Select[Any]:
    """Number and lane of the next ones that are due, after a number."""
    found = select(_message.number, _message.lane).where(
        _message.due <= bindparam("now"), _message.number > bindparam("after")
    )
    if without_lanes:
        found = found.where(_message.lane.not_in(bindparam("lanes", expanding=True)))
    if without_shops:
        found = found.where(_message.shop.not_in(bindparam("shops", expanding=True)))
    return found.order_by(_message.number).limit(bindparam("most", type_=Integer))


@cache
def end_statement(*, with_object: bool) -> Update:
    said = ("state", "code", "amount", "currency") if with_object else ()
    return (
        update(ipn_messages)
        .where(_message.number == bindparam("of_number"), _message.standing.in_(OPEN))
        .values({name: bindparam(name) for name in ("standing", "reason", "due", "settled", *said)})
        .values(
            tries=_message.tries + bindparam("tried", type_=Integer),
            order_number=func.coalesce(bindparam("order", type_=_message.order_number.type), _message.order_number),
            mail_event=func.coalesce(bindparam("mailed", type_=_message.mail_event.type), _message.mail_event),
        )
    )


@cache
def new_statement(dialect: str, table: Table) -> Executable:
    """A row, unless there is one with its primary key."""
    return insert(dialect, table).on_conflict_do_nothing(index_elements=list(table.primary_key.columns))

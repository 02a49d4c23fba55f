"""Rows of the sidecar's tables as the port's values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import RowMapping

from reconciler.adapters.store.db.inbox_tables import DUE_NOW
from reconciler.core.values import ShopKey
from reconciler.ports.inbox import (
    Dismissal,
    InboxMessage,
    MailState,
    MessageStatus,
    OutboxMail,
    PendingMail,
    ReceivedMessage,
)
from reconciler.ports.mailer import MailProblem, MailReply
from reconciler.ports.payments import CaptureState, ObjectKind, ObjectState, PaymentObject, Said, Source
from reconciler.ports.quarantine import CopySource, QuarantinedMessage, SignedOrigin


def message_from_row(row: RowMapping) -> InboxMessage:
    """A row that was read without its body gives an entry without one."""
    return InboxMessage(
        number=row["number"],
        arrival=ReceivedMessage(
            message_id=row["message_id"],
            shop=ShopKey(row["shop"]),
            published=row["published"],
            received=row["received"],
            kind=row["kind"],
            object_id=row["object_id"],
            lane=row["lane"],
            status=MessageStatus(row["arrived_as"]),
            body=row.get("body", b""),
            digest=row["digest"],
        ),
        status=MessageStatus(row["standing"]),
        tries=row["tries"],
        reason=row["reason"],
        next_try=None if row["due"] == DUE_NOW else row["due"],
        settled=row["settled"],
        order=row["order_number"],
        said=None
        if row.get("state") is None
        else Said(**{name: row[name] for name in ("state", "code", "amount", "currency")}),
    )


_FACT = ("capture", "reference", "updated", "amount", "currency", "completed")
_WRITTEN: dict[str, Callable[[str], Any]] = {"shop": ShopKey, "state": str, "source": Source}


def fact_from_row(row: RowMapping) -> CaptureState:
    written = {name: of(row[name]) for name, of in _WRITTEN.items()}
    known = {name: row[name] for name in _FACT}
    return CaptureState(**known, **written, permission=row.get("permission"), order=row.get("order_number"))


def object_from_row(row: RowMapping) -> ObjectState:
    return ObjectState(
        shop=ShopKey(row["shop"]),
        what=PaymentObject(
            kind=ObjectKind(row["kind"]),
            id=row["object_id"],
            reference=row["reference"],
            state=row["state"],
            updated=row["updated"],
            reason=row["code"],
            permission=row["permission"],
            amount=row["amount"],
            currency=row["currency"],
            deadline=row["deadline"],
        ),
        order=row["order_number"],
        source=Source(row["source"]),
    )


def mail_from_row(row: RowMapping) -> OutboxMail:
    """What earlier versions did not store is not known: their stores are read as they are."""
    problem, by = row.get("problem"), row.get("dismissed_by")
    return OutboxMail(
        number=row["number"],
        mail=PendingMail(
            event=row["event"],
            shop=ShopKey(row["shop"]),
            to=row["receiver"],
            subject=row["subject"],
            text=row["text"],
            order=row.get("order_number"),
        ),
        state=MailState(row["state"]),
        since=row["since"],
        created=row.get("created"),
        tries=row["tries"],
        next_try=row["next_try"],
        reply=MailReply(
            problem=None if problem is None else MailProblem(problem), code=row.get("code"), text=row.get("answer")
        ),
        doubtful=tuple(row.get("doubtful", "").split()),
        dismissal=None if by is None else Dismissal(by=by, reason=row["dismissed_because"]),
    )


def quarantined_from_row(row: RowMapping) -> QuarantinedMessage:
    return QuarantinedMessage(
        number=row["number"],
        received=row["received"],
        shop=None if row["shop"] is None else ShopKey(row["shop"]),
        reason=row["reason"],
        size=row["size"],
        kept=row["kept"],
        signed=None if row.get("source") is None else _signed(row),
    )


def _signed(row: RowMapping) -> SignedOrigin:
    return SignedOrigin(
        message_id=row["message_id"],
        digest=row["digest"],
        topic=row["topic"],
        kind=row["kind"],
        seller=row["seller"],
        source=CopySource(row["source"]),
    )

"""What operators do with refused messages: see where they are from, and have them verified again when the settings are right.

In: access to the inbox and a request. Out: results. What was posted is never shown: it may hold a buyer's data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.core.values import ShopKey
from reconciler.ipn.outcome_words import readmission_cell, refusal_cell
from reconciler.ipn.paging import older_rows
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports.inbox_admin import InboxAccess, InboxAdmin, InboxFilter
from reconciler.ports.quarantine import CopySource, QuarantinedMessage, QuarantineFilter, ReadmittedCopy, SignedOrigin

__all__ = ["RefusedRequest", "list_refused", "readmit_refused"]

_NO_COPY: Final = msg("No copy of a refused message is stored.")
_NO_SUCH_COPY: Final = msg("No such copy; `reconciler ipn stats` counts the stored copies by reason.")
_ALL: Final = 100_000

Row = tuple[Cell, ...]

_SOURCES: Final = {
    CopySource.OURS: msg("Amazon Pay, one of our sellers"),
    CopySource.OTHER_SELLER: msg("Amazon Pay, another seller"),
    CopySource.OTHER_ACCOUNT: msg("another AWS account, with a SellerId of ours"),
    CopySource.STRANGER: msg("another AWS account"),
}
_COPY: Final = (
    ("number", msg("Number")),
    ("received", msg("Received")),
    ("shop", msg("Shop")),
    ("reason", msg("Reason")),
    ("seller", msg("SellerId")),
    ("kind", msg("Kind")),
    ("topic", msg("TopicArn")),
    ("source", msg("Signed for")),
    ("message_id", msg("Message")),
    ("size", msg("Bytes")),
    ("kept_bytes", msg("Bytes kept")),
)
_READMITTED: Final = (
    ("number", msg("Number")),
    ("shop", msg("Shop")),
    ("accepted", msg("Readmitted")),
    ("outcome", msg("Result")),
    ("notification", msg("Notification")),
    ("kind", msg("Kind")),
    ("seller", msg("SellerId")),
    ("topic", msg("TopicArn")),
    ("message_id", msg("Message")),
)


@frozen
class RefusedRequest:
    """Which copies, all of it must hold; `numbers` None: any. `signed`: only those whose signature was good. `before` is the
    number of a copy: older ones are listed.
    """

    shop: ShopKey | None = None
    reason: str | None = None
    topic: str | None = None
    seller: str | None = None
    signed: bool = False
    numbers: Sequence[int] | None = None
    before: int | None = None
    limit: int = _ALL

    @property
    def filter(self) -> QuarantineFilter:
        return QuarantineFilter(
            shop=self.shop,
            reason=self.reason,
            topic=self.topic,
            seller=self.seller,
            signed=self.signed,
            numbers=self.numbers,
            before=self.before,
            limit=self.limit,
        )


async def list_refused(inbox: InboxAccess, request: RefusedRequest) -> TableResult:
    with inbox.reading() as admin:
        copies = () if admin is None else await admin.quarantined(request.filter)
        more = () if admin is None else await _older(admin, request, copies)
    return TableResult(
        name="refused-notifications",
        columns=_COPY,
        rows=tuple(map(_of_copy, copies)),
        empty=_none_of(request),
        notices=more,
    )


async def _older(
    admin: InboxAdmin, request: RefusedRequest, copies: Sequence[QuarantinedMessage]
) -> tuple[Message, ...]:
    return await older_rows(
        "ipn refused",
        {
            "shop": request.shop,
            "reason": request.reason,
            "topic": request.topic,
            "seller": request.seller,
            "signed": request.signed,
        },
        numbers=[copy.number for copy in copies],
        limit=request.limit,
        count=lambda last: admin.count_quarantined(replace(request.filter, before=last)),
    )


async def readmit_refused(inbox: InboxAccess, request: RefusedRequest) -> TableResult:
    """Partly done if some copies are still refused; an error if all are."""
    taken = await inbox.readmit(request.filter)
    rows = [_of_readmitted(copy, await _number_of(inbox, copy)) for copy in taken]
    accepted = sum(copy.accepted for copy in taken)
    notices = []
    if accepted:
        notices.append(msg("Readmitted: {count}. A running sidecar processes them within 30 seconds", count=accepted))
    if accepted < len(taken):
        notices.append(
            msg(
                "Still refused: {count}. Fix the cause that is shown, then run the command again",
                count=len(taken) - accepted,
            )
        )
    return TableResult(
        name="readmitted-notifications",
        columns=_READMITTED,
        rows=tuple(rows),
        empty=_none_of(request),
        notices=tuple(notices),
        status=_status(accepted, len(taken)),
    )


def _status(accepted: int, all_of_them: int) -> ExitCode:
    if accepted == all_of_them:
        return ExitCode.DONE
    return ExitCode.PARTLY if accepted else ExitCode.ERROR


def _none_of(request: RefusedRequest) -> Message:
    return _NO_COPY if request.filter == QuarantineFilter(limit=request.limit) else _NO_SUCH_COPY


async def _number_of(inbox: InboxAccess, copy: ReadmittedCopy) -> int | None:
    """Of the notification in the inbox."""
    if not copy.accepted:
        return None
    wanted = InboxFilter(words=copy.message_id, shop=copy.shop, limit=1)
    with inbox.reading() as admin:
        entries = () if admin is None else await admin.entries(wanted)
    return entries[0].number if entries else None


def _of_copy(copy: QuarantinedMessage) -> Row:
    of = _origin(copy.signed)
    source = None if copy.signed is None else NamedCell(copy.signed.source.value, _SOURCES[copy.signed.source])
    return (
        copy.number,
        format_utc(copy.received),
        copy.shop,
        refusal_cell(copy.reason),
        of["seller"],
        of["kind"],
        of["topic"],
        source,
        of["message_id"],
        copy.size,
        copy.kept,
    )


def _of_readmitted(copy: ReadmittedCopy, notification: int | None) -> Row:
    of = _origin(copy.signed)
    return (
        copy.number,
        copy.shop,
        copy.accepted,
        readmission_cell(copy.outcome),
        notification,
        copy.kind,
        of["seller"],
        of["topic"],
        copy.message_id,
    )


def _origin(signed: SignedOrigin | None) -> dict[str, str | None]:
    if signed is None:
        return dict.fromkeys(("seller", "kind", "topic", "message_id"))
    return {"seller": signed.seller, "kind": signed.kind, "topic": signed.topic, "message_id": signed.message_id}

"""What operators do with the inbox of notifications: list, show, count, compare with Amazon, simulate. `replay.py`: work again.

In: access to the inbox and a request. Out: results. What was posted is never shown: it may hold a buyer's data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.command import CommandResult
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.core.results.validation_result import FailureResult, failure
from reconciler.core.values import ShopKey
from reconciler.ipn.amazon_cells import AMAZON_COLUMNS, amazon_cells
from reconciler.ipn.mail_cells import outcome_cell
from reconciler.ipn.outcome_words import captures_cell, mail_cell, reason_cell, refusal_cell, status_cell
from reconciler.ipn.paging import PAGE, Filter, older_rows
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports.inbox import InboxMessage, MessageStatus
from reconciler.ports.inbox_admin import InboxAccess, InboxAdmin, InboxFilter, InboxStats, SimulatedKind, Simulation

__all__ = [
    "ListRequest",
    "SimulatedKind",
    "Simulation",
    "count_messages",
    "list_messages",
    "poll_orders",
    "show_notification",
    "simulate_notification",
]

_NOTHING: Final = msg("No notification was received.")
NO_MATCH: Final = msg("No notification matches.")
_PATIENCE: Final = 15.0
_LOOK: Final = 0.2
_OK: Final = 200

Row = tuple[Cell, ...]

_COUNTED: Final = {
    "notifications": msg("notifications"),
    "parked": msg("parked"),
    "refused": msg("refused"),
    "mails": msg("mails"),
    "oldest-waiting": msg("oldest in queue"),
    "last-received": msg("last received"),
    "last-processed": msg("last processed"),
}
"""What `ipn stats` counts: for machines, and for people."""
ENTRY_COLUMNS: Final = (
    ("number", msg("Number")),
    ("received", msg("Received")),
    ("shop", msg("Shop")),
    ("status", msg("Status")),
    ("reason", msg("Reason")),
    ("order", msg("Order")),
    ("kind", msg("Kind")),
    ("object", msg("Object")),
    ("tries", msg("Attempts")),
    ("next_try", msg("Next attempt")),
    ("mail", msg("Mail")),
)
_MORE: Final = (
    ("message_id", msg("Message")),
    ("published", msg("Published")),
    ("order_reference", msg("Order reference")),
    ("settled", msg("Processed")),
    ("size", msg("Bytes")),
    ("captures", msg("Captures")),
    ("mail_number", msg("Mail number")),
    *AMAZON_COLUMNS,
)


@frozen
class ListRequest:
    """Which entries are listed, newest first; what is given must all hold. `words` is an id, a reference or an order number;
    `reason` a reason or Amazon's reason code; `since` and `until` bound when they were received; `before` is the number of an
    entry: older ones are listed.
    """

    shop: ShopKey | None = None
    status: str | None = None
    reason: str | None = None
    kind: str | None = None
    words: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: int = PAGE

    @property
    def filter(self) -> InboxFilter:
        return InboxFilter(
            shop=self.shop,
            status=None if self.status is None else MessageStatus(self.status),
            reason=self.reason,
            kind=self.kind,
            words=self.words,
            since=self.since,
            until=self.until,
            before=self.before,
            limit=self.limit,
        )

    @property
    def options(self) -> dict[str, Filter]:
        """As they are typed."""
        return {
            "shop": self.shop,
            "standing": self.status,
            "reason": self.reason,
            "kind": self.kind,
            "find": self.words,
            "since": self.since,
            "until": self.until,
        }


async def list_messages(inbox: InboxAccess, request: ListRequest) -> TableResult:
    with inbox.reading() as admin:
        entries = () if admin is None else await admin.entries(request.filter)
        more = () if admin is None else await older_entries(admin, "ipn list", request, entries)
    empty = _NOTHING if request.filter == InboxFilter(limit=request.limit) else NO_MATCH
    return TableResult(
        name="notifications", columns=ENTRY_COLUMNS, rows=tuple(map(entry_row, entries)), empty=empty, notices=more
    )


async def older_entries(
    admin: InboxAdmin, command: str, request: ListRequest, entries: Sequence[InboxMessage]
) -> tuple[Message, ...]:
    """What a list of them does not show."""
    return await older_rows(
        command,
        request.options,
        numbers=[entry.number for entry in entries],
        limit=request.limit,
        count=lambda last: admin.count_entries(replace(request.filter, before=last)),
    )


async def show_notification(inbox: InboxAccess, number: int) -> CommandResult:
    shown = await inbox.details(number)
    if shown is None:
        return no_such_notification(msg("Unknown notification {which}", which=number))
    arrival, entry = shown.entry.arrival, shown.entry
    captures = captures_cell(tuple(shown.captures))
    mail = None if entry.mail is None else entry.mail.number
    more = (arrival.message_id, _at(arrival.published), arrival.lane, _at(entry.settled), shown.size, captures, mail)
    return TableResult(
        name="notification",
        columns=(*ENTRY_COLUMNS, *_MORE),
        rows=((*entry_row(entry), *more, *amazon_cells(shown)),),
        empty=_NOTHING,
        transposed=True,
    )


async def count_messages(inbox: InboxAccess) -> TableResult:
    with inbox.reading() as admin:
        rows = () if admin is None else tuple(_counted(await admin.counts()))
    columns = (("what", msg("Item")), ("which", msg("Detail")), ("count", msg("Count")), ("at", msg("Time")))
    return TableResult(name="notification-counts", columns=columns, rows=rows, empty=_NOTHING)


async def poll_orders(inbox: InboxAccess, shops: Sequence[ShopKey]) -> TableResult:
    """Partly done if a shop could not be read."""
    polled = await inbox.poll(shops)
    columns = (
        ("shop", msg("Shop")),
        ("order", msg("Order")),
        ("charge", msg("Charge")),
        ("reason", msg("Reason")),
        ("alarm", msg("Needs attention")),
    )
    return TableResult(
        name="polled",
        columns=columns,
        rows=tuple((each.shop, each.order, each.charge, reason_cell(each.reason), each.alarm) for each in polled),
        empty=msg("No unpaid order has a payment at Amazon."),
        status=ExitCode.PARTLY if any(each.order is None for each in polled) else ExitCode.DONE,
        diagnostics=tuple(each.problem for each in polled if each.problem is not None),
    )


async def simulate_notification(inbox: InboxAccess, wanted: Simulation) -> TableResult:
    """What was posted, and what came of it within a few seconds."""
    posted = await inbox.simulate(wanted)
    entry = await _worked_off(inbox, posted.message_id) if posted.status == _OK else None
    paid = await inbox.is_paid(wanted.shop, wanted.order)
    columns = (
        ("http_status", msg("HTTP status")),
        ("capture", msg("Capture")),
        ("status", msg("Status")),
        ("reason", msg("Reason")),
        ("order", msg("Order")),
        ("payment", msg("Payment")),
    )
    outcome = (None, None) if entry is None else (status_cell(entry.status), reason_cell(entry.reason))
    row = (posted.status, posted.capture, *outcome, wanted.order, "入金済み" if paid else "未入金")
    status = ExitCode.DONE if posted.status == _OK else ExitCode.ERROR
    return TableResult(name="simulated", columns=columns, rows=(row,), empty=_NOTHING, status=status)


async def _worked_off(inbox: InboxAccess, message_id: str) -> InboxMessage | None:
    """The entry once it is worked on, or as it is after some seconds."""
    entry: InboxMessage | None = None
    with anyio.move_on_after(_PATIENCE), inbox.reading() as admin:
        while admin is not None and (entry is None or entry.status is MessageStatus.WAITING):
            entry = next(iter(await admin.entries(InboxFilter(words=message_id))), None)
            await anyio.sleep(_LOOK)
    return entry


def no_such_notification(why: Message, notices: tuple[Message, ...] = ()) -> FailureResult:
    hint = msg("`reconciler ipn list` shows the numbers and states")
    return failure(diagnostic(codes.NO_SUCH_NOTIFICATION, why, hint=hint), notices=notices)


def _counted(counts: InboxStats) -> Iterator[Row]:
    yield from (
        (_title("notifications"), status_cell(status), many, None) for status, many in sorted(counts.messages.items())
    )
    yield from ((_title("parked"), reason_cell(reason), many, None) for reason, many in sorted(counts.parked.items()))
    yield from (
        (_title("refused"), refusal_cell(reason), many, None) for reason, many in sorted(counts.refused.items())
    )
    yield from ((_title("mails"), mail_cell(state), many, None) for state, many in sorted(counts.mails.items()))
    if counts.oldest_waiting is not None:
        yield _title("oldest-waiting"), None, None, _at(counts.oldest_waiting)
    yield from ((_title("last-received"), shop, None, _at(at)) for shop, at in sorted(counts.last_received.items()))
    yield from ((_title("last-processed"), shop, None, _at(at)) for shop, at in sorted(counts.last_processed.items()))


def _title(what: str) -> NamedCell:
    return NamedCell(what, _COUNTED[what])


def entry_row(entry: InboxMessage) -> Row:
    arrival = entry.arrival
    return (
        entry.number,
        _at(arrival.received),
        arrival.shop,
        status_cell(entry.status),
        reason_cell(entry.reason),
        entry.order,
        arrival.kind,
        arrival.object_id,
        entry.tries,
        _at(entry.next_try),
        outcome_cell(entry.mail),
    )


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else format_utc(moment)

"""What operators do so that notifications are processed again, or not until they are replayed.

In: access to the inbox, and numbers or a reason. Out: which notifications were moved. A running sidecar picks them up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.command import CommandResult
from reconciler.core.results.table_result import NamedCell, TableResult
from reconciler.ipn.admin import (
    ENTRY_COLUMNS,
    NO_MATCH,
    ListRequest,
    entry_row,
    no_such_notification,
    older_entries,
)
from reconciler.lib.frozen_class import frozen
from reconciler.ports.inbox import InboxMessage, MessageStatus
from reconciler.ports.inbox_admin import InboxAccess, InboxAdmin

__all__ = ["ReplayRequest", "park_messages", "replay_matching", "replay_messages"]

_BY_HAND: Final = "parked-by-hand"
_CHANGED: Final = (("number", msg("Number")), ("status", msg("Status")))
_QUEUED: Final = NamedCell(MessageStatus.WAITING.value, msg("queued again"))


@frozen
class ReplayRequest:
    """The newest notifications that match, at most `matching.limit`. `check`: they are only listed."""

    matching: ListRequest
    check: bool = False


async def replay_messages(inbox: InboxAccess, numbers: Sequence[int]) -> CommandResult:
    """Those that can be processed again are, independent of the others."""
    with inbox.writing() as admin:
        moved = [] if admin is None else [number for number in numbers if await admin.replay(number)]
    which = ", ".join(str(number) for number in numbers if number not in moved)
    why = msg("Cannot replay {which}: not found, or of a kind that is never processed", which=which)
    return _moved(moved, _QUEUED, why if which else None)


async def replay_matching(inbox: InboxAccess, request: ReplayRequest) -> TableResult:
    """By reason: one that waits already has none."""
    with inbox.reading() if request.check else inbox.writing() as admin:
        if admin is None:
            return _changed((), ())
        entries = await admin.entries(request.matching.filter)
        more = await older_entries(admin, _command(request), request.matching, entries)
        if request.check:
            return _listed(entries, more)
        moved = [entry.number for entry in entries if await admin.replay(entry.number)]
    return _changed(moved, more)


async def park_messages(inbox: InboxAccess, numbers: Sequence[int]) -> CommandResult:
    """Those that can be parked are, independent of the others."""
    with inbox.writing() as admin:
        moved = await _parked(inbox, admin, numbers)
    which = ", ".join(str(number) for number in numbers if number not in moved)
    why = msg("Cannot park {which}: not found, or already processed", which=which)
    parked = NamedCell(MessageStatus.PARKED.value, msg("parked until it is replayed"))
    return _moved(moved, parked, why if which else None)


async def _parked(inbox: InboxAccess, admin: InboxAdmin | None, numbers: Sequence[int]) -> list[int]:
    now = inbox.clock.now()
    return [] if admin is None else [number for number in numbers if await admin.park(number, _BY_HAND, now)]


def _command(request: ReplayRequest) -> str:
    return "ipn replay --check" if request.check else "ipn replay"


def _listed(entries: Sequence[InboxMessage], more: tuple[Message, ...]) -> TableResult:
    would = msg("Would be processed again: {count}. Nothing was changed", count=len(entries))
    return TableResult(
        name="notifications",
        columns=ENTRY_COLUMNS,
        rows=tuple(map(entry_row, entries)),
        empty=NO_MATCH,
        notices=(would, *more) if entries else (),
    )


def _moved(numbers: Sequence[int], status: NamedCell, why: Message | None) -> CommandResult:
    """The notifications that were changed; with `why`, what could not be."""
    if why is not None:
        done = tuple(msg("{number}: {status}", number=number, status=status.title) for number in numbers)
        return no_such_notification(why, done)
    return _changed(numbers, (), status)


def _changed(numbers: Sequence[int], more: tuple[Message, ...], status: NamedCell = _QUEUED) -> TableResult:
    rows = tuple((number, status) for number in numbers)
    return TableResult(name="changed-notifications", columns=_CHANGED, rows=rows, empty=NO_MATCH, notices=more)

"""What the commands of `reconciler ipn` do: ask the joint, and put the answer into a table.

In: settings, words that click has checked. Out: a table on the terminal, and the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import anyio

from reconciler import wiring
from reconciler.cli.shell.error_boundary import report_failure
from reconciler.cli.shell.terminal import Terminal, show
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import ShopKey
from reconciler.ports.inbox import CaptureState, InboxMessage, MessageStatus
from reconciler.ports.inbox_admin import InboxFilter, InboxStats, QuarantinedMessage, QuarantineFilter
from reconciler.views.tables.table import Table, Word
from reconciler.wiring import operators, simulating

_NOTHING: Final = msg("No notification was received.")
_NO_COPY: Final = msg("No copy of a refused message is kept.")
_NO_SUCH_COPY: Final = msg("No such copy is kept; `reconciler ipn stats` counts those that are, by reason.")
_BY_HAND: Final = "parked-by-hand"
_PATIENCE: Final = 15.0
_LOOK: Final = 0.2
_OK: Final = 200

Row = tuple[Word, ...]

_COUNTED: Final = {
    "notifications": msg("notifications"),
    "parked": msg("parked"),
    "refused": msg("refused"),
    "mails": msg("mails"),
    "oldest-waiting": msg("oldest that waits"),
    "last-received": msg("last received"),
}
"""What `ipn stats` counts: for machines, and for people."""
_ENTRY: Final = (
    ("number", msg("number")),
    ("received", msg("received")),
    ("shop", msg("shop")),
    ("kind", msg("kind")),
    ("object", msg("object")),
    ("standing", msg("standing")),
    ("reason", msg("reason")),
    ("order", msg("order")),
    ("tries", msg("tries")),
    ("next", msg("next try")),
)
_MORE: Final = (
    ("message", msg("message")),
    ("published", msg("published")),
    ("lane", msg("order reference")),
    ("settled", msg("settled")),
    ("size", msg("bytes")),
    ("captures", msg("captures")),
)
_COPY: Final = (
    ("number", msg("number")),
    ("received", msg("received")),
    ("shop", msg("shop")),
    ("reason", msg("reason")),
    ("size", msg("bytes")),
    ("kept", msg("bytes kept")),
)


async def list_entries(
    settings: wiring.Settings, terminal: Terminal, words: Mapping[str, str | int | None], shop: ShopKey | None
) -> ExitCode:
    standing, reason, find = words["standing"], words["reason"], words["find"]
    wanted = InboxFilter(
        shop=shop,
        status=None if standing is None else MessageStatus(str(standing)),
        reason=None if reason is None else str(reason),
        words=None if find is None else str(find),
        limit=int(words["limit"] or 1),
    )
    with operators.catalogue(settings) as catalogue:
        entries = () if catalogue is None else await catalogue.entries(wanted)
    show(
        Table(name="notifications", columns=_ENTRY, rows=tuple(_row(entry) for entry in entries), empty=_NOTHING),
        terminal,
    )
    return ExitCode.DONE


async def list_copies(
    settings: wiring.Settings, terminal: Terminal, words: Mapping[str, str | int | None], shop: ShopKey | None
) -> ExitCode:
    """What was posted stays where it is: it may hold a buyer's data, and nobody vouches for what it says."""
    reason = words["reason"]
    wanted = QuarantineFilter(shop=shop, reason=None if reason is None else str(reason), limit=int(words["limit"] or 1))
    with operators.catalogue(settings) as catalogue:
        copies = () if catalogue is None else await catalogue.quarantined(wanted)
    empty = _NO_COPY if shop is None and reason is None else _NO_SUCH_COPY
    show(
        Table(name="refused-notifications", columns=_COPY, rows=tuple(_of_copy(copy) for copy in copies), empty=empty),
        terminal,
    )
    return ExitCode.DONE


async def show_entry(settings: wiring.Settings, terminal: Terminal, number: int) -> ExitCode:
    shown = await operators.show_message(settings, number)
    if shown is None:
        return _without(terminal, msg("There is no notification with this number: {which}", which=number))
    arrival, entry = shown.entry.arrival, shown.entry
    captures = "; ".join(_capture(fact) for fact in shown.captures) or None
    more = (arrival.message_id, _at(arrival.published), arrival.lane, _at(entry.settled), shown.size, captures)
    columns, row = (*_ENTRY, *_MORE), (*_row(entry), *more)
    if terminal.output != "json":
        look = terminal.render_context()
        rows = tuple((look.translate(title), word) for (_, title), word in zip(columns, row, strict=True))
        titles = (("field", msg("field")), ("value", msg("value")))
        show(Table(name="notification", columns=titles, rows=rows, empty=_NOTHING), terminal)
        return ExitCode.DONE
    show(Table(name="notification", columns=columns, rows=(row,), empty=_NOTHING), terminal)
    return ExitCode.DONE


async def move_entries(
    settings: wiring.Settings, terminal: Terminal, numbers: Sequence[int], *, again: bool
) -> ExitCode:
    """Those that can be moved are, whatever the others."""
    moved: list[int] = []
    with operators.writable_inbox_admin(settings) as catalogue:
        for number in numbers if catalogue is not None else ():
            assert catalogue is not None
            done = catalogue.replay(number) if again else catalogue.park(number, _BY_HAND, wiring.clock().now())
            if await done:
                moved.append(number)
    for number in moved:
        terminal.info(_moved(number, again=again))
    left = [number for number in numbers if number not in moved]
    return _unmoved(terminal, left, again=again) if left else ExitCode.DONE


async def count(settings: wiring.Settings, terminal: Terminal) -> ExitCode:
    with operators.catalogue(settings) as catalogue:
        counted = () if catalogue is None else tuple(_counted(await catalogue.counts()))
    tell = terminal.render_context().translate
    rows = counted if terminal.output == "json" else tuple((tell(_COUNTED[row[0]]), *row[1:]) for row in counted)
    columns = (("what", msg("what")), ("which", msg("which")), ("count", msg("count")), ("at", msg("at")))
    show(Table(name="notification-counts", columns=columns, rows=rows, empty=_NOTHING), terminal)
    return ExitCode.DONE


def _counted(counts: InboxStats) -> Iterator[tuple[str, str | None, int | None, str | None]]:
    yield from (("notifications", standing.value, many, None) for standing, many in sorted(counts.messages.items()))
    yield from (("parked", reason, many, None) for reason, many in sorted(counts.parked.items()))
    yield from (("refused", reason, many, None) for reason, many in sorted(counts.refused.items()))
    yield from (("mails", state.value, many, None) for state, many in sorted(counts.mails.items()))
    if counts.oldest_waiting is not None:
        yield "oldest-waiting", None, None, _at(counts.oldest_waiting)
    yield from (("last-received", shop, None, _at(at)) for shop, at in sorted(counts.last_received.items()))


async def poll_shops(settings: wiring.Settings, terminal: Terminal, shops: Sequence[ShopKey]) -> ExitCode:
    """Partly done where a shop could not be asked."""
    polled = await operators.poll(settings, shops)
    columns = (
        ("shop", msg("shop")),
        ("order", msg("order")),
        ("charge", msg("charge")),
        ("reason", msg("reason")),
        ("alarm", msg("a person should look")),
    )
    alarms: tuple[Word, Word] = (False, True)
    if terminal.output != "json":
        look = terminal.render_context()
        alarms = look.translate(msg("no")), look.translate(msg("yes"))
    rows = tuple((each.shop, each.order, each.charge, each.reason, alarms[each.alarm]) for each in polled)
    empty = msg("No order waits for a payment that Amazon knows of.")
    show(Table(name="polled", columns=columns, rows=rows, empty=empty), terminal)
    return ExitCode.PARTLY if any(each.order is None for each in polled) else ExitCode.DONE


async def simulate_one(settings: wiring.Settings, terminal: Terminal, wanted: simulating.Simulation) -> ExitCode:
    """What was posted, and what came of it within a few seconds."""
    posted = await simulating.simulate(settings, wanted)
    entry = await _worked_off(settings, posted.message_id) if posted.status == _OK else None
    paid = await simulating.is_paid(settings, wanted.shop, wanted.order)
    columns = (
        ("answered", msg("answered")),
        ("capture", msg("capture")),
        ("standing", msg("standing")),
        ("reason", msg("reason")),
        ("order", msg("order")),
        ("payment", msg("payment")),
    )
    came = (None, None) if entry is None else (entry.status.value, entry.reason)
    row = (posted.status, posted.capture, *came, wanted.order, "入金済み" if paid else "未入金")
    show(Table(name="simulated", columns=columns, rows=(row,), empty=_NOTHING), terminal)
    return ExitCode.DONE if posted.status == _OK else ExitCode.ERROR


async def _worked_off(settings: wiring.Settings, message_id: str) -> InboxMessage | None:
    """The entry once it is worked on, or as it stands after some seconds."""
    entry: InboxMessage | None = None
    with anyio.move_on_after(_PATIENCE), operators.catalogue(settings) as catalogue:
        while catalogue is not None and (entry is None or entry.status is MessageStatus.WAITING):
            entry = next(iter(await catalogue.entries(InboxFilter(words=message_id))), None)
            await anyio.sleep(_LOOK)
    return entry


def _row(entry: InboxMessage) -> Row:
    arrival = entry.arrival
    return (
        entry.number,
        _at(arrival.received),
        arrival.shop,
        arrival.kind,
        arrival.object_id,
        entry.status.value,
        entry.reason,
        entry.order,
        entry.tries,
        _at(entry.next_try),
    )


def _of_copy(copy: QuarantinedMessage) -> Row:
    return copy.number, _at(copy.received), copy.shop, copy.reason, copy.size, copy.kept


def _capture(fact: CaptureState) -> str:
    once = ", once Completed" if fact.completed and fact.state != "Completed" else ""
    return f"{fact.capture} {fact.state}{once} {format(fact.amount, 'f')} {fact.currency} ({fact.source.value})"


def _at(moment: datetime | None) -> str | None:
    from reconciler.lib.utc import format_utc

    return None if moment is None else format_utc(moment)


def _moved(number: int, *, again: bool) -> Message:
    if again:
        return msg("{number} waits to be worked on again", number=number)
    return msg("{number} is put aside until it is replayed", number=number)


def _unmoved(terminal: Terminal, numbers: Sequence[int], *, again: bool) -> ExitCode:
    which = ", ".join(str(number) for number in numbers)
    if again:
        why = msg("Nothing is there to replay under {which}: no such number, or of a kind never worked on", which=which)
    else:
        why = msg("Nothing is there to put aside under {which}: no such number, or done already", which=which)
    return _without(terminal, why)


def _without(terminal: Terminal, why: Message) -> ExitCode:
    hint = msg("`reconciler ipn list` shows the numbers that there are, and how each stands")
    return report_failure(terminal, (diagnostic(codes.NO_SUCH_NOTIFICATION, why, hint=hint),))

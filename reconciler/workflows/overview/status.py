"""The use case `status`: the state of a fleet on one screen, from the store and the inbox only; the backend is not read.

In: a session. Out: a table with one row for each subject; if a run left shops closed, they are its first rows, with a warning
each. Everything is counted as on the first page of the console. A zero is shown where it is an answer: no shop closed, no run in
progress; states and severities without anything are omitted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg, msg_list
from reconciler.core.findings.finding import FindingClass
from reconciler.core.findings.words import SEVERITY_NAMES
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.run_overview import RunQuery
from reconciler.core.overview.shop_rows import ShopQuery, ShopState
from reconciler.core.overview.words import SHOP_STATE_WORDS
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.core.runs.run_summary import RunStatus
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.ports.inbox import InboxUnavailable, MailState
from reconciler.workflows.ci.deferred import WAITING
from reconciler.workflows.other_runs import fleet_runs_in_progress, owed_reopening_diagnostics
from reconciler.workflows.overview.fleet import fleet_overview
from reconciler.workflows.overview.reviews import deferred_lines
from reconciler.workflows.overview.runs import run_page

if TYPE_CHECKING:
    from reconciler.core.overview.fleet_overview import FleetOverview
    from reconciler.core.values import ShopKey
    from reconciler.ports.inbox_admin import InboxStats
    from reconciler.workflows.session import Session

STATUS_ITEMS: Final[Mapping[str, Message]] = {
    **{f"shops-{state.value}": msg("shops: {state}", state=words) for state, words in SHOP_STATE_WORDS.items()},
    "shops": msg("shops"),
    "closed-now": msg("closed now"),
    "reopenings-pending": msg("reopenings pending"),
    "runs-in-progress": msg("runs in progress"),
    "last-look": msg("last check"),
    "last-complete-look": msg("last complete check"),
    "looks-not-ended": msg("unfinished checks"),
    "findings": msg("findings"),
    **{
        f"findings-{severity.word}": msg("findings: {severity}", severity=SEVERITY_NAMES[severity])
        for severity in FindingSeverity
    },
    "findings-accepted": msg("findings: accepted"),
    "alerts-waiting": msg("alerts waiting"),
    "alerts-failed": msg("alerts failed"),
    "deferred-applies": msg("deferred applies"),
    "inbox-problems": msg("inbox problems"),
}
"""What `status` shows: for machines, and for people, in this order."""
_COLUMNS: Final = (
    ("item", msg("Item")),
    ("count", msg("Count")),
    ("detail", msg("Detail")),
    ("command", msg("Command")),
)
_SHOW: Final = {
    ShopState.DRIFTED: "reconciler findings list",
    ShopState.UNREAD: "reconciler drift",
    ShopState.NEW: "reconciler drift",
}
_NAMED: Final = 2
_SHORT: Final = 8
_UNDELIVERED: Final = frozenset({MailState.FAILED, MailState.UNKNOWN, MailState.HELD})

_Row = tuple[Cell, ...]


async def fleet_status(session: Session) -> TableResult:
    """Raises SetupError where the store cannot be read."""
    fleet = fleet_overview(session, session.overviews, ShopQuery())
    left, inbox = fleet.closures.still_closed, await _inbox(session)
    closed, pending = _closures(session, left)
    rows = (
        *((pending, closed) if left else ()),
        *_shops(fleet),
        *(() if left else (closed, pending)),
        *_runs(session),
        *_looks(fleet),
        *_findings(fleet),
        *_alerts(fleet),
        _deferred(session),
        *inbox.rows,
    )
    notices = () if fleet.looks else (msg("No check is recorded yet: `reconciler drift --new` records one"),)
    return TableResult(
        name="status",
        columns=_COLUMNS,
        rows=rows,
        empty=msg("Nothing is recorded."),
        notices=notices,
        diagnostics=(*_left_closed(session), *inbox.problems),
        status=exit_code_for_diagnostics(inbox.problems),
    )


def _left_closed(session: Session) -> tuple[Diagnostic, ...]:
    """The same warning as in the report of every other command."""
    with session.store.history() as history:
        return () if history is None else owed_reopening_diagnostics(history.unfinished())


def _row(item: str, count: int | None, detail: Cell = None, command: str | None = None) -> _Row:
    """The command shows more, where there is anything."""
    return NamedCell(item, STATUS_ITEMS[item]), count, detail, command if count else None


def _shops(fleet: FleetOverview) -> Iterator[_Row]:
    if not fleet.shops:
        yield _row("shops", 0)
    for state in ShopState:
        if fleet.states.get(state):
            detail = _drifted_detail(fleet) if state is ShopState.DRIFTED else None
            yield _row(f"shops-{state.value}", fleet.states[state], detail, _SHOW.get(state))


def _drifted_detail(fleet: FleetOverview) -> NamedCell | None:
    """A shop that a run left closed may have no drifted field."""
    left = fleet.classes.get(FindingClass.LEFT_CLOSED, 0)
    words = msg("of them left closed by a run: {count}", count=left)
    return NamedCell(str(words), words) if left else None


def _closures(session: Session, left: Sequence[ShopKey]) -> tuple[_Row, _Row]:
    """Shops that runs closed, and those of them to be reopened: what merchants close is known to the backend only."""
    with session.store.history() as history:
        running = () if history is None else history.unfinished(running=True)
    by_running = {each.shop for each in running if each.closed}
    closed = sorted({*left, *by_running})
    command = "reconciler leases" if by_running else "reconciler resume"
    return (
        _row("closed-now", len(closed), _names(closed), command),
        _row("reopenings-pending", len(left), _names(left), "reconciler resume"),
    )


def _runs(session: Session) -> Iterator[_Row]:
    runs = [each.run for each in run_page(session, RunQuery(status=RunStatus.RUNNING)).runs]
    runs += fleet_runs_in_progress(session)
    yield _row("runs-in-progress", len(runs), _names([run[:_SHORT] for run in runs]), "reconciler runs list")


def _looks(fleet: FleetOverview) -> Iterator[_Row]:
    ended = next((look for look in fleet.looks if look.ended is not None), None)
    if ended is not None:
        yield _row("last-look", ended.shops, ended.ended)
        if not ended.complete and fleet.last_complete_look is not None:
            yield _row("last-complete-look", None, fleet.last_complete_look)
    open_ends = list(takewhile(lambda look: look.ended is None, fleet.looks))
    if open_ends:
        yield _row("looks-not-ended", len(open_ends), open_ends[0].started, "reconciler drift")


def _findings(fleet: FleetOverview) -> Iterator[_Row]:
    """By severity, the most severe first."""
    if fleet.looks and not fleet.findings:
        yield _row("findings", 0)
    for severity in sorted(FindingSeverity, reverse=True):
        if fleet.unsettled.get(severity):
            yield _row(f"findings-{severity.word}", fleet.unsettled[severity], command="reconciler findings list")
    accepted = sum(fleet.accepted.values())
    if accepted:
        yield _row("findings-accepted", accepted, command="reconciler findings list")


def _alerts(fleet: FleetOverview) -> Iterator[_Row]:
    queued = {channel: each.queued for channel, each in fleet.alerts.items() if each.queued}
    failed = {channel: each.failed for channel, each in fleet.alerts.items() if each.failed}
    yield _row("alerts-waiting", sum(queued.values()), _names(sorted(queued)), "reconciler alerts list")
    if failed:
        yield _row("alerts-failed", sum(failed.values()), _names(sorted(failed)), "reconciler alerts list")


def _deferred(session: Session) -> _Row:
    waiting = [line.shop for line in deferred_lines(session) if line.state == WAITING]
    return _row("deferred-applies", len(waiting), _names(waiting), "reconciler deferred list")


@frozen
class _Inbox:
    rows: tuple[_Row, ...] = ()
    problems: tuple[Diagnostic, ...] = ()


async def _inbox(session: Session) -> _Inbox:
    """Nothing where no notification was ever received. An inbox that cannot be read hides nothing else."""
    try:
        stats = await session.inbox_stats()
    except InboxUnavailable as error:
        return _Inbox(rows=(_row("inbox-problems", None, str(error)),))
    except SetupError as error:
        found = diagnostic(error.code, error.text, hint=error.hint)
        return _Inbox(rows=(_row("inbox-problems", None, NamedCell(str(error.text), error.text)),), problems=(found,))
    return _Inbox() if stats is None else _Inbox(rows=(_problems(stats),))


def _problems(stats: InboxStats) -> _Row:
    parked, refused = sum(stats.parked.values()), sum(stats.refused.values())
    mails = sum(stats.mails.get(state, 0) for state in _UNDELIVERED)
    counts = (
        (parked, msg("parked: {count}", count=parked)),
        (refused, msg("refused: {count}", count=refused)),
        (mails, msg("undelivered mails: {count}", count=mails)),
    )
    detail = msg_list([words for count, words in counts if count])
    cell = NamedCell(str(detail), detail) if detail.template else None
    return _row("inbox-problems", parked + refused + mails, cell, "reconciler ipn stats")


def _names(words: Sequence[str]) -> str | None:
    """The first ones, and how many there are besides."""
    more = len(words) - _NAMED
    shown = ", ".join(words[:_NAMED])
    return (f"{shown} +{more}" if more > 0 else shown) or None

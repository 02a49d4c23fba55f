"""The use cases `history` and `leases`: which runs wrote, what each did, and which shops are being written now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.history_result import HistoryResult, StepHistoryResult
from reconciler.core.results.table_result import TableResult
from reconciler.core.runs.run_summary import RunSummary
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.workflows.suggest import unmatched_notices

if TYPE_CHECKING:
    from reconciler.core.values import ShopKey
    from reconciler.ports import RunRow
    from reconciler.ports.journal import History
    from reconciler.workflows.session import Session


_SEARCHED: Final = 100_000
"""Runs among which an abbreviated id is looked for."""

_SHORTEST_ID: Final = 6
"""Characters from which a word may be the start of an id; tables show eight."""


@frozen
class HistoryRequest:
    """`limit` counts runs, newest first. `shop`: only runs that concern it."""

    shop: ShopKey | None = None
    limit: int = 20


def list_runs(session: Session, request: HistoryRequest) -> HistoryResult:
    """Raises SetupError where the store cannot be read."""
    with session.store.history() as history:
        runs = () if history is None else history.runs(request.shop, limit=request.limit)
        notices = () if runs or request.shop is None else _why_empty(session, history, request.shop)
        return HistoryResult(runs=tuple(map(run_summary, runs)), shop=request.shop, notices=notices)


def _why_empty(session: Session, history: History | None, shop: ShopKey) -> tuple[Message, ...]:
    run = () if history is None else _run_instead(history, shop)
    return run or unmatched_notices([shop], session.manifests.names())


def _run_instead(history: History, word: str) -> tuple[Message, ...]:
    """What shows a run, if the word for a shop is the id of one, or the start of it."""
    named = len(word) >= _SHORTEST_ID and runs_starting_with(history, word)
    return (msg("{run} is the id of a run: `reconciler runs show {run}`", run=word),) if named else ()


def runs_starting_with(history: History, start: str) -> tuple[RunRow, ...]:
    """Those whose id starts so."""
    return tuple(row for row in history.runs(limit=_SEARCHED) if row.info.run.startswith(start))


def list_steps(session: Session, request: HistoryRequest) -> StepHistoryResult:
    """What each run did in the shop of the request. Raises SetupError."""
    assert request.shop is not None
    with session.store.history() as history:
        runs = () if history is None else history.runs(request.shop, limit=request.limit)
        return StepHistoryResult(
            shop=request.shop,
            notices=() if runs else _why_empty(session, history, request.shop),
            runs=tuple((run_summary(run), history.step_records(run.info.run, request.shop)) for run in runs if history),
        )


def list_leases(session: Session) -> TableResult:
    """Raises SetupError where the store cannot be read."""
    with session.store.active_leases() as held:
        rows = tuple((lease.shop, lease.owner, lease.run, lease.fence, format_utc(lease.expires)) for lease in held)
    columns = (
        ("shop", msg("Shop")),
        ("owner", msg("Owner")),
        ("run", msg("Run")),
        ("fence", msg("Fence")),
        ("expires", msg("Expires")),
    )
    return TableResult(name="leases", columns=columns, rows=rows, empty=msg("No shop is being written."))


def run_summary(row: RunRow) -> RunSummary:
    info = row.info
    return RunSummary(
        run=info.run,
        command=info.command,
        actor=info.actor,
        host=info.host,
        started=format_utc(info.started),
        ended=None if row.ended is None else format_utc(row.ended),
        commit=info.commit,
        fingerprint=info.fingerprint or None,
        shops=row.shops,
        counts=row.counts,
        unfinished_shops=row.unfinished_shops,
        interrupted=row.interrupted,
        running=row.running,
        resumed_by=row.resumed_by,
        overrides=row.overrides,
    )

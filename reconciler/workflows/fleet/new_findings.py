"""What a look in chunks found that is new: `drift --new` with workers.

In: the request, and the run that has ended. Out: the new findings from the store, where every chunk recorded its own; the run
itself where it did not come to its end. The answer is that of one process, as a list of findings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.fleet.fleet_run import FleetRunState
from reconciler.core.results.table_result import NewFindingsResult
from reconciler.lib.utc import format_utc
from reconciler.workflows.drift.look import baseline_notice
from reconciler.workflows.drift.record import news_since
from reconciler.workflows.findings.stored import LIST_COLUMNS, FindingsRequest, listed_finding, unread_notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.diagnostics.messages import Message
    from reconciler.core.findings.finding import Finding
    from reconciler.core.results.history_result import FleetRunResult
    from reconciler.workflows.drift.detect import DriftRequest
    from reconciler.workflows.session import Session

_SHOWN = 8


def new_findings(session: Session, request: DriftRequest, result: FleetRunResult) -> FleetRunResult | NewFindingsResult:
    """Raises SetupError where the store cannot be read."""
    if result.fleet_run.state is not FleetRunState.DONE:
        return result
    fleet = session.target.fleet_name
    with session.findings.open(create=False) as store:
        if store is None:
            return result
        position, unread = (
            store.position(fleet, request.reader),
            frozenset(each.shop for each in store.unread_shops(fleet)),
        )
        news = {} if position is None else news_since(store, fleet, position)
        missed = [each.number for each in news.values() if each.event.finding.key.shop in unread]
        found = _shown(session, request, [each for each in store.findings(fleet) if each.key.id in news], unread)
        notices = (*((baseline_notice(store, fleet),) if position is None else ()), *_notices(result, len(unread)))
        known = min(missed, default=store.last_event(fleet) + 1) - 1
    return NewFindingsResult(
        name="findings",
        columns=LIST_COLUMNS,
        rows=tuple(map(listed_finding, found)),
        empty=msg("No new findings."),
        notices=notices,
        status=_status(result.exit_code, found),
        read_by=(request.reader, known),
    )


def _shown(
    session: Session, request: DriftRequest, found: Sequence[Finding], unread: frozenset[str]
) -> Sequence[Finding]:
    """Of the selected shops that could be read."""
    wanted = FindingsRequest(severity=request.severity, owner=request.owner, older_than=request.older_than)
    now, names = format_utc(session.clock.now()), request.selection
    return [
        each
        for each in found
        if each.key.shop not in unread and names.may_name(each.key.shop) and wanted.includes(each, now)
    ]


def _status(code: ExitCode, found: Sequence[Finding]) -> ExitCode:
    """Differences that are known already are none."""
    if code in (ExitCode.DONE, ExitCode.DIFFERENCES):
        return ExitCode.DIFFERENCES if found else ExitCode.DONE
    return code


def _notices(result: FleetRunResult, unread: int) -> tuple[Message, ...]:
    run = result.fleet_run.id[:_SHOWN]
    shown = msg("All shops of this check: `reconciler runs show {run}`", run=run)
    return (unread_notice(unread), shown) if unread else (shown,)

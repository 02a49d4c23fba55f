"""The use case `watch --once`: everything that is due now, then the end. For cron, and in place of a process that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic, sort_diagnostics
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.exit_status import NO_ANSWER
from reconciler.core.results.table_result import TableResult
from reconciler.workflows.watch.leading import step_as_leader
from reconciler.workflows.watch.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.watch.watch_settings import WatchSettings
    from reconciler.workflows.session import Session
    from reconciler.workflows.watch.parts import FailingPart
    from reconciler.workflows.watch.sources import WatchSources
    from reconciler.workflows.watch.status import WatchStatus

_COLUMNS: Final = (
    ("looks", msg("Checks")),
    ("shops", msg("Shops checked")),
    ("drifted", msg("With drift")),
    ("unread", msg("Not compared")),
    ("open", msg("Open findings")),
)
_WORST_FIRST: Final = (ExitCode.ERROR, ExitCode.PARTLY, ExitCode.UNREACHABLE, ExitCode.REFUSED, ExitCode.DIFFERENCES)


async def watch_once(
    session: Session, sources: WatchSources, settings: WatchSettings, warnings: Sequence[Diagnostic] = ()
) -> TableResult:
    """Raises SetupError, also where another process watches the fleet."""
    watcher = Watcher(session, sources, settings)
    await step_as_leader(session, watcher)
    status, unsettled = watcher.status, _unsettled(session)
    failed = tuple(
        diagnostic(
            codes.PART_FAILED,
            msg("Part `{part}` failed: {why}", part=part.name, why=part.reason),
            hint=msg("It is tried again; the other parts continue"),
        )
        for part in status.parts.failing.values()
    )
    return TableResult(
        name="watch",
        columns=_COLUMNS,
        rows=((status.looks, len(status.checked), len(status.drifted), len(status.unread), unsettled),),
        empty=msg("Nothing was due."),
        transposed=True,
        status=_exit_code(status, unsettled),
        diagnostics=(*warnings, *sort_diagnostics(status.problems), *failed),
    )


def _unsettled(session: Session) -> int:
    with session.findings.open(create=False) as store:
        found = () if store is None else store.findings(session.target.fleet_name)
    return sum(each.unsettled for each in found)


def _exit_code(status: WatchStatus, unsettled: int) -> ExitCode:
    """As `drift` would end over the whole fleet: open findings are differences, also those that this look did not read."""
    ended: Iterable[ExitCode] = (
        *status.exit_codes,
        *map(_exit_of_part, status.parts.failing.values()),
        *((ExitCode.DIFFERENCES,) if unsettled else ()),
    )
    return min(ended, key=_rank, default=ExitCode.DONE)


def _exit_of_part(part: FailingPart) -> ExitCode:
    return ExitCode.UNREACHABLE if part.code in {code.number for code in NO_ANSWER} else ExitCode.ERROR


def _rank(code: ExitCode) -> int:
    return _WORST_FIRST.index(code) if code in _WORST_FIRST else len(_WORST_FIRST)

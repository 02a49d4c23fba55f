"""The use cases `deferred list` and `deferred drop`: approved plans that wait for a maintenance window.

The list is what the store remembers of the last `ci apply`, with the next window of each shop. What is dropped is not applied,
also where the store is the only one that knows it; a new approval of the shop counts again.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.core.results.validation_result import failure
from reconciler.lib.utc import format_utc
from reconciler.workflows.ci.deferred_windows import times_of, waiting_now

if TYPE_CHECKING:
    from datetime import datetime

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.results.command import CommandResult
    from reconciler.core.values import ShopKey
    from reconciler.ports.ci.reviews import DeferredApply
    from reconciler.workflows.maintenance_window import WindowTimes
    from reconciler.workflows.session import Session

_COLUMNS: Final = (
    ("shop", msg("Shop")),
    ("pull_request", msg("Pull request")),
    ("state", msg("State")),
    ("since", msg("Deferred since")),
    ("expires", msg("Expires")),
    ("window", msg("Next window")),
    ("leaf", msg("Leaf")),
)
WAITING: Final = NamedCell("deferred", msg("deferred"))
_EXPIRED: Final = NamedCell("expired", msg("expired"))
_DROPPED: Final = NamedCell("dropped", msg("dropped"))
_APPLIED: Final = NamedCell("applied", msg("applied"))
_OPEN: Final = NamedCell("open", msg("open now"))


def list_deferred(session: Session) -> CommandResult:
    """Raises SetupError."""
    with session.reviews(create=False) as reviews:
        found = () if reviews is None else reviews.deferred(session.target.fleet_name)
    return _table(session, found)


def drop_deferred(session: Session, shops: Sequence[str]) -> CommandResult:
    """`shops` are patterns over shop keys. Raises SetupError."""
    fleet, now = session.target.fleet_name, session.clock.now()
    with session.reviews(create=False) as reviews:
        found = () if reviews is None else reviews.deferred(fleet)
        waiting = [each.shop for each in found if each.waiting]
        missing = [glob for glob in shops if not any(fnmatchcase(shop, glob) for shop in waiting)]
        if missing or reviews is None:
            return failure(*(not_deferred(glob) for glob in missing or shops))
        chosen: list[ShopKey] = [shop for shop in waiting if any(fnmatchcase(shop, glob) for glob in shops)]
        reviews.drop(fleet, chosen, now, session.new_run("deferred drop", "").actor)
        return _table(session, [each for each in reviews.deferred(fleet) if each.shop in chosen])


def not_deferred(glob: str) -> Diagnostic:
    return diagnostic(
        codes.NOT_DEFERRED,
        msg("No deferred apply of {shop}", shop=glob),
        hint=msg("`reconciler deferred list` shows what is deferred"),
    )


def _table(session: Session, found: Sequence[DeferredApply]) -> TableResult:
    now = session.clock.now()
    times = times_of(session, [each.shop for each in waiting_now(session, found)])
    return TableResult(
        name="deferred",
        columns=_COLUMNS,
        rows=tuple(_row(each, times.get(each.shop), now) for each in found),
        empty=msg("Nothing is deferred."),
    )


def _row(apply: DeferredApply, window: WindowTimes | None, now: datetime) -> tuple[Cell, ...]:
    return (
        str(apply.shop),
        apply.request.number,
        deferred_state(apply, now),
        format_utc(apply.since),
        format_utc(apply.expires),
        _window(window),
        apply.leaf,
    )


def _window(times: WindowTimes | None) -> Cell:
    if times is None or times.open:
        return None if times is None else _OPEN
    return None if times.opens is None else format_utc(times.opens)


def deferred_state(apply: DeferredApply, now: datetime) -> NamedCell:
    if apply.applied is not None:
        return _APPLIED
    if apply.dropped is not None:
        return _DROPPED
    return _EXPIRED if apply.expires < now else WAITING

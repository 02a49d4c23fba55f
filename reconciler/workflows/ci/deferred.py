"""The use cases `deferred list` and `deferred drop`: approved plans that wait for a maintenance window.

The list is what the store remembers of the last `ci apply`. What is dropped is not applied, also where the store is the only one
that knows it; a new approval of the shop counts again.
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

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.results.command import CommandResult
    from reconciler.core.values import ShopKey
    from reconciler.ports.ci.reviews import DeferredApply
    from reconciler.workflows.session import Session

_COLUMNS: Final = (
    ("shop", msg("Shop")),
    ("pull_request", msg("Pull request")),
    ("state", msg("State")),
    ("since", msg("Deferred since")),
    ("expires", msg("Expires")),
    ("leaf", msg("Leaf")),
)
_WAITING: Final = NamedCell("deferred", msg("deferred"))
_EXPIRED: Final = NamedCell("expired", msg("expired"))
_DROPPED: Final = NamedCell("dropped", msg("dropped"))


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
        waiting = [each.shop for each in found if each.dropped is None]
        missing = [glob for glob in shops if not any(fnmatchcase(shop, glob) for shop in waiting)]
        if missing or reviews is None:
            return failure(*(_not_deferred(glob) for glob in missing or shops))
        chosen: list[ShopKey] = [shop for shop in waiting if any(fnmatchcase(shop, glob) for glob in shops)]
        reviews.drop(fleet, chosen, now, session.new_run("deferred drop", "").actor)
        return _table(session, [each for each in reviews.deferred(fleet) if each.shop in chosen])


def _not_deferred(glob: str) -> Diagnostic:
    return diagnostic(
        codes.NOT_DEFERRED,
        msg("No deferred apply of {shop}", shop=glob),
        hint=msg("`reconciler deferred list` shows what is deferred"),
    )


def _table(session: Session, found: Sequence[DeferredApply]) -> TableResult:
    now = session.clock.now()
    return TableResult(
        name="deferred",
        columns=_COLUMNS,
        rows=tuple(_row(each, expired=each.expires < now) for each in found),
        empty=msg("Nothing is deferred."),
    )


def _row(apply: DeferredApply, *, expired: bool) -> tuple[Cell, ...]:
    state = _DROPPED if apply.dropped is not None else _EXPIRED if expired else _WAITING
    return (
        str(apply.shop),
        apply.request.number,
        state,
        format_utc(apply.since),
        format_utc(apply.expires),
        apply.leaf,
    )

"""The use cases `store prune`, `store backup` and `store copy`: the store stays small, can be restored and can be moved."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.table_result import NamedCell, TableResult
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.ports.journal import StoreCopy
    from reconciler.workflows.session import Session

_HOW_MANY: Final = ("count", msg("How many"))
_PRUNED: Final = (("what", msg("Deleted")), _HOW_MANY)
_WOULD_PRUNE: Final = (("what", msg("Would be deleted")), _HOW_MANY)
_BACKUP: Final = (("file", msg("File")), ("bytes", msg("Bytes")))
_COPIED: Final = (("table", msg("Table")), ("rows", msg("Rows")), ("digest", msg("Digest")))
_NO_STORE: Final = msg("There is no store yet.")
_DIGITS: Final = 16
_WORDS: Final[dict[str, Message]] = {
    "runs": msg("runs"),
    "looks": msg("drift checks"),
    "findings": msg("resolved findings"),
    "alerts": msg("alerts"),
    "heals": msg("heals"),
    "plans": msg("plans of pull requests"),
    "deferred": msg("expired deferred applies"),
    "onboarding": msg("onboarding statuses of former shops"),
}


@frozen
class PruneRequest:
    """`older_than` is in seconds; None: the retention of the settings. `dry_run`: only count."""

    older_than: int | None = None
    dry_run: bool = False


@frozen
class CopyRequest:
    """`to` is the address of an empty database, or a new file. `inbox`: copy the sidecar's inbox, not the store."""

    to: str
    inbox: bool = False


def prune_store(session: Session, request: PruneRequest) -> TableResult:
    """Raises SetupError."""
    pruned = session.store.prune(session.clock.now() - _age(session, request), dry_run=request.dry_run)
    counts = {} if pruned is None else {kind: getattr(pruned, kind) for kind in _WORDS}
    rows = tuple((NamedCell(kind, _WORDS[kind]), count) for kind, count in counts.items())
    columns = _WOULD_PRUNE if request.dry_run else _PRUNED
    return TableResult(name="pruned", columns=columns, rows=rows, empty=_NO_STORE)


def _age(session: Session, request: PruneRequest) -> timedelta:
    age = session.store.retention if request.older_than is None else timedelta(seconds=request.older_than)
    if age is None:
        raise SetupError(
            msg("The settings do not say how long the store keeps what has ended"),
            hint=msg("Set `store.retention` (days), or use --older-than"),
            code=codes.BAD_SETTINGS,
        )
    return age


def back_up_store(session: Session, target: Path) -> TableResult:
    """Raises SetupError."""
    size = session.store.backup(target)
    return TableResult(name="backup", columns=_BACKUP, rows=((str(target), size),), empty=_NO_STORE, transposed=True)


def copy_stored_rows(session: Session, request: CopyRequest) -> TableResult:
    """Raises SetupError."""
    copy = session.store.copy(request.to, inbox=request.inbox)
    tables = sorted(copy.tables, key=lambda table: table.name)
    return TableResult(
        name="copied",
        columns=_COPIED,
        rows=tuple((table.name, table.rows, table.digest[:_DIGITS]) for table in tables),
        empty=_NO_STORE,
        notices=_next_steps(copy),
    )


def _next_steps(copy: StoreCopy) -> tuple[Message, ...]:
    settings = [name for name, used in (("store", copy.of_runs), ("ipn.inbox", copy.of_inbox)) if used]
    change = (msg("Now set `{setting}` to {target}", setting=name, target=copy.target) for name in settings)
    sidecar = (msg("Start the sidecar only with the new setting"),) if copy.of_inbox else ()
    runs = (msg("Start runs only with the new setting"),) if copy.of_runs else ()
    keep = msg("{source} was not changed. Do not use it any more, and delete it later", source=copy.source)
    return (*change, *runs, *sidecar, keep)

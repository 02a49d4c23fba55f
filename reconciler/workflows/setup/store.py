"""The use cases `store prune` and `store backup`: the store of runs and findings stays small, and can be restored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.table_result import NamedCell, TableResult

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.workflows.session import Session

_PRUNED: Final = (("what", msg("Deleted")), ("count", msg("How many")))
_BACKUP: Final = (("file", msg("File")), ("bytes", msg("Bytes")))
_NO_STORE: Final = msg("There is no store yet.")
_WORDS: Final[dict[str, Message]] = {
    "runs": msg("runs"),
    "looks": msg("drift checks"),
    "findings": msg("resolved findings"),
    "alerts": msg("alerts"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneRequest:
    """`older_than` is in seconds."""

    older_than: int


def prune_store(session: Session, request: PruneRequest) -> TableResult:
    """Raises SetupError."""
    pruned = session.store.prune(session.clock.now() - timedelta(seconds=request.older_than))
    counts = (
        {}
        if pruned is None
        else {"runs": pruned.runs, "looks": pruned.looks, "findings": pruned.findings, "alerts": pruned.alerts}
    )
    rows = tuple((NamedCell(key, _WORDS[key]), count) for key, count in counts.items())
    return TableResult(name="pruned", columns=_PRUNED, rows=rows, empty=_NO_STORE)


def back_up_store(session: Session, target: Path) -> TableResult:
    """Raises SetupError."""
    size = session.store.backup(target)
    rows = () if size is None else ((str(target), size),)
    return TableResult(name="backup", columns=_BACKUP, rows=rows, empty=_NO_STORE, transposed=True)

"""The runs that a journal remembers, as a JSON document: `reconciler/history`. Newest first, times in UTC."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core.canonical import Json
from reconciler.core.runs import Run
from reconciler.views.json.parts import head, text_of


def history_json(runs: Sequence[Run]) -> str:
    return text_of({**head("history"), "rows": [_row(run) for run in runs]})


def _row(run: Run) -> Json:
    """`fingerprint` is null for a run that carried no plan out."""
    tally = run.tally
    return {
        "started": run.started,
        "run": run.run,
        "command": run.command,
        "actor": f"{run.actor}@{run.host}",
        "commit": run.commit,
        "shops": run.shops,
        "outcome": run.came_to.value,
        "applied": tally.applied,
        "failed": tally.failed,
        "refused": tally.refused,
        "unfinished": run.left,
        "resumed_by": run.resumed_by,
        "ended": run.ended,
        "fingerprint": run.fingerprint,
    }

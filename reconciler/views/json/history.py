"""The runs that a journal remembers, as JSON documents: `reconciler/history`, and `reconciler/history-steps` for one shop.

Newest first, times in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core.model.canonical import Json
from reconciler.core.runs.run_summary import RunSummary
from reconciler.core.runs.step_history import StepRecord
from reconciler.views.json.parts import document_head, document_text


def history_json(runs: Sequence[RunSummary]) -> str:
    return document_text({**document_head("history"), "rows": [_row(run) for run in runs]})


def history_steps_json(runs: Sequence[tuple[RunSummary, Sequence[StepRecord]]]) -> str:
    rows = [_deed(run, deed) for run, deeds in runs for deed in deeds]
    return document_text({**document_head("history-steps"), "rows": rows})


def _deed(run: RunSummary, deed: StepRecord) -> Json:
    step = deed.step
    return {
        "at": deed.at,
        "run": run.run,
        "actor": f"{run.actor}@{run.host}",
        "commit": run.commit,
        "step": step.action.value if step else None,
        "kind": step.kind or None if step else None,
        "fields": [str(ref) for ref in step.refs] if step else [],
        "went": deed.outcome.value,
        "why": deed.reason,
        "request_id": deed.request_id,
    }


def _row(run: RunSummary) -> Json:
    """`fingerprint` is null for a run that carried no plan out."""
    tally = run.counts
    return {
        "started": run.started,
        "run": run.run,
        "command": run.command,
        "actor": f"{run.actor}@{run.host}",
        "commit": run.commit,
        "shops": run.shops,
        "outcome": run.status.value,
        "applied": tally.applied,
        "failed": tally.failed,
        "refused": tally.refused,
        "unfinished": run.unfinished_shops,
        "resumed_by": run.resumed_by,
        "ended": run.ended,
        "fingerprint": run.fingerprint,
    }

"""The runs that a journal remembers, as JSON documents: `reconciler/history`, and `reconciler/history-steps` for one shop.

Newest first, times in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from typing_extensions import TypedDict

from reconciler.core.planning.plan import StepKind
from reconciler.core.runs.events import GuardsOverridden
from reconciler.core.runs.run_summary import RunStatus, RunSummary
from reconciler.core.runs.step_history import StepOutcome, StepRecord
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, TableType
from reconciler.views.json.shapes import Count, Fingerprint, one_of


class OverrideJson(TypedDict):
    """`shop` is null for a guard on the run as a whole; `field` the place in the manifest, where it is about one."""

    guard: str
    shop: str | None
    field: str | None


class OverridesJson(TypedDict):
    """`given` is what the command line allowed (`GUARD:PATTERN`), `overridden` what that let pass."""

    given: list[str]
    overridden: list[OverrideJson]
    reason: str | None


class RunJson(TypedDict):
    """Newest first, times in UTC.

    `ended` is null for a run that was killed or continues, `fingerprint` for one that applied no plan. `unknown` counts those of
    `failed` in which a write was sent and its outcome is unknown.
    """

    started: str
    run: str
    command: str
    actor: str
    commit: str | None
    shops: Count
    outcome: Annotated[str, one_of(RunStatus)]
    applied: Count
    failed: Count
    unknown: Count
    refused: Count
    unfinished: Count
    resumed_by: str | None
    ended: str | None
    fingerprint: Fingerprint | None
    overrides: OverridesJson | None


class RunStepJson(TypedDict):
    """Run by run, the newest first; within a run in order. `step` is null for what concerns the whole shop."""

    at: str
    run: str
    actor: str
    commit: str | None
    step: Annotated[str, one_of(StepKind)] | None
    kind: str | None
    fields: list[str]
    outcome: Annotated[str, one_of(StepOutcome)]
    reason: str | None
    request_id: str | None


HISTORY: Final = TableType(name="history", row=RunJson)
HISTORY_STEPS: Final = TableType(name="history-steps", row=RunStepJson)


def history_json(runs: Sequence[RunSummary], head: DocumentHead = EMPTY_HEAD) -> str:
    return HISTORY.text([_row(run) for run in runs], head)


def history_steps_json(runs: Sequence[tuple[RunSummary, Sequence[StepRecord]]], head: DocumentHead = EMPTY_HEAD) -> str:
    return HISTORY_STEPS.text([_step_json(run, record) for run, records in runs for record in records], head)


def _step_json(run: RunSummary, record: StepRecord) -> RunStepJson:
    step = record.step
    return {
        "at": record.at,
        "run": run.run,
        "actor": f"{run.actor}@{run.host}",
        "commit": run.commit,
        "step": step.action.value if step else None,
        "kind": step.kind or None if step else None,
        "fields": [str(ref) for ref in step.refs] if step else [],
        "outcome": record.outcome.value,
        "reason": record.reason,
        "request_id": record.request_id,
    }


def _row(run: RunSummary) -> RunJson:
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
        "unknown": tally.unknown,
        "refused": tally.refused,
        "unfinished": run.unfinished_shops,
        "resumed_by": run.resumed_by,
        "ended": run.ended,
        "fingerprint": run.fingerprint,
        "overrides": None if run.overrides is None else _overrides(run.overrides),
    }


def _overrides(overrides: GuardsOverridden) -> OverridesJson:
    return {
        "given": list(overrides.given),
        "overridden": [{"guard": each.guard, "shop": each.shop, "field": each.field} for each in overrides.overridden],
        "reason": overrides.reason,
    }

"""The shapes of what is told of runs: history, leases, resume. As JSON Schema (2020-12), held by the same tests as the others.

In: nothing. Out: schemas.
"""

from __future__ import annotations

from reconciler.core.planning.plan import StepKind
from reconciler.core.runs.recovery import RecoveryOutcome
from reconciler.core.runs.run_summary import RunStatus
from reconciler.core.runs.step_history import StepOutcome
from reconciler.core.values import StorefrontStatus
from reconciler.views.schemas.parts import (
    COUNT,
    FINGERPRINT,
    FLAG,
    TEXT,
    Schema,
    array_of,
    counts_of,
    document_of,
    object_of,
    one_of,
    or_null,
    ref_to,
)
from reconciler.views.schemas.results import report_schema


def history_schema() -> Schema:
    """Newest first, times in UTC. `ended` is null for a run that was cut off, or still goes on."""
    row = object_of(
        started=TEXT,
        run=TEXT,
        command=TEXT,
        actor=TEXT,
        commit=or_null(TEXT),
        shops=COUNT,
        outcome=one_of(*(came_to.value for came_to in RunStatus)),
        applied=COUNT,
        failed=COUNT,
        refused=COUNT,
        unfinished=COUNT,
        resumed_by=or_null(TEXT),
        ended=or_null(TEXT),
        fingerprint=or_null(FINGERPRINT),
    )
    return document_of("history", rows=array_of(row))


def history_steps_schema() -> Schema:
    """Run by run, the newest first; within a run in the order it went. `step` is null where the whole shop is meant."""
    row = object_of(
        at=TEXT,
        run=TEXT,
        actor=TEXT,
        commit=or_null(TEXT),
        step=or_null(one_of(*(does.value for does in StepKind))),
        kind=or_null(TEXT),
        fields=array_of(TEXT),
        went=one_of(*(went.value for went in StepOutcome)),
        why=or_null(TEXT),
        request_id=or_null(TEXT),
    )
    return document_of("history-steps", rows=array_of(row))


def leases_schema() -> Schema:
    return document_of("leases", rows=array_of(object_of(shop=TEXT, owner=TEXT, run=TEXT, fence=COUNT, expires=TEXT)))


def resume_schema() -> Schema:
    """`storefront` is null where nobody could context, `went_on` where no waves were left."""
    shop = object_of(
        shop=TEXT,
        run=TEXT,
        closed_by_run=FLAG,
        writes_without_outcome=COUNT,
        found=one_of(*(found.value for found in RecoveryOutcome)),
        storefront=or_null(one_of(*(status.value for status in StorefrontStatus))),
        findings=array_of(ref_to("finding")),
    )
    report = {name: part for name, part in report_schema().items() if not name.startswith("$")}
    summary = counts_of("shops", *(found.value for found in RecoveryOutcome))
    return document_of("resume", summary=summary, shops=array_of(shop), went_on=or_null(report))

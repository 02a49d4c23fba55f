"""What one run did in one shop, step by step, from the journal.

In: the planned steps, and their records. Out: a `StepRecord` for each step that was started, and for the events around them. It
shows requests and responses, never the state of the shop; a step without an outcome stays
unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final, assert_never

from reconciler.core.planning.plan import Step, StepKind
from reconciler.core.runs.events import (
    ClosureSuperseded,
    Event,
    PredictionMissed,
    ReopenFailed,
    ShopReopened,
    ShopSkipped,
    StepDone,
    StepFailed,
    StepStarted,
)
from reconciler.lib.frozen_class import frozen


class StepOutcome(Enum):
    """The outcome, from the journal."""

    DONE = "done"
    FAILED = "failed"
    MISSED = "missed"
    """Read back with other values than predicted."""
    REFUSED = "refused"
    """Nothing in the shop was started."""
    UNKNOWN = "unknown"
    """Started, with an unknown end: no outcome was recorded, or one that leaves open whether it happened."""


@frozen
class StepRecord:
    """`at` is when its last word was recorded, in UTC. `step` is None where the whole shop is meant.

    `request_id` is the backend's name for the request, where it gave one; `why` the slug of what went wrong.
    """

    at: str
    step: Step | None
    outcome: StepOutcome
    request_id: str | None = None
    reason: str | None = None


def step_records(planned: Sequence[Step], recorded: Iterable[tuple[str, Event]]) -> tuple[StepRecord, ...]:
    """`recorded` holds the records of the shop with their times, oldest first. An unplanned step is omitted."""
    records: list[StepRecord] = []
    started: dict[int, int] = {}
    for at, event in recorded:
        match event:
            case StepStarted() | StepDone() | StepFailed() if event.step < len(planned):
                _put(records, started, event.step, _of_step(planned[event.step], at, event))
            case PredictionMissed() | ShopReopened() | ClosureSuperseded() | ReopenFailed() | ShopSkipped():
                records.append(_around(at, event))
            case _:
                pass
    return tuple(records)


def _put(records: list[StepRecord], started: dict[int, int], step: int, record: StepRecord) -> None:
    """In the place of its beginning."""
    if step in started:
        records[started[step]] = record
    else:
        started[step] = len(records)
        records.append(record)


def _of_step(step: Step, at: str, event: StepStarted | StepDone | StepFailed) -> StepRecord:
    match event:
        case StepDone():
            return StepRecord(at=at, step=step, outcome=StepOutcome.DONE, request_id=event.request_id)
        case StepFailed():
            went = StepOutcome.FAILED if event.happened is False else StepOutcome.UNKNOWN
            return StepRecord(at=at, step=step, outcome=went, reason=event.why.code.slug)
        case StepStarted():
            return StepRecord(at=at, step=step, outcome=StepOutcome.UNKNOWN)
    assert_never(event)


def _around(
    at: str, event: PredictionMissed | ShopReopened | ClosureSuperseded | ReopenFailed | ShopSkipped
) -> StepRecord:
    match event:
        case PredictionMissed():
            looked = Step(action=StepKind.VERIFY, kind=event.ref.kind, refs=(event.ref,))
            return StepRecord(at=at, step=looked, outcome=StepOutcome.MISSED, reason=event.why.code.slug)
        case ShopReopened():
            return StepRecord(at=at, step=_REOPENING, outcome=StepOutcome.DONE)
        case ClosureSuperseded() | ReopenFailed():
            return StepRecord(at=at, step=_REOPENING, outcome=StepOutcome.FAILED, reason=event.why.code.slug)
        case ShopSkipped():
            return StepRecord(
                at=at, step=None, outcome=StepOutcome.REFUSED, reason=event.why[0].code.slug if event.why else None
            )
    assert_never(event)


_REOPENING: Final = Step(action=StepKind.REOPEN, kind="storefront_status")

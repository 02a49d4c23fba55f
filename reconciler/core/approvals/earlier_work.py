"""How far earlier runs carried out an approved plan of a shop. Pure.

In: the present plan of the shop, the approved leaf, what the journal keeps of runs since the approval. Out: whether the approved
plan was applied, whether the present plan is exactly the rest of it, or whether a run was interrupted in it. A run counts only if
the leaf of its own plan is the approved one, so its changes are those that were approved.
"""

from __future__ import annotations

from enum import Enum

from reconciler.core.model.canonical import Json, to_canonical
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.runs.earlier_run import EarlierRun, RecordedChange, without_digest
from reconciler.core.runs.last_applied import LastApplied
from reconciler.core.values import Scalar
from reconciler.lib.frozen_class import frozen


class Progress(Enum):
    APPLIED = "applied"
    """All of it was applied, and only the backend changed since."""
    REST = "rest"
    """A part was applied and still holds; the present plan is what remains."""
    INTERRUPTED = "interrupted"
    """A run did not finish it, and the present plan is not what remains."""


@frozen
class EarlierWork:
    """Of one shop: `runs` in the order in which they started, `past` the values that were last applied."""

    runs: tuple[EarlierRun, ...] = ()
    past: LastApplied


def progress(plan: ShopPlan, approved: str, since: str, work: EarlierWork) -> Progress | None:
    """None where no run is known that was to do it. `since` is when it was approved, as UTC text."""
    own = [run for run in work.runs if run.started >= since and run.leaf == approved]
    if not own:
        return None
    if any(_applied(run) for run in own):
        return Progress.APPLIED if _only_backend_moved(plan, work.past) else None
    if any(_is_rest(plan, run) for run in own):
        return Progress.REST
    return None if all(run.complete for run in own) else Progress.INTERRUPTED


def _applied(run: EarlierRun) -> bool:
    """What follows is not written. It was read back, now or, where it had been applied before, by a run that is complete."""
    return all(
        _was_applied(change, run) or (run.complete and change.reason == Reason.DERIVED.value) for change in run.changes
    )


def _was_applied(change: RecordedChange, run: EarlierRun) -> bool:
    return change.field in run.applied and run.applied[change.field] == change.after


def _was_done(change: RecordedChange, run: EarlierRun) -> bool:
    """Also where another value was written there since."""
    return change.field in run.wrote or _was_applied(change, run)


def _only_backend_moved(plan: ShopPlan, past: LastApplied) -> bool:
    """Git has what was last applied, in every field that would be written."""
    return all(past.matches(change.ref, change.after) is True for change in plan.written_changes)


def _is_rest(plan: ShopPlan, run: EarlierRun) -> bool:
    """Every change of the plan is one of the run's, from the same value to the same value, and none was written already; every
    other change of the run holds.
    """
    if plan.uncompared or (plan.bracket is not None and not run.closes):
        return False
    approved = {change.field: change for change in run.changes}
    remaining = {str(change.ref): change for change in plan.changes}
    holds = {str(ref): _written(value) for ref, value in plan.predicted}
    return all(
        field in approved and _same(change, approved[field]) and not _was_done(approved[field], run)
        for field, change in remaining.items()
    ) and all(_holds(change, holds) for field, change in approved.items() if field not in remaining)


def _same(change: Change, approved: RecordedChange) -> bool:
    return (_written(change.before), _written(change.after)) == (approved.before, approved.after)


def _holds(approved: RecordedChange, predicted: dict[str, Json]) -> bool:
    """A secret is predicted nowhere: that it is not in the plan says that it is the backend's."""
    if approved.field in predicted:
        return predicted[approved.field] == approved.after
    return isinstance(approved.after, dict)


def _written(value: Scalar) -> Json:
    return without_digest(to_canonical(value))

"""What the journal keeps of a plan: each shop's steps and changes, so that an event's step number has a meaning later.

In: one shop's plan and the key of the digests. Out: JSON, and back again as much as is needed. It is not a plan that could be
applied: it has no versions, and secrets are digests.
"""

from __future__ import annotations

from typing import Any

from reconciler.core.model.canonical import DigestKey, Json, write
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import Does, ShopPlan, Step
from reconciler.core.values import Scalar


def steps(plan: ShopPlan) -> Json:
    return [
        {"does": step.does.value, "kind": step.kind, "fields": [str(ref) for ref in step.refs]} for step in plan.steps
    ]


def changes(plan: ShopPlan, key: DigestKey | None) -> Json:
    return [
        {
            "field": str(change.ref),
            "before": write(change.before, key),
            "after": write(change.after, key),
            "reason": change.reason.value,
        }
        for change in plan.changes
    ]


def does(written: Any) -> tuple[Does, ...]:
    """What the steps that `steps` wrote do."""
    return tuple(Does(step["does"]) for step in written)


def steps_of(written: Any) -> tuple[Step, ...]:
    """The steps that `steps` wrote."""
    return tuple(
        Step(does=Does(step["does"]), kind=step["kind"], refs=tuple(_ref(field) for field in step["fields"]))
        for step in written
    )


def _ref(field: str) -> FieldRef:
    kind, _, name = field.partition(".")
    return FieldRef(kind, *name.split(".", 1))


def written_by(plan: ShopPlan, step: int) -> tuple[tuple[FieldRef, Scalar], ...]:
    """The fields that a writing step wrote, as they now stand. The two ends of a bracket leave nothing behind."""
    return tuple((ref, plan.change_at(ref).after) for ref in plan.steps[step].refs)


def shown_by(plan: ShopPlan, step: int) -> tuple[tuple[FieldRef, Scalar], ...]:
    """The values a reading step was to find: within the bracket what follows the switch, at the end everything predicted."""
    if plan.steps[step].does is not Does.VERIFY:
        return ()
    if step == len(plan.steps) - 1:
        return plan.predicted
    return tuple((change.ref, change.after) for change in plan.changes if change.derived)

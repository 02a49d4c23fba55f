"""What the journal keeps of a plan: each shop's steps and changes, so that an event's step number has a meaning later.

In: one shop's plan and the key of the digests. Out: JSON, and back again as much as is needed. It is not a plan that could be
applied: it has no versions, and secrets are digests.
"""

from __future__ import annotations

from typing import Any

from reconciler.core.model.canonical import DigestKey, Json, to_canonical
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import ShopPlan, Step, StepKind
from reconciler.core.runs.earlier_run import RecordedChange, without_digest
from reconciler.core.values import Scalar


def encode_steps(plan: ShopPlan) -> Json:
    return [
        {"does": step.action.value, "kind": step.kind, "fields": [str(ref) for ref in step.refs]} for step in plan.steps
    ]


def encode_changes(plan: ShopPlan, key: DigestKey | None) -> Json:
    return [
        {
            "field": str(change.ref),
            "before": to_canonical(change.before, key),
            "after": to_canonical(change.after, key),
            "reason": change.reason.value,
        }
        for change in plan.changes
    ]


def replaced_texts(written: Any, ref: FieldRef) -> tuple[str, ...]:
    """The texts that changes of the field, as `encode_changes` wrote them, replace."""
    befores = (change["before"] for change in written if change["field"] == str(ref))
    return tuple(before for before in befores if isinstance(before, str))


def changed_field_names(written: Any) -> frozenset[str]:
    """The fields of changes, as `encode_changes` wrote them."""
    return frozenset(change["field"] for change in written)


def step_kinds(written: Any) -> tuple[StepKind, ...]:
    """What the steps that `steps` wrote do."""
    return tuple(StepKind(step["does"]) for step in written)


def decode_steps(written: Any) -> tuple[Step, ...]:
    """The steps that `steps` wrote."""
    return tuple(
        Step(action=StepKind(step["does"]), kind=step["kind"], refs=tuple(_ref(field) for field in step["fields"]))
        for step in written
    )


def decode_changes(written: Any) -> tuple[RecordedChange, ...]:
    """The changes that `encode_changes` wrote, without the digests of secrets."""
    return tuple(
        RecordedChange(
            field=change["field"],
            before=without_digest(change["before"]),
            after=without_digest(change["after"]),
            reason=change["reason"],
        )
        for change in written
    )


def _ref(field: str) -> FieldRef:
    kind, _, name = field.partition(".")
    return FieldRef(kind, *name.split(".", 1))


def values_written_by(plan: ShopPlan, step: int) -> tuple[tuple[FieldRef, Scalar], ...]:
    """The fields that a writing step wrote, with their present values. Closing and reopening leave none."""
    return tuple((ref, plan.change_at(ref).after) for ref in plan.steps[step].refs)


def values_verified_by(plan: ShopPlan, step: int) -> tuple[tuple[FieldRef, Scalar], ...]:
    """The values a reading step was to find: within the bracket what follows the switch, at the end everything predicted."""
    if plan.steps[step].action is not StepKind.VERIFY:
        return ()
    if step == len(plan.steps) - 1:
        return plan.predicted
    return tuple((change.ref, change.after) for change in plan.changes if change.derived)

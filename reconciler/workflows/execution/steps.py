"""The values that a step of a plan writes, and whether they are there. Pure: a plan, a step and an observation in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any, Final

from reconciler.core.model.kinds import AMAZON_SETTINGS, IPN_ENDPOINT, KINDS, STOREFRONT_STATUS, IpnEndpoint
from reconciler.core.model.state import FieldRef, Observed, value_at
from reconciler.core.planning.cascade import inconsistent_fields
from reconciler.core.planning.change import Reason
from reconciler.core.planning.field_diff import values_equal
from reconciler.core.planning.plan import ShopPlan, Step, StepKind
from reconciler.core.planning.rebase import already_applied
from reconciler.core.values import UNSET, Scalar, SealedSecret, StorefrontStatus, Unset
from reconciler.ports import Fence, WriteRequest

STATUS: Final = FieldRef(STOREFRONT_STATUS.name, "status")
_SECRETS: Final = {
    kind.name: tuple(FieldRef(kind.name, field.name) for field in kind.fields if field.policy.secret) for kind in KINDS
}


def step_values(step: Step, plan: ShopPlan) -> dict[FieldRef, tuple[Scalar, Scalar]]:
    """What a writing step touches: each field with its value before and after."""
    match step.action:
        case StepKind.CLOSE:
            return {STATUS: (StorefrontStatus.OPEN, StorefrontStatus.CLOSED)}
        case StepKind.REOPEN:
            return {STATUS: (StorefrontStatus.CLOSED, StorefrontStatus.OPEN)}
        case StepKind.WRITE | StepKind.VERIFY:
            changes = (plan.change_at(ref) for ref in step.refs)
            return {change.ref: (change.before, change.after) for change in changes}


def write_request(
    step: Step,
    plan: ShopPlan,
    versions: Mapping[str, str],
    key: str,
    *,
    fence: Fence | None = None,
    valid_until: float | None = None,
) -> WriteRequest:
    """What is sent for a writing step. `versions`: kind by kind, those that were seen last."""
    values: dict[str, Any] = {}
    for ref, (_, after) in step_values(step, plan).items():
        if ref.entry is None:
            values[ref.field] = after
        else:
            values.setdefault(ref.field, {})[ref.entry] = after
    if step.kind == IPN_ENDPOINT.name and plan.endpoint_target:
        values["seller_id"], values["url"] = plan.endpoint_target
    return WriteRequest(
        shop=plan.shop,
        kind=step.kind,
        values=values,
        version=versions.get(step.kind, ""),
        key=key,
        fence=fence,
        valid_until=valid_until,
    )


def effect_visible(step: Step, plan: ShopPlan, observed: Observed) -> bool:
    """A value written again for its derived fields is the same before and after: only the derived fields show the effect."""
    reasserted = any(plan.change_at(ref).reason is Reason.REWRITTEN for ref in step.refs)
    return not reasserted or not inconsistent_fields(observed)


def changed_kinds(steps: Iterable[Step], plan: ShopPlan, observed: Observed, *, closed: bool) -> set[str]:
    """The kinds that these steps write and in which a field changed since the plan."""
    return {step.kind for step in steps if first_changed_field(step, plan, observed, closed=closed) is not None}


def first_changed_field(step: Step, plan: ShopPlan, observed: Observed, *, closed: bool) -> FieldRef | None:
    """A field of `step` that has neither the planned-from nor the desired value. What is not read has not changed.

    A shop that is closed before we `closed` it has changed too: a closure would leave it open, and it is not ours to open.
    """
    foreign = step.action is StepKind.CLOSE and not closed
    for ref, (before, want) in step_values(step, plan).items():
        have = observed.value(ref)
        if have is UNSET or matches(before, have, ref) or (matches(want, have, ref) and not foreign):
            continue
        return ref
    return None


def all_changes_made(plan: ShopPlan, observed: Observed) -> bool:
    """Nothing of the plan is left to be written, and the shop is not closed for it."""
    ended = {change.ref: change.after for change in plan.written_changes}.get(STATUS, _planned_status(plan))
    return observed.value(STATUS) == ended and all(
        already_applied(change, plan, observed) for change in plan.written_changes
    )


def needs_closure(plan: ShopPlan, closing: int, observed: Observed) -> bool:
    """Whether something is left of what is written between step `closing` and the reopening."""
    inside = takewhile(lambda step: step.action is not StepKind.REOPEN, plan.steps[closing + 1 :])
    changes = (plan.change_at(ref) for step in inside if step.action is StepKind.WRITE for ref in step.refs)
    return not all(already_applied(change, plan, observed) for change in changes)


def _planned_status(plan: ShopPlan) -> StorefrontStatus:
    return StorefrontStatus.OPEN if plan.was_open else StorefrontStatus.CLOSED


def is_of_another_seller(plan: ShopPlan, observed: Observed) -> bool:
    """Whether the endpoint list that was read is not the one to be written, because the shop's seller id changes."""
    endpoint = observed.kind(IpnEndpoint)
    return bool(endpoint and plan.endpoint_target and endpoint.seller_id != plan.endpoint_target[0])


def expected_after_switch(plan: ShopPlan) -> tuple[tuple[FieldRef, Scalar], ...]:
    """The expected state once the switch is written: Amazon設定 and its derived fields."""
    return tuple((c.ref, c.after) for c in plan.changes if c.derived or c.ref.kind == AMAZON_SETTINGS.name)


def expected_final(plan: ShopPlan) -> tuple[tuple[FieldRef, Scalar], ...]:
    """What was predicted, and that a shop which was closed for the plan is open again."""
    back = ((STATUS, StorefrontStatus.OPEN),) if plan.bracket else ()
    return (*(pair for pair in plan.predicted if pair[0] != STATUS or not back), *back)


def seals_in(kind: str, value: Any) -> dict[FieldRef, SealedSecret]:
    """What a backend shows of the secrets of one kind."""
    shown = ((ref, value_at(value, ref)) for ref in _SECRETS.get(kind, ()))
    return {ref: seal for ref, seal in shown if isinstance(seal, SealedSecret)}


def matches(want: Scalar, have: Scalar | Unset, ref: FieldRef) -> bool:
    return have is not UNSET and values_equal(ref.spec.policy.compare, want, have)

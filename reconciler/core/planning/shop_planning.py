"""One shop's plan from its desired and observed state, and the steps that writing any changes of a shop takes.

In: what is desired or written, and what was observed. Out: a `ShopPlan`, or an `Arrangement`. Nothing is read.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from operator import itemgetter
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.model.kinds import IPN_ENDPOINT, STOREFRONT_STATUS, AmazonSettings, IpnEndpoint, StorefrontState
from reconciler.core.model.state import Desired, FieldRef, Known, Observed, Unknown
from reconciler.core.planning.cascade import (
    ENABLED_FIELD,
    REGISTRATION_FIELD,
    SELLER_FIELD,
    apply_changes,
    derived_changes,
    derived_values,
    reregister_endpoint,
    rewrite_switch,
)
from reconciler.core.planning.change import Change
from reconciler.core.planning.field_diff import declared_values, diff
from reconciler.core.planning.ordering import STAGES, Stage, group_by_stage
from reconciler.core.planning.plan import ClosureBracket, MaintenanceOrigins, RequestPace, ShopPlan, Step, StepKind
from reconciler.core.planning.rules import check_rules
from reconciler.core.planning.rules.rule_context import RuleContext
from reconciler.core.planning.secret_changes import (
    AppliedReferences,
    reference_notes,
    unresolved_diagnostics,
    with_secret_reasons,
)
from reconciler.core.values import (
    UNSET,
    Registration,
    Scalar,
    SealedSecret,
    SecretRef,
    StorefrontStatus,
)
from reconciler.lib.frozen_class import frozen


@frozen
class Arrangement:
    """What writing some changes of a shop takes, each part as in `ShopPlan`; `after` is the shop once they are written."""

    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    bracket: ClosureBracket | None
    versions: tuple[tuple[str, str], ...]
    endpoint_target: tuple[str, str] | None
    was_open: bool
    was_enabled: bool
    after: Observed


_NOTHING_APPLIED: AppliedReferences = {}
_READ_BACK: Final = Step(action=StepKind.VERIFY, kind="")
_CLOSE: Final = Step(action=StepKind.CLOSE, kind=STOREFRONT_STATUS.name)
_REOPEN: Final = Step(action=StepKind.REOPEN, kind=STOREFRONT_STATUS.name)


def plan_shop(
    desired: Desired, observed: Observed, pace: RequestPace, applied: AppliedReferences = _NOTHING_APPLIED
) -> ShopPlan:
    """One shop's plan. An unknown read leaves it without changes and with the reason. `applied` are the references that the
    shop's secrets were last applied from.
    """
    labels = tuple(sorted(desired.labels.items()))
    unknown = tuple(_unread(read, desired) for read in observed.reads.values() if isinstance(read, Unknown))
    if unknown:
        return ShopPlan(shop=desired.shop, origin=desired.origin, findings=sort_diagnostics(unknown), labels=labels)
    written = _written(desired, observed, applied)
    work = arrange(written, observed, pace)
    case = RuleContext(desired=desired, observed=observed, after=work.after, changes=work.changes)
    unresolved = unresolved_diagnostics(desired, observed, {change.ref for change in written})
    notes = reference_notes(desired.shop, work.changes, applied)
    return ShopPlan(
        shop=desired.shop,
        origin=desired.origin,
        changes=work.changes,
        steps=work.steps,
        bracket=work.bracket,
        predicted=_predicted(desired, work.after),
        versions=work.versions,
        endpoint_target=work.endpoint_target,
        findings=sort_diagnostics((*check_rules(case), *unresolved, *notes)),
        maintenance=desired.maintenance,
        maintenance_origins=_maintenance_origins(desired) if work.changes else MaintenanceOrigins(),
        was_open=work.was_open,
        was_enabled=work.was_enabled,
        labels=labels,
        planned_from=observed if work.steps else None,
    )


def _maintenance_origins(desired: Desired) -> MaintenanceOrigins:
    declared = desired.origins
    return MaintenanceOrigins(
        close_shop=declared.get("maintenance.close_shop"), window=declared.get("maintenance.window")
    )


def arrange(written: tuple[Change, ...], observed: Observed, pace: RequestPace) -> Arrangement:
    """What writing `written` against `observed` takes: what follows, the steps, the bracket, the versions."""
    after = apply_changes(observed, written)
    derived = derived_changes(after, written)
    after = apply_changes(after, derived)
    changes = (*written, *derived)
    steps = _steps(written, observed)
    target = _target(observed, after, changes)
    return Arrangement(
        changes=changes,
        steps=steps,
        bracket=_bracket(steps, pace),
        versions=_versions(observed, target, steps),
        endpoint_target=target,
        was_open=_open(observed),
        was_enabled=_enabled(observed),
        after=after,
    )


def _unread(read: Unknown, desired: Desired) -> Diagnostic:
    """A shop that the backend does not know is probably misspelled in the manifest."""
    why = read.reason.for_shop(desired.shop)
    return replace(why, origin=desired.origin) if why.code is codes.SHOP_UNKNOWN and why.origin is None else why


def _written(desired: Desired, observed: Observed, applied: AppliedReferences) -> tuple[Change, ...]:
    changes = with_secret_reasons(diff(desired, observed), desired, observed, applied)
    if all(change.ref != ENABLED_FIELD for change in changes):
        again = rewrite_switch(observed, desired.kind(AmazonSettings).enabled, desired.origin_of("amazon.enabled"))
        changes = (again, *changes) if again else changes
    place = desired.origin_of("seller_central.ipn_endpoint")
    registration = reregister_endpoint(observed, changes, desired.kind(IpnEndpoint).registration, place)
    return (*changes, registration) if registration else changes


def _steps(written: tuple[Change, ...], observed: Observed) -> tuple[Step, ...]:
    if not written:
        return ()
    staged = group_by_stage(written)
    steps = {stage: _write(changes) for stage, changes in staged.items()} | {Stage.CHECK: _READ_BACK}
    if Stage.SWITCH in staged:
        steps[Stage.VERIFY] = _READ_BACK
        if Stage.CLOSE not in staged and _open(observed):
            steps |= {Stage.CLOSE: _CLOSE, Stage.REOPEN: _REOPEN}
    ordered = [steps[stage] for stage in sorted(steps, key=STAGES.index)]
    # The last read-back says all that one right before it would.
    return tuple(step for step, after in zip(ordered, (*ordered[1:], None), strict=True) if step is not after)


def _write(changes: tuple[Change, ...]) -> Step:
    return Step(action=StepKind.WRITE, kind=changes[0].ref.kind, refs=tuple(change.ref for change in changes))


def _bracket(steps: tuple[Step, ...], pace: RequestPace) -> ClosureBracket | None:
    ends = [index for index, step in enumerate(steps) if step.action in (StepKind.CLOSE, StepKind.REOPEN)]
    if not ends:
        return None
    first, last = ends
    return ClosureBracket(first=first, last=last, seconds=ceil((last - first) * pace.seconds_per_request))


def _predicted(desired: Desired, after: Observed) -> tuple[tuple[FieldRef, Scalar], ...]:
    wanted = {
        ref: value
        for ref, value in declared_values(desired)
        if (have := after.value(ref)) is not UNSET
        and not (isinstance(value, SecretRef) and isinstance(have, SealedSecret))
    }
    # What does not follow and will not be made to (the switch is not written) stays as it is.
    following = {ref: have for ref, _, have in derived_values(after) if have is not UNSET}
    return tuple(sorted({**wanted, **following}.items(), key=itemgetter(0)))


def _versions(
    observed: Observed, target: tuple[str, str] | None, steps: tuple[Step, ...]
) -> tuple[tuple[str, str], ...]:
    """An endpoint list is read for one seller id: the version of another one's is unknown and is omitted."""
    moved = {IPN_ENDPOINT.name} if target is not None and observed.value(SELLER_FIELD) != target[0] else set()
    kinds = {step.kind for step in steps if step.kind} - moved
    return tuple(
        (kind, read.version)
        for kind, read in sorted(observed.reads.items())
        if kind in kinds and isinstance(read, Known)
    )


def _target(observed: Observed, after: Observed, changes: tuple[Change, ...]) -> tuple[str, str] | None:
    """An endpoint is registered with the seller that will be, and taken away from the one it was observed with."""
    leaves = any(change.ref == REGISTRATION_FIELD and change.after is Registration.ABSENT for change in changes)
    settings = (observed if leaves else after).kind(AmazonSettings)
    if settings is None or not isinstance(settings.seller_id, str) or not isinstance(settings.merchant_site_url, str):
        return None
    return settings.seller_id, settings.merchant_site_url


def _open(observed: Observed) -> bool:
    storefront = observed.kind(StorefrontState)
    return storefront is not None and storefront.status is StorefrontStatus.OPEN


def _enabled(observed: Observed) -> bool:
    settings = observed.kind(AmazonSettings)
    return settings is not None and settings.enabled is True

"""The plan: a frozen value that printing, saving, fingerprinting and applying all read.

In: desired and observed, shop by shop. Out: `Plan`. It holds no function, no clock and no name of who will run it. It must not
be used to learn what the world is like later: only what it was planned from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from math import ceil

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.model.kinds import IPN_ENDPOINT, STOREFRONT_STATUS, AmazonSettings, IpnEndpoint, StorefrontState
from reconciler.core.model.state import Desired, FieldRef, Known, MaintenancePolicy, Observed, Unknown
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
from reconciler.core.planning.leaves import ShopLeaf
from reconciler.core.planning.ordering import STAGES, Stage, group_by_stage
from reconciler.core.planning.rules import check_rules
from reconciler.core.planning.rules.rule_context import RuleContext
from reconciler.core.planning.secret_changes import (
    AppliedReferences,
    reference_notes,
    uncompared_fields,
    unresolved_diagnostics,
    with_secret_reasons,
)
from reconciler.core.values import (
    UNSET,
    Origin,
    Registration,
    Scalar,
    SealedSecret,
    SecretRef,
    ShopKey,
    StorefrontStatus,
)


class StepKind(Enum):
    """What a step does. CLOSE and REOPEN are the ends of a bracket, VERIFY reads back."""

    WRITE = "write"
    CLOSE = "close"
    REOPEN = "reopen"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`refs` are the changes that a WRITE writes, all of one `kind`."""

    action: StepKind
    kind: str
    refs: tuple[FieldRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureBracket:
    """The steps from CLOSE to REOPEN, and for how many seconds the shop is expected to be closed."""

    first: int
    last: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPace:
    """How fast requests to one shop are: the closed time is estimated from it."""

    seconds_per_request: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPlan:
    """`versions` are those the plan was made from, kind by kind; `predicted` is what a read-back must show.

    `findings` that stop keep the shop from being applied. `target` is what the IPN endpoint needs to be written: seller id
    and URL. `labels` are the manifest's, sorted: they say in which wave the shop goes, never what is written. `was_open` and
    `was_enabled` (利用設定) are the observed state that guards need.
    """

    shop: ShopKey
    origin: Origin
    changes: tuple[Change, ...] = ()
    steps: tuple[Step, ...] = ()
    bracket: ClosureBracket | None = None
    predicted: tuple[tuple[FieldRef, Scalar], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    endpoint_target: tuple[str, str] | None = None
    findings: tuple[Diagnostic, ...] = ()
    maintenance: MaintenancePolicy = field(default_factory=MaintenancePolicy)
    was_open: bool = False
    was_enabled: bool = False
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def blocked(self) -> bool:
        return any(finding.blocking for finding in self.findings)

    @property
    def written_changes(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if not change.derived)

    @property
    def uncompared(self) -> tuple[str, ...]:
        """The places of fields whose secret was not available to compare them."""
        return uncompared_fields(self.findings)

    @property
    def closes_shop(self) -> bool:
        """Whether shoppers will find the shop closed because of this plan: for its changes, or as the manifest declares."""
        return self.bracket is not None or any(
            change.after is StorefrontStatus.CLOSED for change in self.written_changes
        )

    def change_at(self, ref: FieldRef) -> Change:
        return next(change for change in self.changes if change.ref == ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`shops` holds every shop in scope, sorted, also those without changes. `findings` concern the run as a whole.

    `unchanged_shops` counts the shops of the selection that were not read, since nothing of theirs changed; guards count them.
    `leaves`: one per shop in which something is to be approved; the fingerprint is their root, except in old saved plans.
    """

    shops: tuple[ShopPlan, ...]
    fingerprint: str
    leaves: tuple[ShopLeaf, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    unchanged_shops: int = 0

    @property
    def empty(self) -> bool:
        return not any(shop.changes for shop in self.shops)

    @property
    def changed(self) -> tuple[ShopPlan, ...]:
        return tuple(shop for shop in self.shops if shop.changes)

    @property
    def all_findings(self) -> tuple[Diagnostic, ...]:
        return sort_diagnostics((*self.findings, *(finding for shop in self.shops for finding in shop.findings)))

    @property
    def files(self) -> tuple[str, ...]:
        """The files that its shops and changes come from, sorted."""
        changes = (change.origin.file for shop in self.shops for change in shop.changes)
        return tuple(sorted({*(shop.origin.file for shop in self.shops), *changes}))


@dataclass(frozen=True, slots=True, kw_only=True)
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
        was_open=work.was_open,
        was_enabled=work.was_enabled,
        labels=labels,
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
    switched = Stage.SWITCH in staged
    bracketed = switched and Stage.CLOSE not in staged and _open(observed)
    steps: list[Step] = []
    for stage in STAGES:
        steps.extend(_steps_of(stage, staged.get(stage, ()), switched=switched, bracketed=bracketed))
    # The last read-back says all that one right before it would.
    return tuple(step for step, after in zip(steps, (*steps[1:], None), strict=True) if step != after)


def _steps_of(stage: Stage, changes: tuple[Change, ...], *, switched: bool, bracketed: bool) -> Iterable[Step]:
    if stage is Stage.CHECK:
        yield Step(action=StepKind.VERIFY, kind="")
    elif bracketed and stage is Stage.CLOSE:
        yield Step(action=StepKind.CLOSE, kind=STOREFRONT_STATUS.name)
    elif switched and stage is Stage.VERIFY:
        yield Step(action=StepKind.VERIFY, kind="")
    elif bracketed and stage is Stage.REOPEN:
        yield Step(action=StepKind.REOPEN, kind=STOREFRONT_STATUS.name)
    elif changes:
        yield Step(action=StepKind.WRITE, kind=changes[0].ref.kind, refs=tuple(change.ref for change in changes))


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
    return tuple(sorted({**wanted, **following}.items(), key=lambda item: str(item[0])))


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
